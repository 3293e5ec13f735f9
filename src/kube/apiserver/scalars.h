// The leaf types of Go's API structs: how their JSON is read and what it is written as.
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::apiserver {

struct Scalar {
  json::Value value;
  // Set on an error: the Go type that the value does not fit or, when fatal, the whole message.
  std::string text;
  bool fatal = false;
};

// `type` is one of data/README.md's; `value` is not null.
Scalar read_scalar(std::string_view type, const json::Value& value);
// What an absent member reads as, and whether a value is what omitempty leaves out.
json::Value scalar_zero(std::string_view type);
bool zero_scalar(std::string_view type, const json::Value& value);
// The type's name in Go's texts: "string", "v1.Time".
std::string go_scalar(std::string_view type);

// resource.Quantity: "1000m" is "1", "0.5" is "500m", "1024Mi" is "1Gi".
Result<std::string> canonical_quantity(std::string_view text);

// RFC 3339 in, UTC out, with seconds or microseconds; errors in the words of Go's time package.
enum class TimeDigits : bool { Seconds, Micros };
Result<std::string> canonical_time(std::string_view text, TimeDigits digits);

}  // namespace lesto::apiserver
