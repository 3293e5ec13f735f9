// Sprig's mathematics on decimal numbers.
#include <cmath>

#include "engines/gotemplate/decimal.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

std::expected<Decimal, Failure> decimal_of(Call& call, double number) {
  if (std::isfinite(number)) return Decimal::of(number);
  std::string text = "Cannot create a Decimal from ";
  append_float(text, number, 'g', -1);
  return call.fail(text);
}

using Operation = Decimal (Decimal::*)(const Decimal&) const;

// Applies the operation from left to right.
Answer fold(Call& call, double first, std::span<const Value> rest, Operation operation) {
  auto result = decimal_of(call, first);
  if (!result) return std::unexpected(result.error());
  for (const Value& value : rest) {
    auto next = decimal_of(call, to_float64(value));
    if (!next) return std::unexpected(next.error());
    if (operation == &Decimal::divide && next->zero()) return call.fail("decimal division by 0");
    if (Outcome spent = call.context.spend(4 + result->size() * next->size()); !spent) {
      return std::unexpected(spent.error());
    }
    *result = ((*result).*operation)(*next);
    if (result->size() > 4096) return call.context.limit("digits of a decimal", 4096 * 9);
  }
  return Value::of_float(result->number());
}

Answer addf(Call& call) { return fold(call, 0, call.arguments, &Decimal::add); }
Answer add1f(Call& call) {
  Value one = Value::of_int(1);
  return fold(call, to_float64(call.at(0)), std::span(&one, 1), &Decimal::add);
}
Answer subf(Call& call) {
  return fold(call, to_float64(call.at(0)), call.arguments.subspan(1), &Decimal::subtract);
}
Answer mulf(Call& call) {
  return fold(call, to_float64(call.at(0)), call.arguments.subspan(1), &Decimal::multiply);
}
Answer divf(Call& call) {
  return fold(call, to_float64(call.at(0)), call.arguments.subspan(1), &Decimal::divide);
}

constexpr Function kFunctions[] = {
    {"addf", Group::Math, "a*>f", addf},  {"add1f", Group::Math, "a>f", add1f},
    {"subf", Group::Math, "aa*>f", subf}, {"mulf", Group::Math, "aa*>f", mulf},
    {"divf", Group::Math, "aa*>f", divf},
};

}  // namespace

std::span<const Function> decimal_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
