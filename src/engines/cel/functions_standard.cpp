// The standard library but for times.
#include <re2/re2.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "engines/cel/declarations.h"
#include "engines/cel/text.h"

namespace lesto::cel {
namespace {

std::unexpected<Error> no_conversion(const Value& from, std::string_view to) {
  return eval_error("type conversion error from '" + std::string(from.type_name()) + "' to '" +
                    std::string(to) + "'");
}

Result<Value> size(const Call& call) {
  if (call.size() != 1) return call.no_overload();
  const Value& value = call[0];
  switch (value.kind()) {
    case Kind::String:
      if (!call.budget.spend_bytes(value.view().size())) return too_costly();
      return Value::of(static_cast<std::int64_t>(rune_count(value.view())));
    case Kind::Bytes:
      return Value::of(static_cast<std::int64_t>(value.view().size()));
    case Kind::List:
    case Kind::Map:
      return Value::of(static_cast<std::int64_t>(value.size()));
    default:
      return call.no_overload();
  }
}

Result<Value> contains(const Call& call) {
  if (!call.is({Kind::String, Kind::String})) return call.no_overload();
  if (!call.budget.spend_bytes(call[0].view().size())) return too_costly();
  return Value::of(call[0].view().find(call[1].view()) != std::string_view::npos);
}

Result<Value> starts_with(const Call& call) {
  if (!call.is({Kind::String, Kind::String})) return call.no_overload();
  return Value::of(call[0].view().starts_with(call[1].view()));
}

Result<Value> ends_with(const Call& call) {
  if (!call.is({Kind::String, Kind::String})) return call.no_overload();
  return Value::of(call[0].view().ends_with(call[1].view()));
}

Result<Value> matches(const Call& call) {
  if (!call.is({Kind::String, Kind::String})) return call.no_overload();
  // RE2 is linear in text times pattern.
  std::size_t work = call[0].view().size() * (1 + call[1].view().size() / 4);
  if (!call.budget.spend_bytes(work)) return too_costly();
  re2::StringPiece text(call[0].view().data(), call[0].view().size());
  if (call.expr.regex) return Value::of(re2::RE2::PartialMatch(text, *call.expr.regex));
  re2::RE2::Options options;
  options.set_log_errors(false);
  re2::RE2 regex(call[1].string(), options);
  if (!regex.ok()) return eval_error("error parsing regexp: " + regex.error());
  return Value::of(re2::RE2::PartialMatch(text, regex));
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<Value> to_int(const Call& call) {
  const Value& value = call[0];
  switch (value.kind()) {
    case Kind::Int:
      return value;
    case Kind::Uint:
      if (value.unsigned_integer() > INT64_MAX) return eval_error("integer overflow");
      return Value::of(static_cast<std::int64_t>(value.unsigned_integer()));
    case Kind::Double:
      // The bounds themselves are refused, since the double next to them is far away.
      if (!(value.real() > -0x1p63 && value.real() < 0x1p63)) return eval_error("integer overflow");
      return Value::of(static_cast<std::int64_t>(value.real()));
    case Kind::String:
      if (auto number = parse_number<std::int64_t>(value.view())) return Value::of(*number);
      return no_conversion(value, "int");
    case Kind::Timestamp:
      return Value::of(value.moment().seconds);
    case Kind::Duration:
      return Value::of(value.span().nanos);
    default:
      return call.no_overload();
  }
}

Result<Value> to_uint(const Call& call) {
  const Value& value = call[0];
  switch (value.kind()) {
    case Kind::Uint:
      return value;
    case Kind::Int:
      if (value.integer() < 0) return eval_error("unsigned integer overflow");
      return Value::of(static_cast<std::uint64_t>(value.integer()));
    case Kind::Double:
      if (!(value.real() >= 0 && value.real() < 0x1p64))
        return eval_error("unsigned integer overflow");
      return Value::of(static_cast<std::uint64_t>(value.real()));
    case Kind::String:
      if (value.view().starts_with('+')) return no_conversion(value, "uint");
      if (auto number = parse_number<std::uint64_t>(value.view())) return Value::of(*number);
      return no_conversion(value, "uint");
    default:
      return call.no_overload();
  }
}

Result<Value> to_double(const Call& call) {
  const Value& value = call[0];
  switch (value.kind()) {
    case Kind::Double:
      return value;
    case Kind::Int:
      return Value::of(static_cast<double>(value.integer()));
    case Kind::Uint:
      return Value::of(static_cast<double>(value.unsigned_integer()));
    case Kind::String: {
      std::string text = value.string();
      char* end = nullptr;
      bool blank = text.empty() || std::isspace(static_cast<unsigned char>(text[0]));
      double number = std::strtod(text.c_str(), &end);
      if (blank || end != text.c_str() + text.size()) return no_conversion(value, "double");
      return Value::of(number);
    }
    default:
      return call.no_overload();
  }
}

Result<Value> to_string_value(const Call& call) {
  const Value& value = call[0];
  switch (value.kind()) {
    case Kind::String:
      return value;
    case Kind::Bool:
      return Value::text(value.boolean() ? "true" : "false");
    case Kind::Int:
      return Value::text(std::to_string(value.integer()));
    case Kind::Uint:
      return Value::text(std::to_string(value.unsigned_integer()));
    case Kind::Double:
      return Value::text(double_text(value.real()));
    case Kind::Bytes:
      if (!valid_utf8(value.view()))
        return eval_error("invalid UTF-8 in bytes, cannot convert to string");
      return Value::text(value.view());
    case Kind::Timestamp:
      return Value::text(moment_text(value.moment()));
    case Kind::Duration:
      return Value::text(span_text(value.span()));
    case Kind::Opaque:
      if (auto text = value.opaque_data().text()) return Value::text(*text);
      return call.no_overload();
    default:
      return call.no_overload();
  }
}

Result<Value> to_bytes(const Call& call) {
  if (call.is({Kind::Bytes})) return call[0];
  if (call.is({Kind::String})) return Value::bytes(call[0].view());
  return call.no_overload();
}

Result<Value> to_bool(const Call& call) {
  if (call.is({Kind::Bool})) return call[0];
  if (!call.is({Kind::String})) return call.no_overload();
  std::string_view text = call[0].view();
  for (std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return Value::of(true);
  }
  for (std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return Value::of(false);
  }
  return no_conversion(call[0], "bool");
}

Result<Value> type_of_value(const Call& call) {
  switch (call[0].kind()) {
    case Kind::Null:
      return Value::type(simple(TypeKind::Null));
    case Kind::Bool:
      return Value::type(simple(TypeKind::Bool));
    case Kind::Int:
      return Value::type(simple(TypeKind::Int));
    case Kind::Uint:
      return Value::type(simple(TypeKind::Uint));
    case Kind::Double:
      return Value::type(simple(TypeKind::Double));
    case Kind::String:
      return Value::type(simple(TypeKind::String));
    case Kind::Bytes:
      return Value::type(simple(TypeKind::Bytes));
    case Kind::List:
      return Value::type(list_of(dyn()));
    case Kind::Map:
      return Value::type(map_of(dyn(), dyn()));
    case Kind::Timestamp:
      return Value::type(simple(TypeKind::Timestamp));
    case Kind::Duration:
      return Value::type(simple(TypeKind::Duration));
    case Kind::Type:
      return Value::type(type_of(nullptr));
    case Kind::Optional:
      return Value::type(optional_of(dyn()));
    case Kind::Opaque:
      return Value::type(opaque(std::string(call[0].type_name())));
  }
  return call.no_overload();
}

Result<Value> identity(const Call& call) { return call[0]; }

}  // namespace

std::span<const Declaration> standard_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"size",
       "(string) -> int | (bytes) -> int | (list(A)) -> int | (map(A, B)) -> int | string.() -> "
       "int | bytes.() -> int | list(A).() -> int | "
       "map(A, B).() -> int",
       size},
      {"contains", "string.(string) -> bool", contains},
      {"startsWith", "string.(string) -> bool", starts_with},
      {"endsWith", "string.(string) -> bool", ends_with},
      {"matches", "(string, string) -> bool | string.(string) -> bool", matches},
      {"int",
       "(int) -> int | (uint) -> int | (double) -> int | (string) -> int | (timestamp) -> int | "
       "(duration) -> int",
       to_int},
      {"uint", "(uint) -> uint | (int) -> uint | (double) -> uint | (string) -> uint", to_uint},
      {"double", "(double) -> double | (int) -> double | (uint) -> double | (string) -> double",
       to_double},
      {"string",
       "(string) -> string | (bool) -> string | (int) -> string | (uint) -> string | (double) -> "
       "string | (bytes) -> string | "
       "(timestamp) -> string | (duration) -> string",
       to_string_value},
      {"bytes", "(bytes) -> bytes | (string) -> bytes", to_bytes},
      {"bool", "(bool) -> bool | (string) -> bool", to_bool},
      {"type", "(A) -> type(A)", type_of_value},
      {"dyn", "(A) -> dyn", identity},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
