// The operators that the emitted code calls, and the metatables of the basic types.
//
// Of a misused value LuaJIT would tell other words; so nil, booleans, numbers, functions and
// threads get metatables whose methods only fail, in the dialect's words.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

enum class Operation : unsigned char { Add, Sub, Mul, Div, Mod, Pow };
constexpr const char* kEvents[] = {"__add", "__sub", "__mul", "__div", "__mod", "__pow"};

double modulo(double a, double b) {
  double rest = std::fmod(a, b);
  if ((b > 0 && rest < 0) || (b < 0 && rest > 0)) rest += b;
  return rest;
}

double apply(Operation op, double a, double b) {
  switch (op) {
    case Operation::Add: return a + b;
    case Operation::Sub: return a - b;
    case Operation::Mul: return a * b;
    case Operation::Div: return a / b;
    case Operation::Mod: return modulo(a, b);
    case Operation::Pow: return std::pow(a, b);
  }
  return 0;
}

// A metamethod that is a function, of the first operand or else the second; pushed.
bool push_binary_metamethod(lua_State* L, int a, int b, const char* event) {
  for (int index : {a, b}) {
    if (lua_type(L, index) != LUA_TTABLE) continue;
    if (!push_metamethod(L, index, event)) continue;
    if (lua_isfunction(L, -1)) return true;
    lua_pop(L, 1);
    return false;
  }
  return false;
}

bool number_of(lua_State* L, int index, double& out) {
  int type = lua_type(L, index);
  if (type == LUA_TNUMBER) {
    out = lua_tonumber(L, index);
    return true;
  }
  if (type != LUA_TSTRING) return false;
  auto parsed = parse_number(check_string(L, index));
  if (!parsed) return false;
  out = *parsed;
  return true;
}

int arithmetic(lua_State* L, Operation op) {
  if (lua_type(L, 1) == LUA_TNUMBER && lua_type(L, 2) == LUA_TNUMBER) {
    lua_pushnumber(L, apply(op, lua_tonumber(L, 1), lua_tonumber(L, 2)));
    return 1;
  }
  Vm& vm = Vm::of(L);
  const char* event = kEvents[static_cast<int>(op)];
  if (push_binary_metamethod(L, 1, 2, event)) {
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    vm.call(L, 2, 1);
    return 1;
  }
  double a = 0;
  double b = 0;
  bool first = number_of(L, 1, a);
  bool second = number_of(L, 2, b);
  if (first && second) {
    lua_pushnumber(L, apply(op, a, b));
    return 1;
  }
  lua_pushfstring(L, "cannot perform %s operation between %s and %s", event + 2,
                  first ? "number" : type_name(L, 1), second ? "number" : type_name(L, 2));
  raise_top(L);
}

template <Operation kOp>
int arithmetic_of(lua_State* L) {
  lua_settop(L, 2);
  return arithmetic(L, kOp);
}

int negate(lua_State* L) {
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TTABLE && push_metamethod(L, 1, "__unm")) {
    if (lua_isfunction(L, -1)) {
      lua_pushvalue(L, 1);
      Vm::of(L).call(L, 1, 1);
      return 1;
    }
    lua_pop(L, 1);
  }
  double number = 0;
  if (!number_of(L, 1, number)) raise(L, "__unm undefined");
  lua_pushnumber(L, -number);
  return 1;
}

int length_of(lua_State* L) {
  lua_settop(L, 1);
  int type = lua_type(L, 1);
  if (type == LUA_TSTRING) {
    lua_pushnumber(L, static_cast<double>(lua_objlen(L, 1)));
    return 1;
  }
  if (type == LUA_TTABLE) {
    make_whole(L, 1);
    if (push_metamethod(L, 1, "__len")) {
      if (lua_isfunction(L, -1)) {
        lua_pushvalue(L, 1);
        Vm::of(L).call(L, 1, 1);
        if (lua_type(L, -1) == LUA_TNUMBER) return 1;
        return 1;
      }
      lua_pop(L, 1);
    }
    lua_pushnumber(L, static_cast<double>(length(L, 1)));
    return 1;
  }
  raise(L, "__len undefined");
}

// Whether the value at a is less than (or equal to) the one at b, by a metamethod of both; pushes
// the answer. False when they have none.
bool compare_by_metamethod(lua_State* L, int a, int b, const char* event) {
  if (lua_type(L, a) != LUA_TTABLE || !push_metamethod(L, a, event)) return false;
  if (!push_metamethod(L, b, event)) return false;
  if (!lua_isfunction(L, -1) || !lua_rawequal(L, -1, -2)) return false;
  lua_pushvalue(L, a);
  lua_pushvalue(L, b);
  Vm::of(L).call(L, 2, 1);
  lua_pushboolean(L, lua_toboolean(L, -1));
  return true;
}

enum class Order : bool { Less, LessOrEqual };

int compare(lua_State* L, int a, int b, Order order) {
  bool equal_too = order == Order::LessOrEqual;
  int type = lua_type(L, a);
  if (type == LUA_TNUMBER && lua_type(L, b) == LUA_TNUMBER) {
    double x = lua_tonumber(L, a);
    double y = lua_tonumber(L, b);
    lua_pushboolean(L, equal_too ? x <= y : x < y);
    return 1;
  }
  if (type == lua_type(L, b)) {
    if (type == LUA_TSTRING) {
      std::string_view x = check_string(L, a);
      std::string_view y = check_string(L, b);
      Vm::of(L).charge(L, 4 + std::min(x.size(), y.size()) / 16);
      lua_pushboolean(L, equal_too ? x <= y : x < y);
      return 1;
    }
    if (compare_by_metamethod(L, a, b, equal_too ? "__le" : "__lt")) return 1;
    if (equal_too && compare_by_metamethod(L, b, a, "__lt")) {
      lua_pushboolean(L, !lua_toboolean(L, -1));
      return 1;
    }
  }
  lua_pushfstring(L, "attempt to compare %s with %s", type_name(L, a), type_name(L, b));
  raise_top(L);
}
int less(lua_State* L) { return compare(L, 1, 2, Order::Less); }
int greater(lua_State* L) { return compare(L, 2, 1, Order::Less); }
int less_or_equal(lua_State* L) { return compare(L, 1, 2, Order::LessOrEqual); }
int greater_or_equal(lua_State* L) { return compare(L, 2, 1, Order::LessOrEqual); }

bool is_text(lua_State* L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TSTRING || type == LUA_TNUMBER;
}

void append_text(lua_State* L, Vm& vm, std::string& out, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    append_number(out, lua_tonumber(L, index));
    return;
  }
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  vm.reserve(L, out, size);
  out.append(text, size);
}

// Right associative: from the last operand backwards, texts at a stretch, else metamethods.
int concatenate(lua_State* L) {
  Vm& vm = Vm::of(L);
  while (lua_gettop(L) > 1) {
    int last = lua_gettop(L);
    if (is_text(L, last - 1) && is_text(L, last)) {
      int first = last - 1;
      while (first > 1 && is_text(L, first - 1)) --first;
      std::string& out = vm.borrow(L);
      for (int i = first; i <= last; ++i) append_text(L, vm, out, i);
      vm.charge(L, 10 + out.size() / 16);
      lua_settop(L, first - 1);
      push(L, out);
      vm.give_back();
      continue;
    }
    if (!push_binary_metamethod(L, last - 1, last, "__concat")) {
      lua_pushfstring(L, "cannot perform concat operation between %s and %s",
                      type_name(L, last - 1), type_name(L, last));
      raise_top(L);
    }
    lua_insert(L, last - 1);
    vm.call(L, 2, 1);
  }
  return 1;
}

int give_back(lua_State* L) { return lua_gettop(L); }

// `arg` of functions with extra arguments.
int extra_arguments(lua_State* L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  for (int i = 1; i <= count; ++i) {
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, i);
  }
  mark_holes(L, lua_gettop(L));
  lua_pushnumber(L, count);
  lua_setfield(L, -2, "n");
  return 1;
}

int loop_value(lua_State* L, const char* message) {
  if (lua_type(L, 1) != LUA_TNUMBER) raise(L, message);
  lua_settop(L, 1);
  return 1;
}
int loop_init(lua_State* L) { return loop_value(L, "for statement init must be a number"); }
int loop_limit(lua_State* L) { return loop_value(L, "for statement limit must be a number"); }
int loop_step(lua_State* L) { return loop_value(L, "for statement step must be a number"); }

int set_element(lua_State* L) {
  lua_settop(L, 3);
  Vm& vm = Vm::of(L);
  vm.charge(L, 8);
  if (lua_type(L, 1) != LUA_TTABLE) {
    lua_settable(L, 1);
    return 0;
  }
  if (lua_type(L, 2) == LUA_TNUMBER) {
    make_whole(L, 1);
    note_assignment(L, 1, lua_tonumber(L, 2), lua_isnil(L, 3));
  }
  if (!lua_getmetatable(L, 1)) {
    if (lua_isnil(L, 2)) raise(L, "table index is nil");
    if (lua_type(L, 2) == LUA_TNUMBER && std::isnan(lua_tonumber(L, 2)))
      raise(L, "table index is NaN");
    lua_rawset(L, 1);
    return 0;
  }
  lua_pop(L, 1);
  vm.enter(L);
  lua_settable(L, 1);
  vm.leave();
  return 0;
}

int new_table(lua_State* L) {
  mark_holes(L, 1);
  return 1;
}

int fail_index(lua_State* L) {
  push_text(L, 2);
  lua_pushfstring(L, "attempt to index a non-table object(%s) with key '%s'", type_name(L, 1),
                  lua_tostring(L, -1));
  raise_top(L);
}

int fail_call(lua_State* L) { raise(L, "attempt to call a non-function object"); }

int fail_compare(lua_State* L) {
  lua_pushfstring(L, "attempt to compare %s with %s", type_name(L, 1), type_name(L, 2));
  raise_top(L);
}

constexpr NativeEntry kHidden[] = {
    {"add", arithmetic_of<Operation::Add>},
    {"sub", arithmetic_of<Operation::Sub>},
    {"mul", arithmetic_of<Operation::Mul>},
    {"div", arithmetic_of<Operation::Div>},
    {"mod", arithmetic_of<Operation::Mod>},
    {"pow", arithmetic_of<Operation::Pow>},
    {"unm", negate},
    {"lt", less},
    {"gt", greater},
    {"le", less_or_equal},
    {"ge", greater_or_equal},
    {"len", length_of},
    {"cat", concatenate},
    {"ret", give_back},
    {"arg", extra_arguments},
    {"init", loop_init},
    {"limit", loop_limit},
    {"step", loop_step},
    {"set", set_element},
    {"tab", new_table},
};

constexpr NativeEntry kMisuse[] = {
    {"__index", fail_index}, {"__newindex", fail_index}, {"__call", fail_call},
    {"__lt", fail_compare},  {"__le", fail_compare},
};

}  // namespace

void open_hidden(lua_State* L) { fill(L, kHidden); }

bool is_hidden(Native function) {
  auto is = [&](const NativeEntry& entry) { return entry.function == function; };
  return std::ranges::any_of(kHidden, is) || std::ranges::any_of(kMisuse, is) ||
         function == view_index || function == view_newindex || function == environment_index;
}

void open_basic_types(lua_State* L) {
  lua_newtable(L);
  fill(L, kMisuse);
  int meta = lua_gettop(L);
  auto give = [&] {
    lua_pushvalue(L, meta);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
  };
  lua_pushnil(L);
  give();
  lua_pushboolean(L, 1);
  give();
  lua_pushnumber(L, 0);
  give();
  // Functions can be called; all else of them is misuse.
  lua_newtable(L);
  fill(L, kMisuse);
  lua_pushnil(L);
  lua_setfield(L, -2, "__call");
  int function_meta = lua_gettop(L);
  lua_pushcfunction(L, fail_call);
  lua_pushvalue(L, function_meta);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  lua_newthread(L);
  give();
  // Strings: their library is the index; see environment_index.
  lua_newtable(L);
  fill(L, kMisuse);
  lua_rawgeti(L, LUA_REGISTRYINDEX, Vm::of(L).references().libraries);
  lua_getfield(L, -1, "string");
  lua_setfield(L, -3, "__index");
  lua_pop(L, 1);
  lua_pushvalue(L, -1);
  Vm::of(L).references().string_meta = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushliteral(L, "");
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_settop(L, meta - 1);
}

void fill(lua_State* L, const NativeEntry* entries, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    lua_pushcfunction(L, entries[i].function);
    lua_setfield(L, -2, entries[i].name);
  }
}

}  // namespace lesto::lua
