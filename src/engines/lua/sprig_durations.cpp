// Functions of module sprig on stretches of time.
#include <algorithm>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/sprig_arguments.h"
#include "foundation/base/time.h"

namespace lesto::lua::sprig {
namespace {

int push_duration(lua_State* L, Duration duration) {
  std::string& out = Vm::of(L).borrow(L);
  out = duration_text(duration);
  push(L, out);
  Vm::of(L).give_back();
  return 1;
}

int sprig_ago(lua_State* L) {
  need(L, nullptr, 1, "ago requires 1 argument");
  if (lua_type(L, 1) != LUA_TNUMBER) argument_error(L, 1, "ago requires a number (Unix timestamp)");
  constexpr std::int64_t kMost = 9'000'000'000;
  std::int64_t then = std::min(std::max(to_integer(lua_tonumber(L, 1)), -kMost), kMost);
  auto passed = Vm::of(L).now() - Time(std::chrono::seconds(then));
  return push_duration(L, std::chrono::round<std::chrono::seconds>(passed));
}

int sprig_duration(lua_State* L) {
  need(L, nullptr, 1, "duration requires 1 argument");
  std::int64_t seconds = 0;
  if (lua_type(L, 1) == LUA_TNUMBER) {
    seconds = to_integer(lua_tonumber(L, 1));
  } else if (lua_type(L, 1) == LUA_TSTRING) {
    seconds = to_integer(parse_integer(check_string(L, 1), 10).value_or(0));
  }
  // Go's multiplication wraps around.
  std::uint64_t nanoseconds = static_cast<std::uint64_t>(seconds) * 1'000'000'000;
  return push_duration(L, Duration(static_cast<std::int64_t>(nanoseconds)));
}

int sprig_duration_round(lua_State* L) {
  need(L, "durationRound", 1, "durationRound requires 1 argument");
  switch (lua_type(L, 1)) {
    case LUA_TNUMBER:
      push_number_text(L, static_cast<double>(to_integer(lua_tonumber(L, 1))));
      break;
    case LUA_TSTRING: lua_pushvalue(L, 1); break;
    case LUA_TNIL: lua_pushliteral(L, "0"); break;
    default: push_text(L, 1); break;
  }
  if (lua_type(L, 1) != LUA_TSTRING) {
    lua_pushliteral(L, "s");
    lua_concat(L, 2);
  }
  begin(L);
  Vm::of(L).sprig().arguments.push_back(text_of(check_string(L, lua_gettop(L))));
  run(L, "durationRound", "durationRound");
  push_answer(L);
  return 1;
}

constexpr NativeEntry kDurations[] = {
    {"ago", sprig_ago},
    {"duration", sprig_duration},
    {"durationRound", sprig_duration_round},
};

}  // namespace

void open_durations(lua_State* L) { fill(L, kDurations); }

}  // namespace lesto::lua::sprig
