#include "kube/apiserver/schema/problem.h"

#include <algorithm>
#include <cmath>

#include "foundation/json/text.h"

namespace lesto::apiserver::schema {
namespace {

std::string field_of(std::string_view path) { return path.empty() ? "<nil>" : std::string(path); }

// How field.Error shows a bad value: Go's %q for strings, %v for numbers and booleans, JSON for the
// rest.
std::string shown(const json::Value& value) {
  if (value.is_string()) return quote(value.text());
  if (value.is_double()) return number_text(value.number());
  return json::canonical(value);
}

std::string with_detail(std::string text, std::string_view detail) {
  if (!detail.empty()) {
    text += ": ";
    text += detail;
  }
  return text;
}

}  // namespace

Problem required(std::string_view path, std::string_view detail) {
  return {"FieldValueRequired", field_of(path), with_detail("Required value", detail)};
}

Problem invalid(std::string_view path, const json::Value& value, std::string_view detail) {
  return {"FieldValueInvalid", field_of(path),
          with_detail("Invalid value: " + shown(value), detail)};
}

Problem invalid_shown(std::string_view path, std::string_view text, std::string_view detail) {
  return {"FieldValueInvalid", field_of(path),
          with_detail("Invalid value: " + std::string(text), detail)};
}

Problem type_invalid(std::string_view path, const json::Value& value, std::string_view detail) {
  return {"FieldValueTypeInvalid", field_of(path),
          with_detail("Invalid value: " + shown(value), detail)};
}

Problem forbidden(std::string_view path, std::string_view detail) {
  return {"FieldValueForbidden", field_of(path), with_detail("Forbidden", detail)};
}

Problem not_supported(std::string_view path, const json::Value& value,
                      const std::vector<std::string>& supported) {
  std::string detail;
  for (const std::string& item : supported) {
    if (!detail.empty()) detail += ", ";
    detail += quote(item);
  }
  if (!supported.empty()) detail.insert(0, "supported values: ");
  return {"FieldValueNotSupported", field_of(path),
          with_detail("Unsupported value: " + shown(value), detail)};
}

Problem duplicate(std::string_view path, const json::Value& value) {
  return {"FieldValueDuplicate", field_of(path), "Duplicate value: " + shown(value)};
}

Problem too_long(std::string_view path, std::int64_t max) {
  return {
      "FieldValueTooLong", field_of(path),
      "Too long: may not be more than " + std::to_string(max) + (max == 1 ? " byte" : " bytes")};
}

Problem too_many(std::string_view path, std::int64_t actual, std::int64_t max) {
  return {"FieldValueTooMany", field_of(path),
          "Too many: " + std::to_string(actual) + ": must have at most " + std::to_string(max) +
              (max == 1 ? " item" : " items")};
}

std::string child(std::string_view path, std::string_view name) {
  std::string out(path);
  if (!out.empty()) out += '.';
  out += name;
  return out;
}

std::string key(std::string_view path, std::string_view name) {
  std::string out(path);
  out += '[';
  out += name;
  out += ']';
  return out;
}

std::string index(std::string_view path, std::size_t i) { return key(path, std::to_string(i)); }

std::string quote(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\a':
        out += "\\a";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\v':
        out += "\\v";
        break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += "\\x";
          out += kHex[byte >> 4];
          out += kHex[byte & 15];
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string number_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Go's %v: shortest digits, exponent form below 1e-4 and from 1e21 on.
  std::string text = json::write(json::Value(value));
  double size = std::abs(value);
  if (size == 0 || (size >= 1e-4 && size < 1e21)) return text;
  char digits[40];
  for (int precision = 0; precision < 18; ++precision) {
    std::snprintf(digits, sizeof digits, "%.*e", precision, value);
    if (std::strtod(digits, nullptr) == value) break;
  }
  return digits;
}

void append(Problems& to, Problems from) {
  for (Problem& problem : from) to.push_back(std::move(problem));
}

Problems sorted(Problems problems) {
  std::sort(problems.begin(), problems.end());
  return problems;
}

}  // namespace lesto::apiserver::schema
