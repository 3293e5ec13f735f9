// Sprig's defaults, flow control, conversions and reflection.
#include <cmath>

#include "engines/gotemplate/format.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

Answer default_of(Call& call) {
  if (call.count() < 2 || is_empty(call.at(1), call.heap())) return call.at(0);
  return call.at(1);
}

Answer empty(Call& call) { return Value::of_bool(is_empty(call.at(0), call.heap())); }

Answer coalesce(Call& call) {
  for (const Value& value : call.arguments) {
    if (!is_empty(value, call.heap())) return value;
  }
  return Value::nil();
}

Answer all(Call& call) {
  for (const Value& value : call.arguments) {
    if (is_empty(value, call.heap())) return Value::of_bool(false);
  }
  return Value::of_bool(true);
}

Answer any(Call& call) {
  for (const Value& value : call.arguments) {
    if (!is_empty(value, call.heap())) return Value::of_bool(true);
  }
  return Value::of_bool(false);
}

Answer ternary(Call& call) { return call.at(2).boolean ? call.at(0) : call.at(1); }

Answer fail_with(Call& call) { return call.fail(call.text(0)); }

constexpr Function kDefaults[] = {
    {"default", Group::Defaults, "aa*>a", default_of},
    {"empty", Group::Defaults, "a>b", empty},
    {"coalesce", Group::Defaults, "a*>a", coalesce},
    {"all", Group::Defaults, "a*>b", all},
    {"any", Group::Defaults, "a*>b", any},
    {"ternary", Group::Defaults, "aab>a", ternary},
    {"fail", Group::Defaults, "s>s", fail_with},
};

Answer as_int(Call& call) { return Value::of_int(to_int64(call.at(0))); }
Answer as_int64(Call& call) { return Value::of_int64(to_int64(call.at(0))); }
Answer as_float64(Call& call) { return Value::of_float(to_float64(call.at(0))); }

Answer atoi(Call& call) {
  ParsedInt parsed = parse_int(call.text(0), 10);
  // Atoi answers the nearest integer beside its error, which Sprig drops.
  return Value::of_int(parsed.value);
}

Answer to_decimal(Call& call) {
  std::string text;
  Outcome printed = append_value(text, call.context, call.at(0));
  if (!printed) return std::unexpected(printed.error());
  ParsedInt parsed = parse_int(text, 8);
  return Value::of_int64(parsed.ok() ? parsed.value : 0);
}

constexpr Function kConversions[] = {
    {"int", Group::Conversion, "a>i", as_int},
    {"int64", Group::Conversion, "a>l", as_int64},
    {"float64", Group::Conversion, "a>f", as_float64},
    {"atoi", Group::Conversion, "s>i", atoi},
    {"toDecimal", Group::Conversion, "a>l", to_decimal},
};

Answer type_of(Call& call) { return call.lend(type_name(call.at(0))); }
Answer kind_of_value(Call& call) { return call.lend(kind_name(call.at(0))); }
Answer type_is(Call& call) { return Value::of_bool(call.text(0) == type_name(call.at(1))); }
Answer kind_is(Call& call) { return Value::of_bool(call.text(0) == kind_name(call.at(1))); }

Answer type_is_like(Call& call) {
  std::string_view type = type_name(call.at(1));
  bool same = type == call.text(0) || (type.starts_with('*') && type.substr(1) == call.text(0));
  return Value::of_bool(same);
}

Answer deep_equal_values(Call& call) {
  auto same = deep_equal(call, call.at(0), call.at(1));
  if (!same) return std::unexpected(same.error());
  return Value::of_bool(*same);
}

constexpr Function kReflection[] = {
    {"typeOf", Group::Reflection, "a>s", type_of},
    {"typeIs", Group::Reflection, "sa>b", type_is},
    {"typeIsLike", Group::Reflection, "sa>b", type_is_like},
    {"kindOf", Group::Reflection, "a>s", kind_of_value},
    {"kindIs", Group::Reflection, "sa>b", kind_is},
    {"deepEqual", Group::Reflection, "aa>b", deep_equal_values},
};

}  // namespace

std::span<const Function> default_functions() { return kDefaults; }
std::span<const Function> conversion_functions() { return kConversions; }
std::span<const Function> reflection_functions() { return kReflection; }

}  // namespace lesto::gotemplate
