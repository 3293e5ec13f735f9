#include "engines/lua/sprig_arguments.h"

#include <algorithm>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"

namespace lesto::lua::sprig {

using Kind = SprigArgument::Kind;

void raise_argument(lua_State* L, const char* wrapped, int index, const char* message) {
  push_function_name(L);
  const char* name = lua_tostring(L, -1);
  if (wrapped) {
    push_where(L, 0);
    lua_pushfstring(L, "%s: %s bad argument #%d to %s (%s)", wrapped, lua_tostring(L, -1), index,
                    name, message);
  } else {
    lua_pushfstring(L, "bad argument #%d to %s (%s)", index, name, message);
  }
  raise_top(L);
}

void raise_type(lua_State* L, const char* wrapped, int index, const char* wanted) {
  lua_pushfstring(L, "%s expected, got %s", wanted, type_name(L, index));
  raise_argument(L, wrapped, index, lua_tostring(L, -1));
}

double number_argument(lua_State* L, const char* wrapped, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) return lua_tonumber(L, index);
  if (lua_type(L, index) == LUA_TSTRING) {
    if (auto number = parse_number(check_string(L, index))) return *number;
  }
  raise_type(L, wrapped, index, "number");
}

std::string_view text_argument(lua_State* L, const char* wrapped, int index) {
  int type = lua_type(L, index);
  if (type != LUA_TSTRING && type != LUA_TNUMBER) raise_type(L, wrapped, index, "string");
  return check_string(L, index);
}

void need(lua_State* L, const char* wrapped, int count, const char* complaint) {
  if (lua_gettop(L) < count) raise_argument(L, wrapped, 1, complaint);
}

SprigArgument integer_of(double number) {
  SprigArgument argument;
  argument.kind = Kind::Integer;
  argument.integer = to_integer(number);
  return argument;
}
SprigArgument text_of(std::string_view text) {
  SprigArgument argument;
  argument.text = text;
  return argument;
}
SprigArgument kind_of(Kind kind) {
  SprigArgument argument;
  argument.kind = kind;
  return argument;
}

void begin(lua_State* L) {
  Vm::SprigWork& work = Vm::of(L).sprig();
  work.arguments.clear();
  work.list.clear();
  work.answer = {};
}

bool run(lua_State* L, const char* function, const char* wrapped) {
  Vm& vm = Vm::of(L);
  Vm::SprigWork& work = vm.sprig();
  vm.charge(L, 200);
  work.answer = call_sprig(function, work.arguments, work.list, vm.sprig_host());
  if (work.answer.too_large) vm.exceed(L, "script exceeded its budget in a Sprig function");
  vm.charge(L, kSprigStep * work.answer.steps_used);
  if (work.answer.fine || !wrapped) return work.answer.fine;
  lua_pushfstring(L, "%s: %s", wrapped, work.answer.problem.c_str());
  raise_top(L);
}

void push_answer(lua_State* L) {
  const json::Value& value = Vm::of(L).sprig().answer.value;
  if (!value.is_array()) {
    push_json(L, value);
    return;
  }
  lua_createtable(L, static_cast<int>(std::min<std::size_t>(value.size(), 1000)), 0);
  int count = 0;
  for (const json::Value& item : value.items()) {
    push_json(L, item);
    lua_rawseti(L, -2, ++count);
  }
}

}  // namespace lesto::lua::sprig
