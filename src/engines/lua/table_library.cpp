// Library `table`: lists reach up to the largest key that holds something.
#include <algorithm>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

// Steps of moving one element, and of comparing two.
constexpr std::size_t kMoveSteps = 14;
constexpr std::size_t kCompareSteps = 45;

void get(lua_State* L, int table, std::int64_t key) {
  if (key >= 0 && key <= 0x7fffffff) {
    lua_rawgeti(L, table, static_cast<int>(key));
    return;
  }
  lua_pushnumber(L, static_cast<double>(key));
  lua_rawget(L, table);
}

int table_getn(lua_State* L) {
  check_table(L, 1);
  lua_pushnumber(L, static_cast<double>(length(L, 1)));
  return 1;
}

int table_insert(lua_State* L) {
  check_table(L, 1);
  int count = lua_gettop(L);
  if (count == 1) raise(L, "wrong number of arguments");
  auto size = static_cast<std::int64_t>(length(L, 1));
  Vm::of(L).charge(L, kMoveSteps);
  if (count == 2) {
    if (lua_isnil(L, 2)) return 0;
    raw_set(L, 1, size + 1);
    return 0;
  }
  std::int64_t position = check_integer(L, 2);
  check_any(L, 3);
  lua_settop(L, 3);
  if (position > size || position <= 0) {
    raw_set(L, 1, position);
    return 0;
  }
  Vm::of(L).charge(L, kMoveSteps * static_cast<std::size_t>(size - position));
  for (std::int64_t i = size; i >= position; --i) {
    get(L, 1, i);
    raw_set(L, 1, i + 1);
  }
  raw_set(L, 1, position);
  return 0;
}

int table_remove(lua_State* L) {
  check_table(L, 1);
  auto size = static_cast<std::int64_t>(length(L, 1));
  std::int64_t position = lua_gettop(L) == 1 ? -1 : check_integer(L, 2);
  if (size == 0 || position > size) {
    lua_pushnil(L);
    return 1;
  }
  if (position == size || position <= 0) position = size;
  get(L, 1, position);
  Vm::of(L).charge(L, kMoveSteps * static_cast<std::size_t>(size - position));
  for (std::int64_t i = position; i < size; ++i) {
    get(L, 1, i + 1);
    raw_set(L, 1, i);
  }
  lua_pushnil(L);
  raw_set(L, 1, size);
  return 1;
}

int table_concat(lua_State* L) {
  check_table(L, 1);
  std::string_view separator = optional_string(L, 2, "");
  std::int64_t first = optional_integer(L, 3, 1);
  auto size = static_cast<std::int64_t>(length(L, 1));
  std::int64_t last = optional_integer(L, 4, size);
  if (lua_gettop(L) == 3 && (first > size || first < 1)) {
    lua_pushliteral(L, "");
    return 1;
  }
  first = std::max<std::int64_t>(std::min(first, size), 1);
  last = std::min(last, size);
  Vm& vm = Vm::of(L);
  std::string& out = vm.borrow(L);
  for (std::int64_t i = first; i <= last; ++i) {
    get(L, 1, i);
    int type = lua_type(L, -1);
    if (type != LUA_TSTRING && type != LUA_TNUMBER) {
      vm.give_back();
      lua_pushfstring(L, "invalid value (%s) at index %d in table for concat", type_name(L, -1),
                      static_cast<int>(i));
      raise_top(L);
    }
    if (type == LUA_TNUMBER) {
      vm.reserve(L, out, 32 + separator.size());
      append_number(out, lua_tonumber(L, -1));
    } else {
      std::size_t length_of_text = 0;
      const char* text = lua_tolstring(L, -1, &length_of_text);
      vm.reserve(L, out, length_of_text + separator.size());
      out.append(text, length_of_text);
    }
    if (i != last) out += separator;
    lua_pop(L, 1);
    vm.charge(L, 12);
  }
  vm.charge(L, out.size() / 16);
  push(L, out);
  vm.give_back();
  return 1;
}

// a < b for two values on the stack, by the given function at 2 or the dialect's order.
bool less(lua_State* L, Vm& vm, int a, int b) {
  vm.charge(L, kCompareSteps);
  if (lua_isfunction(L, 2)) {
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a);
    lua_pushvalue(L, b);
    vm.call(L, 2, 1);
    bool result = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    return result;
  }
  int type = lua_type(L, a);
  if (type == lua_type(L, b)) {
    if (type == LUA_TNUMBER) return lua_tonumber(L, a) < lua_tonumber(L, b);
    if (type == LUA_TSTRING) return check_string(L, a) < check_string(L, b);
    if (type == LUA_TTABLE && push_metamethod(L, a, "__lt")) {
      bool same = push_metamethod(L, b, "__lt") && lua_rawequal(L, -1, -2) && lua_isfunction(L, -1);
      if (same) {
        lua_pushvalue(L, a);
        lua_pushvalue(L, b);
        vm.call(L, 2, 1);
        bool result = lua_toboolean(L, -1) != 0;
        lua_pop(L, 2);
        return result;
      }
    }
  }
  lua_pushfstring(L, "attempt to compare %s with %s", type_name(L, a), type_name(L, b));
  raise_top(L);
}

// Heap sort: in place, and bounded whatever an inconsistent order answers.
void sift(lua_State* L, Vm& vm, std::int64_t root, std::int64_t size) {
  for (;;) {
    std::int64_t child = 2 * root;
    if (child > size) return;
    get(L, 1, child);
    if (child < size) {
      get(L, 1, child + 1);
      int top = lua_gettop(L);
      if (less(L, vm, top - 1, top)) {
        ++child;
        lua_remove(L, top - 1);
      } else {
        lua_pop(L, 1);
      }
    }
    get(L, 1, root);
    int top = lua_gettop(L);
    if (!less(L, vm, top, top - 1)) {
      lua_pop(L, 2);
      return;
    }
    raw_set(L, 1, child);
    raw_set(L, 1, root);
    root = child;
  }
}

// Few elements are sorted by insertion, stably, as Go does it.
void insertion_sort(lua_State* L, Vm& vm, std::int64_t size) {
  for (std::int64_t i = 2; i <= size; ++i) {
    for (std::int64_t j = i; j > 1; --j) {
      get(L, 1, j);
      get(L, 1, j - 1);
      int top = lua_gettop(L);
      bool swap = less(L, vm, top - 1, top);
      if (swap) {
        raw_set(L, 1, j);
        raw_set(L, 1, j - 1);
      } else {
        lua_pop(L, 2);
        break;
      }
    }
  }
}

int table_sort(lua_State* L) {
  check_table(L, 1);
  if (lua_gettop(L) != 1) check_function(L, 2);
  lua_settop(L, 2);
  auto size = static_cast<std::int64_t>(length(L, 1));
  Vm& vm = Vm::of(L);
  luaL_checkstack(L, 12, "stack overflow");
  constexpr std::int64_t kFew = 12;
  if (size <= kFew) {
    insertion_sort(L, vm, size);
    return 0;
  }
  for (std::int64_t root = size / 2; root >= 1; --root) sift(L, vm, root, size);
  for (std::int64_t last = size; last > 1; --last) {
    get(L, 1, 1);
    get(L, 1, last);
    raw_set(L, 1, 1);
    raw_set(L, 1, last);
    sift(L, vm, 1, last - 1);
  }
  return 0;
}

constexpr NativeEntry kTable[] = {
    {"concat", table_concat}, {"getn", table_getn},     {"insert", table_insert},
    {"maxn", table_getn},     {"remove", table_remove}, {"sort", table_sort},
};

}  // namespace

void open_table(lua_State* L) { fill(L, kTable); }

}  // namespace lesto::lua
