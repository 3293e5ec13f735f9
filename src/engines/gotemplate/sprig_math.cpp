// Sprig's integer mathematics: 64 bits that wrap around, as Go's do.
#include <cmath>

#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kDivideByZero = "runtime error: integer divide by zero";

// Arithmetic without signed overflow.
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t times(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

Answer add(Call& call) {
  std::int64_t sum = 0;
  for (const Value& value : call.arguments) sum = plus(sum, to_int64(value));
  return Value::of_int64(sum);
}
Answer add1(Call& call) { return Value::of_int64(plus(to_int64(call.at(0)), 1)); }
Answer sub(Call& call) {
  return Value::of_int64(minus(to_int64(call.at(0)), to_int64(call.at(1))));
}

Answer mul(Call& call) {
  std::int64_t product = to_int64(call.at(0));
  for (const Value& value : call.arguments.subspan(1)) product = times(product, to_int64(value));
  return Value::of_int64(product);
}

Answer div(Call& call) {
  std::int64_t a = to_int64(call.at(0));
  std::int64_t b = to_int64(call.at(1));
  if (b == 0) return call.fail(kDivideByZero);
  return Value::of_int64(b == -1 ? minus(0, a) : a / b);
}

Answer mod(Call& call) {
  std::int64_t a = to_int64(call.at(0));
  std::int64_t b = to_int64(call.at(1));
  if (b == 0) return call.fail(kDivideByZero);
  return Value::of_int64(b == -1 ? 0 : a % b);
}

Answer max_of(Call& call) {
  std::int64_t best = to_int64(call.at(0));
  for (const Value& value : call.arguments.subspan(1)) best = std::max(best, to_int64(value));
  return Value::of_int64(best);
}

Answer min_of(Call& call) {
  std::int64_t best = to_int64(call.at(0));
  for (const Value& value : call.arguments.subspan(1)) best = std::min(best, to_int64(value));
  return Value::of_int64(best);
}

// Go's math.Max and Min: NaN wins, unless there is an infinity of the right sign.
double larger(double a, double b) {
  if (std::isinf(a) && a > 0) return a;
  if (std::isinf(b) && b > 0) return b;
  if (std::isnan(a) || std::isnan(b)) return std::nan("");
  if (a == 0 && a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}
double smaller(double a, double b) {
  if (std::isinf(a) && a < 0) return a;
  if (std::isinf(b) && b < 0) return b;
  if (std::isnan(a) || std::isnan(b)) return std::nan("");
  if (a == 0 && a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

Answer maxf(Call& call) {
  double best = to_float64(call.at(0));
  for (const Value& value : call.arguments.subspan(1)) best = larger(best, to_float64(value));
  return Value::of_float(best);
}

Answer minf(Call& call) {
  double best = to_float64(call.at(0));
  for (const Value& value : call.arguments.subspan(1)) best = smaller(best, to_float64(value));
  return Value::of_float(best);
}

Answer floor_of(Call& call) { return Value::of_float(std::floor(to_float64(call.at(0)))); }
Answer ceil_of(Call& call) { return Value::of_float(std::ceil(to_float64(call.at(0)))); }

// Rounds up from roundOn (.5) of the fraction's size; negative numbers off the grid go down, as in
// Sprig.
Answer round_of(Call& call) {
  double from = call.count() > 2 ? call.at(2).number : 0.5;
  double power = std::pow(10.0, static_cast<double>(call.integer(1)));
  double scaled = power * to_float64(call.at(0));
  double whole = 0;
  double fraction = std::modf(scaled, &whole);
  // Go's Modf of an infinity has the fraction NaN.
  if (std::isinf(scaled)) fraction = std::nan("");
  double rounded = fraction >= from ? std::ceil(scaled) : std::floor(scaled);
  return Value::of_float(rounded / power);
}

constexpr Function kFunctions[] = {
    {"add", Group::Math, "a*>l", add},     {"add1", Group::Math, "a>l", add1},
    {"sub", Group::Math, "aa>l", sub},     {"mul", Group::Math, "aa*>l", mul},
    {"div", Group::Math, "aa>l", div},     {"mod", Group::Math, "aa>l", mod},
    {"max", Group::Math, "aa*>l", max_of}, {"biggest", Group::Math, "aa*>l", max_of},
    {"min", Group::Math, "aa*>l", min_of}, {"maxf", Group::Math, "aa*>f", maxf},
    {"minf", Group::Math, "aa*>f", minf},  {"floor", Group::Math, "a>f", floor_of},
    {"ceil", Group::Math, "a>f", ceil_of}, {"round", Group::Math, "aif*>f", round_of},
};

}  // namespace

std::span<const Function> math_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
