// One thing that is wrong with an object: a cause of a Status 422, as apimachinery's field.Error
// words it.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::apiserver::schema {

struct Problem {
  std::string type;     // FieldValueRequired, FieldValueInvalid, ...: `reason` of the cause
  std::string field;    // "spec.l[0].name"; "<nil>" where upstream gives no path
  std::string message;  // `message` of the cause, without the field

  // How the cause reads in the message of the Status: "spec.a: Required value".
  std::string text() const { return field + ": " + message; }

  friend auto operator<=>(const Problem& a, const Problem& b) {
    return std::tie(a.field, a.type, a.message) <=> std::tie(b.field, b.type, b.message);
  }
  friend bool operator==(const Problem&, const Problem&) = default;
};

using Problems = std::vector<Problem>;

// The field of an empty path is "<nil>".
Problem required(std::string_view path, std::string_view detail = {});
Problem invalid(std::string_view path, const json::Value& value, std::string_view detail);
// The value as it is to be shown, for what upstream prints in a form of its own.
Problem invalid_shown(std::string_view path, std::string_view shown, std::string_view detail);
Problem type_invalid(std::string_view path, const json::Value& value, std::string_view detail);
Problem forbidden(std::string_view path, std::string_view detail);
Problem not_supported(std::string_view path, const json::Value& value,
                      const std::vector<std::string>& supported);
Problem duplicate(std::string_view path, const json::Value& value);
Problem too_long(std::string_view path, std::int64_t max);
Problem too_many(std::string_view path, std::int64_t actual, std::int64_t max);

// Paths, as field.Path prints them: child("spec", "a") is "spec.a", key("m", "k") is "m[k]",
// index("l", 0) is "l[0]".
std::string child(std::string_view path, std::string_view name);
std::string key(std::string_view path, std::string_view name);
std::string index(std::string_view path, std::size_t i);

// Go's %q.
std::string quote(std::string_view text);
// Go's %v of a float64.
std::string number_text(double value);

void append(Problems& to, Problems from);
// Sorts by field, type and message: upstream's order follows Go maps.
Problems sorted(Problems problems);

}  // namespace lesto::apiserver::schema
