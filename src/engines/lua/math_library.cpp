// Library `math`.
#include <cmath>
#include <cstdlib>
#include <limits>
#include <luajit-2.1/lua.hpp>
#include <numbers>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

template <double (*kFunction)(double)>
int unary(lua_State* L) {
  lua_pushnumber(L, kFunction(check_number(L, 1)));
  return 1;
}

double absolute(double x) { return std::abs(x); }
double to_degrees(double x) { return x * 180 / std::numbers::pi; }
double to_radians(double x) { return x * std::numbers::pi / 180; }

template <double (*kFunction)(double, double)>
int binary(lua_State* L) {
  double a = check_number(L, 1);
  double b = check_number(L, 2);
  lua_pushnumber(L, kFunction(a, b));
  return 1;
}

double modulo(double a, double b) {
  double rest = std::fmod(a, b);
  if ((b > 0 && rest < 0) || (b < 0 && rest > 0)) rest += b;
  return rest;
}

int math_frexp(lua_State* L) {
  double number = check_number(L, 1);
  int exponent = 0;
  double fraction = std::isfinite(number) ? std::frexp(number, &exponent) : number;
  lua_pushnumber(L, fraction);
  lua_pushnumber(L, exponent);
  return 2;
}

int math_ldexp(lua_State* L) {
  double number = check_number(L, 1);
  std::int64_t exponent =
      std::min<std::int64_t>(std::max<std::int64_t>(check_integer(L, 2), -100000), 100000);
  lua_pushnumber(L, std::ldexp(number, static_cast<int>(exponent)));
  return 1;
}

int math_modf(lua_State* L) {
  double number = check_number(L, 1);
  if (std::isinf(number)) {
    // As Go has it: no fraction of infinity.
    lua_pushnumber(L, number);
    lua_pushnumber(L, std::numeric_limits<double>::quiet_NaN());
    return 2;
  }
  double whole = 0;
  double fraction = std::modf(number, &whole);
  lua_pushnumber(L, whole);
  lua_pushnumber(L, fraction);
  return 2;
}

int extreme(lua_State* L, bool largest) {
  int count = lua_gettop(L);
  if (count == 0) raise(L, "wrong number of arguments");
  double result = check_number(L, 1);
  for (int i = 2; i <= count; ++i) {
    double number = check_number(L, i);
    if (largest ? number > result : number < result) result = number;
  }
  lua_pushnumber(L, result);
  return 1;
}
int math_max(lua_State* L) { return extreme(L, true); }
int math_min(lua_State* L) { return extreme(L, false); }

// SplitMix64, from a fixed seed: the same script over the same object gives the same verdict.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

int math_random(lua_State* L) {
  std::uint64_t random = next_random(Vm::of(L).random_state());
  if (lua_gettop(L) == 0) {
    lua_pushnumber(L, static_cast<double>(random >> 11) * 0x1.0p-53);
    return 1;
  }
  std::int64_t least = lua_gettop(L) == 1 ? 1 : check_integer(L, 1);
  std::int64_t most = check_integer(L, lua_gettop(L) == 1 ? 1 : 2);
  if (most < least) {
    lua_pushliteral(L, "invalid argument to Intn");
    return lua_error(L);
  }
  std::uint64_t span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) + 1;
  std::uint64_t offset = span == 0 ? random : random % span;
  lua_pushnumber(L, static_cast<double>(
                        static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + offset)));
  return 1;
}

int math_randomseed(lua_State* L) {
  Vm::of(L).random_state() = static_cast<std::uint64_t>(check_integer(L, 1));
  return 0;
}

constexpr NativeEntry kMath[] = {
    {"abs", unary<absolute>},
    {"acos", unary<std::acos>},
    {"asin", unary<std::asin>},
    {"atan", unary<std::atan>},
    {"atan2", binary<std::atan2>},
    {"ceil", unary<std::ceil>},
    {"cos", unary<std::cos>},
    {"cosh", unary<std::cosh>},
    {"deg", unary<to_degrees>},
    {"exp", unary<std::exp>},
    {"floor", unary<std::floor>},
    {"fmod", binary<std::fmod>},
    {"frexp", math_frexp},
    {"ldexp", math_ldexp},
    {"log", unary<std::log>},
    {"log10", unary<std::log10>},
    {"max", math_max},
    {"min", math_min},
    {"mod", binary<modulo>},
    {"modf", math_modf},
    {"pow", binary<std::pow>},
    {"rad", unary<to_radians>},
    {"random", math_random},
    {"randomseed", math_randomseed},
    {"sin", unary<std::sin>},
    {"sinh", unary<std::sinh>},
    {"sqrt", unary<std::sqrt>},
    {"tan", unary<std::tan>},
    {"tanh", unary<std::tanh>},
};

}  // namespace

void open_math(lua_State* L) {
  fill(L, kMath);
  lua_pushnumber(L, std::numbers::pi);
  lua_setfield(L, -2, "pi");
  lua_pushnumber(L, std::numeric_limits<double>::max());
  lua_setfield(L, -2, "huge");
}

}  // namespace lesto::lua
