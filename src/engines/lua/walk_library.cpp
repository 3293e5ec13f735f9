// next, pairs and ipairs: walks over tables, in an order that depends on nothing but the keys.
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

// The walk that `next` is on: its table and the keys of it, so that a walk costs no more than one
// by `pairs`.
int next_pair(lua_State* L) {
  check_table(L, 1);
  lua_settop(L, 2);
  make_whole(L, 1);
  Vm& vm = Vm::of(L);
  vm.charge(L, 10);
  if (lua_isnil(L, 2)) {
    // Often only to see whether there is anything.
    if (lua_next(L, 1) == 0) {
      lua_pushnil(L);
      return 1;
    }
    lua_settop(L, 1);
    push_ordered_keys(L, 1);
    vm.set_walk(L, 1, 2);
    lua_rawgeti(L, 2, 1);
  } else {
    if (!vm.push_walk(L, 1)) {
      push_ordered_keys(L, 1);
      vm.set_walk(L, 1, 3);
    }
    push_key_after(L, 3, 2);
    for (;;) {
      if (lua_isnil(L, -1)) return 1;
      lua_pushvalue(L, -1);
      lua_rawget(L, 1);
      bool gone = lua_isnil(L, -1);
      lua_pop(L, 1);
      if (!gone) break;
      lua_replace(L, 2);
      push_key_after(L, 3, 2);
    }
  }
  lua_pushvalue(L, -1);
  lua_rawget(L, 1);
  return 2;
}

// Upvalues: keys in order, the place in them.
int next_ordered(lua_State* L) {
  check_table(L, 1);
  Vm::of(L).charge(L, 6);
  auto place = static_cast<int>(lua_tonumber(L, lua_upvalueindex(2)));
  for (;;) {
    lua_rawgeti(L, lua_upvalueindex(1), ++place);
    if (lua_isnil(L, -1)) return 1;
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    if (!lua_isnil(L, -1)) break;
    lua_pop(L, 2);
  }
  lua_pushnumber(L, place);
  lua_replace(L, lua_upvalueindex(2));
  return 2;
}

int base_pairs(lua_State* L) {
  check_table(L, 1);
  push_ordered_keys(L, 1);
  lua_pushnumber(L, 0);
  lua_pushcclosure(L, next_ordered, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

int next_item(lua_State* L) {
  check_table(L, 1);
  std::int64_t index = check_integer(L, 2) + 1;
  if (index > 0x7fffffff || index < 0) return 0;
  make_whole(L, 1);
  lua_rawgeti(L, 1, static_cast<int>(index));
  if (lua_isnil(L, -1)) return 0;
  lua_pushnumber(L, static_cast<double>(index));
  lua_insert(L, -2);
  return 2;
}

int base_ipairs(lua_State* L) {
  check_table(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_pushnumber(L, 0);
  return 3;
}

constexpr NativeEntry kWalk[] = {{"next", next_pair}, {"pairs", base_pairs}};

}  // namespace

void open_walk(lua_State* L) {
  fill(L, kWalk);
  lua_pushcfunction(L, next_item);
  lua_pushcclosure(L, base_ipairs, 1);
  lua_setfield(L, -2, "ipairs");
}

}  // namespace lesto::lua
