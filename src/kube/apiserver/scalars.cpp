#include "kube/apiserver/scalars.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>

#include "engines/cel/quantity.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver {
namespace {

using json::Value;

Scalar mismatch(std::string type) { return {nullptr, std::move(type), false}; }
Scalar refused(std::string message) { return {nullptr, std::move(message), true}; }

std::string wrong_value(const Value& value, std::string_view type) {
  std::string_view kind = value.is_bool()     ? "bool"
                          : value.is_number() ? "number"
                          : value.is_array()  ? "array"
                          : value.is_string() ? "string"
                                              : "object";
  return "json: cannot unmarshal " + std::string(kind) + " into Go value of type " +
         std::string(type);
}

Scalar read_integer(const Value& value, std::int64_t low, std::int64_t high,
                    std::string_view type) {
  if (!value.is_int() || value.integer() < low || value.integer() > high)
    return mismatch(std::string(type));
  return {value, {}, false};
}

Scalar read_text(const Value& value, Result<std::string> (*canonical)(std::string_view)) {
  if (!value.is_string()) return refused(wrong_value(value, "string"));
  auto text = canonical(value.text());
  if (!text) return refused(text.error().message());
  return {Value(*text), {}, false};
}

bool base64(std::string_view text) {
  std::string_view body = text;
  int padding = 0;
  while (body.ends_with('=') && padding < 2) {
    body.remove_suffix(1);
    ++padding;
  }
  if (text.size() % 4 != 0) return false;
  return std::all_of(body.begin(), body.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '/'; });
}

// Where Go's decoder stops: at the first character that cannot stand there.
std::size_t base64_fault(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '+' || text[at] == '/')) ++at;
  return at;
}

Scalar read_quantity(const Value& value) {
  std::string text;
  if (value.is_string()) {
    text = value.string();
  } else if (value.is_number()) {
    text = value.is_int() ? std::to_string(value.integer()) : schema::number_text(value.number());
  } else {
    return refused(
        "quantities must match the regular expression "
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  auto canonical = canonical_quantity(text);
  if (!canonical) return refused(canonical.error().message());
  return {Value(*canonical), {}, false};
}

}  // namespace

Scalar read_scalar(std::string_view type, const Value& value) {
  if (type == "string") return value.is_string() ? Scalar{value, {}, false} : mismatch("string");
  if (type == "bool") return value.is_bool() ? Scalar{value, {}, false} : mismatch("bool");
  if (type == "int32") return read_integer(value, INT32_MIN, INT32_MAX, type);
  if (type == "int64") return read_integer(value, INT64_MIN, INT64_MAX, type);
  if (type == "float64") return value.is_number() ? Scalar{value, {}, false} : mismatch("float64");
  if (type == "bytes") {
    if (!value.is_string()) return mismatch("[]uint8");
    if (!base64(value.text())) return refused("illegal base64 data at input byte " + std::to_string(base64_fault(value.text())));
    return {value, {}, false};
  }
  if (type == "strings") {
    if (!value.is_array()) return mismatch("[]string");
    for (const Value& item : value.items()) {
      if (!item.is_string()) return mismatch("string");
    }
    return {value, {}, false};
  }
  if (type == "time")
    return read_text(value,
                     [](std::string_view t) { return canonical_time(t, TimeDigits::Seconds); });
  if (type == "microTime") {
    return read_text(value,
                     [](std::string_view t) { return canonical_time(t, TimeDigits::Micros); });
  }
  if (type == "duration")
    return value.is_string() ? Scalar{value, {}, false} : refused(wrong_value(value, "string"));
  if (type == "quantity") return read_quantity(value);
  if (type == "intOrString") {
    if (value.is_string()) return {value, {}, false};
    if (value.is_int() && value.integer() >= INT32_MIN && value.integer() <= INT32_MAX)
      return {value, {}, false};
    return refused(wrong_value(value, value.is_number() ? "int32" : "string"));
  }
  return {value, {}, false};
}

Value scalar_zero(std::string_view type) {
  if (type == "string") return "";
  if (type == "bool") return false;
  if (type == "int32" || type == "int64") return 0;
  if (type == "float64") return 0;
  if (type == "quantity") return "0";
  if (type == "duration") return "0s";
  if (type == "intOrString") return 0;
  return nullptr;
}

bool zero_scalar(std::string_view type, const Value& value) {
  if (type == "string") return value.text().empty();
  if (type == "bool") return !value.boolean();
  if (type == "int32" || type == "int64" || type == "float64") return value.number() == 0;
  return false;
}

std::string go_scalar(std::string_view type) {
  if (type == "time") return "v1.Time";
  if (type == "microTime") return "v1.MicroTime";
  if (type == "duration") return "v1.Duration";
  if (type == "quantity") return "resource.Quantity";
  if (type == "intOrString") return "intstr.IntOrString";
  if (type == "fieldsV1") return "v1.FieldsV1";
  if (type == "raw") return "runtime.RawExtension";
  if (type == "json") return "v1.JSON";
  if (type == "bytes") return "[]uint8";
  if (type == "strings") return "[]string";
  return std::string(type);
}

Result<std::string> canonical_quantity(std::string_view text) {
  TRY_ASSIGN(cel::Quantity quantity, cel::read_quantity(text));
  return cel::quantity_text(quantity);
}

namespace {

struct Reader {
  std::string_view rest;

  // Exactly `width` digits, or -1.
  int number(std::size_t width) {
    if (rest.size() < width) return -1;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (!std::isdigit(static_cast<unsigned char>(rest[i]))) return -1;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(width);
    return value;
  }
  bool eat(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
};

std::unexpected<Error> time_error(std::string_view text, std::string_view rest,
                                  std::string_view element) {
  return fail(Code::Invalid, "parsing time " + schema::quote(text) +
                                 " as \"2006-01-02T15:04:05Z07:00\": cannot parse " +
                                 schema::quote(rest) + " as " + schema::quote(element));
}

std::unexpected<Error> range_error(std::string_view text, std::string_view what) {
  return fail(Code::Invalid,
              "parsing time " + schema::quote(text) + ": " + std::string(what) + " out of range");
}

}  // namespace

Result<std::string> canonical_time(std::string_view text, TimeDigits digits) {
  Reader in{text};
  struct Part {
    std::size_t width;
    char after;
    std::string_view element;
    std::string_view name;
    int low, high;
  };
  static constexpr Part kParts[] = {
      {4, '-', "2006", "year", 0, 9999}, {2, '-', "01", "month", 1, 12},
      {2, 'T', "02", "day", 1, 31},      {2, ':', "15", "hour", 0, 23},
      {2, ':', "04", "minute", 0, 59},   {2, 0, "05", "second", 0, 59}};
  int values[6];
  for (std::size_t i = 0; i < 6; ++i) {
    std::string_view before = in.rest;
    values[i] = in.number(kParts[i].width);
    if (values[i] < 0) return time_error(text, before, kParts[i].element);
    if (values[i] < kParts[i].low || values[i] > kParts[i].high)
      return range_error(text, kParts[i].name);
    before = in.rest;
    if (kParts[i].after && !in.eat(kParts[i].after))
      return time_error(text, before, std::string_view(&kParts[i].after, 1));
  }
  std::int64_t micros = 0;
  if (in.rest.size() > 1 && (in.rest[0] == '.' || in.rest[0] == ',') &&
      std::isdigit(static_cast<unsigned char>(in.rest[1]))) {
    in.rest.remove_prefix(1);
    std::int64_t unit = 100000;
    while (!in.rest.empty() && std::isdigit(static_cast<unsigned char>(in.rest[0]))) {
      micros += (in.rest[0] - '0') * unit;
      unit /= 10;
      in.rest.remove_prefix(1);
    }
  }
  int offset = 0;
  if (!in.eat('Z')) {
    std::string_view before = in.rest;
    bool minus = in.eat('-');
    if (!minus && !in.eat('+')) return time_error(text, before, "Z07:00");
    int hours = in.number(2);
    bool colon = in.eat(':');
    int minutes = in.number(2);
    if (hours < 0 || !colon || minutes < 0) return time_error(text, before, "Z07:00");
    if (hours > 24) return range_error(text, "time zone offset hour");
    if (minutes > 60) return range_error(text, "time zone offset minute");
    offset = (hours * 60 + minutes) * (minus ? -60 : 60);
  }
  if (!in.rest.empty()) {
    return fail(Code::Invalid,
                "parsing time " + schema::quote(text) + ": extra text: " + schema::quote(in.rest));
  }
  using namespace std::chrono;
  year_month_day date{year(values[0]), month(static_cast<unsigned>(values[1])),
                      day(static_cast<unsigned>(values[2]))};
  if (!date.ok()) return range_error(text, "day");
  auto at = sys_days(date) + hours(values[3]) + minutes(values[4]) + seconds(values[5] - offset);
  auto days_at = floor<days>(at);
  year_month_day utc{days_at};
  hh_mm_ss clock{at - days_at};
  char out[64];
  int size = std::snprintf(
      out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(utc.year()),
      static_cast<unsigned>(utc.month()), static_cast<unsigned>(utc.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string result(out, static_cast<std::size_t>(size));
  if (digits == TimeDigits::Micros) {
    std::snprintf(out, sizeof out, ".%06d", static_cast<int>(micros));
    result += out;
  }
  return result + "Z";
}

}  // namespace lesto::apiserver
