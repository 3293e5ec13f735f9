// The functions that need no library name.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

int base_assert(lua_State* L) {
  if (lua_toboolean(L, 1)) return lua_gettop(L);
  push(L, optional_string(L, 2, "assertion failed!"));
  raise_top(L);
}

int base_error(lua_State* L) {
  check_any(L, 1);
  std::int64_t level = optional_integer(L, 2, 1);
  if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
    push_where(L, static_cast<int>(std::min<std::int64_t>(level - 1, 1000000)));
    lua_pushliteral(L, " ");
    lua_pushvalue(L, 1);
    lua_concat(L, 3);
    return lua_error(L);
  }
  lua_settop(L, 1);
  return lua_error(L);
}

int base_getmetatable(lua_State* L) {
  check_any(L, 1);
  if (lua_istable(L, 1)) make_whole(L, 1);
  if (lua_type(L, 1) == LUA_TSTRING) {
    // The metatable of strings is the string library.
    lua_rawgeti(L, LUA_REGISTRYINDEX, Vm::of(L).references().string_meta);
    lua_getfield(L, -1, "__index");
    return 1;
  }
  if (!lua_istable(L, 1) || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushliteral(L, "__metatable");
  lua_rawget(L, -2);
  if (lua_isnil(L, -1)) lua_pop(L, 1);
  return 1;
}

int base_setmetatable(lua_State* L) {
  int type = lua_type(L, 2);
  if (type != LUA_TTABLE && !lua_isnoneornil(L, 2)) {
    lua_pushfstring(L, "nil or table expected, got %s", type_name(L, 2));
    argument_error(L, 2, lua_tostring(L, -1));
  }
  if (lua_isnoneornil(L, 1)) raise(L, "cannot set metatable to a nil object.");
  lua_settop(L, 2);
  if (!lua_istable(L, 1)) {
    // The metatables of the basic types are not the script's to set.
    lua_settop(L, 1);
    return 1;
  }
  make_whole(L, 1);
  if (lua_istable(L, 2)) make_whole(L, 2);
  if (lua_getmetatable(L, 1)) {
    lua_pushliteral(L, "__metatable");
    lua_rawget(L, -2);
    if (!lua_isnil(L, -1)) raise(L, "cannot change a protected metatable");
    lua_settop(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}

int load_text(lua_State* L, std::string_view text, std::string_view name) {
  Vm& vm = Vm::of(L);
  if (text.size() > kLoadedBytesMax) raise(L, "text is too long to load");
  vm.charge(L, kLoadSteps + kLoadedByteSteps * text.size());
  if (!vm.compile(L, text, name)) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  return 1;
}

int base_loadstring(lua_State* L) {
  std::string_view text = check_string(L, 1);
  return load_text(L, text, optional_string(L, 2, "<string>"));
}

int base_load(lua_State* L) {
  check_function(L, 1);
  std::string_view name = optional_string(L, 2, "?");
  Vm& vm = Vm::of(L);
  std::string& text = vm.borrow(L);
  for (;;) {
    lua_pushvalue(L, 1);
    vm.call(L, 0, 1);
    if (lua_isnil(L, -1)) break;
    int type = lua_type(L, -1);
    if (type != LUA_TSTRING && type != LUA_TNUMBER) {
      vm.give_back();
      lua_pushnil(L);
      lua_pushliteral(L, "reader function must return a string");
      return 2;
    }
    std::string_view piece = check_string(L, lua_gettop(L));
    if (piece.empty()) break;
    vm.reserve(L, text, piece.size());
    text += piece;
    lua_pop(L, 1);
  }
  lua_settop(L, 2);
  push(L, text);
  vm.give_back();
  return load_text(L, check_string(L, 3), name);
}

int base_pcall(lua_State* L) {
  check_any(L, 1);
  bool callable = lua_isfunction(L, 1);
  if (!callable && lua_istable(L, 1) && push_metamethod(L, 1, "__call")) {
    callable = lua_isfunction(L, -1);
    lua_pop(L, 1);
  }
  if (!callable) {
    lua_pushboolean(L, 0);
    lua_pushfstring(L, "attempt to call a %s value", type_name(L, 1));
    return 2;
  }
  bool fine = Vm::of(L).protected_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  luaL_checkstack(L, 2, "stack overflow");
  lua_pushboolean(L, fine);
  lua_insert(L, 1);
  return lua_gettop(L);
}

int base_xpcall(lua_State* L) {
  check_function(L, 1);
  check_function(L, 2);
  lua_settop(L, 2);
  Vm& vm = Vm::of(L);
  lua_pushvalue(L, 1);
  bool fine = vm.protected_call(L, 0, LUA_MULTRET);
  if (!fine) {
    lua_pushvalue(L, 2);
    lua_insert(L, -2);
    vm.protected_call(L, 1, 1);
  }
  luaL_checkstack(L, 2, "stack overflow");
  lua_pushboolean(L, fine);
  lua_insert(L, 3);
  return lua_gettop(L) - 2;
}

// Scripts have nowhere to print to.
int base_print(lua_State*) { return 0; }
int base_collectgarbage(lua_State*) { return 0; }

int base_rawequal(lua_State* L) {
  check_any(L, 1);
  check_any(L, 2);
  lua_pushboolean(L, lua_rawequal(L, 1, 2));
  return 1;
}

int base_rawget(lua_State* L) {
  check_table(L, 1);
  check_any(L, 2);
  make_whole(L, 1);
  lua_settop(L, 2);
  lua_rawget(L, 1);
  return 1;
}

int base_rawset(lua_State* L) {
  check_table(L, 1);
  check_any(L, 2);
  check_any(L, 3);
  make_whole(L, 1);
  lua_settop(L, 3);
  if (lua_isnil(L, 2)) raise(L, "table index is nil");
  if (lua_type(L, 2) == LUA_TNUMBER) {
    if (std::isnan(lua_tonumber(L, 2))) raise(L, "table index is NaN");
    note_assignment(L, 1, lua_tonumber(L, 2), lua_isnil(L, 3));
  }
  lua_rawset(L, 1);
  return 0;
}

int base_select(lua_State* L) {
  int type = lua_type(L, 1);
  int top = lua_gettop(L);
  if (type == LUA_TSTRING) {
    std::string_view what = check_string(L, 1);
    if (what != "#") {
      lua_pushfstring(L, "invalid string '%s'", lua_tostring(L, 1));
      argument_error(L, 1, lua_tostring(L, -1));
    }
    lua_pushnumber(L, top - 1);
    return 1;
  }
  if (type != LUA_TNUMBER) {
    lua_pushfstring(L, "number or string expected, got %s", type_name(L, 1));
    argument_error(L, 1, lua_tostring(L, -1));
  }
  std::int64_t index = to_integer(lua_tonumber(L, 1));
  if (index < 0) {
    index += top;
  } else if (index > top) {
    index = top;
  }
  if (index < 1) argument_error(L, 1, "index out of range");
  return top - static_cast<int>(index);
}

int base_tonumber(lua_State* L) {
  std::int64_t base = optional_integer(L, 2, 10);
  bool no_base = lua_isnoneornil(L, 2);
  check_any(L, 1);
  int type = lua_type(L, 1);
  if (type == LUA_TNUMBER) {
    lua_settop(L, 1);
    return 1;
  }
  if (type != LUA_TSTRING) {
    lua_pushnil(L);
    return 1;
  }
  std::string_view text = check_string(L, 1);
  Vm::of(L).charge(L, 10 + text.size() / 4);
  std::size_t first = text.find_first_not_of(" \n\t");
  text = first == std::string_view::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \n\t") - first + 1);
  std::optional<double> number;
  if (text.find('.') != std::string_view::npos) {
    number = parse_float(text);
  } else {
    if (no_base && text.size() >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
      base = 16;
      text.remove_prefix(2);
    }
    if (base >= 0 && base <= 36 && base != 1) number = parse_integer(text, static_cast<int>(base));
    // Lua knows exponents in whole numbers; upstream forgets them.
    if (!number && no_base && base == 10 && text.find_first_of("eE") != std::string_view::npos) {
      number = parse_float(text);
    }
  }
  if (number) {
    lua_pushnumber(L, *number);
  } else {
    lua_pushnil(L);
  }
  return 1;
}

int base_tostring(lua_State* L) {
  check_any(L, 1);
  Vm::of(L).charge(L, 20);
  if (lua_istable(L, 1) && push_metamethod(L, 1, "__tostring")) {
    if (lua_isfunction(L, -1)) {
      lua_pushvalue(L, 1);
      Vm::of(L).call(L, 1, 1);
      if (lua_type(L, -1) != LUA_TSTRING) push_text(L, lua_gettop(L));
      return 1;
    }
    lua_pop(L, 1);
  }
  push_text(L, 1);
  return 1;
}

int base_type(lua_State* L) {
  check_any(L, 1);
  lua_pushstring(L, type_name(L, 1));
  return 1;
}

int base_unpack(lua_State* L) {
  check_table(L, 1);
  std::int64_t first = optional_integer(L, 2, 1);
  std::int64_t last =
      lua_isnoneornil(L, 3) ? static_cast<std::int64_t>(length(L, 1)) : check_integer(L, 3);
  make_whole(L, 1);
  if (first > last) return 0;
  constexpr std::int64_t kValuesMax = 7000;
  if (last - first >= kValuesMax || !lua_checkstack(L, static_cast<int>(last - first) + 2)) {
    raise(L, "registry overflow");
  }
  Vm::of(L).charge(L, 5 * static_cast<std::size_t>(last - first));
  for (std::int64_t i = first; i <= last; ++i) {
    lua_pushnumber(L, static_cast<double>(i));
    lua_rawget(L, 1);
  }
  return static_cast<int>(last - first) + 1;
}

// The function at a level of the stack as scripts see it, pushed; false when there is none.
bool push_function_at(lua_State* L, std::int64_t level) {
  lua_Debug frame;
  if (level > 1000000) return false;
  if (!lua_getstack(L, static_cast<int>(level), &frame)) return false;
  lua_getinfo(L, "f", &frame);
  return true;
}

int base_getfenv(lua_State* L) {
  if (lua_isfunction(L, 1)) {
    lua_settop(L, 1);
  } else {
    std::int64_t level = lua_type(L, 1) == LUA_TNUMBER ? check_integer(L, 1) : 1;
    if (level <= 0) level = 1;
    if (!push_function_at(L, level)) {
      Vm::of(L).push_globals(L);
      return 1;
    }
  }
  if (lua_iscfunction(L, -1)) {
    Vm::of(L).push_globals(L);
    return 1;
  }
  lua_getfenv(L, -1);
  return 1;
}

int base_setfenv(lua_State* L) {
  check_table(L, 2);
  make_whole(L, 2);
  bool found = true;
  if (lua_isfunction(L, 1)) {
    lua_pushvalue(L, 1);
  } else {
    if (lua_type(L, 1) != LUA_TNUMBER) raise(L, "cannot change the environment of given object");
    std::int64_t level = check_integer(L, 1);
    if (level <= 0) return 0;
    found = push_function_at(L, level);
  }
  if (!found || lua_iscfunction(L, -1)) raise(L, "cannot change the environment of given object");
  lua_pushvalue(L, 2);
  lua_setfenv(L, -2);
  return 1;
}

int base_require(lua_State* L) {
  std::string_view name = check_string(L, 1);
  if (Vm::of(L).push_module(L, name)) return 1;
  // The places where the reference looks; Lesto looks nowhere.
  std::string& out = Vm::of(L).borrow(L);
  std::string& path = Vm::of(L).borrow(L);
  for (char c : name.substr(0, 200)) path += c == '.' ? '/' : c;
  out = "module ";
  out += name.substr(0, 200);
  out += " not found:\n\tno field package.preload['";
  out += name.substr(0, 200);
  out += "']";
  constexpr std::string_view kPlaces[][2] = {{"./", ".lua"},
                                             {"/usr/local/share/lua/5.1/", ".lua"},
                                             {"/usr/local/share/lua/5.1/", "/init.lua"}};
  for (const auto& place : kPlaces) {
    out += "\n\tstat ";
    out += place[0];
    out += path;
    out += place[1];
    out += ": no such file or directory";
  }
  out += ", ";
  push(L, out);
  Vm::of(L).give_back();
  Vm::of(L).give_back();
  raise_top(L);
}

int no_files(lua_State* L) { raise(L, "scripts have no files"); }
int no_module(lua_State* L) { raise(L, "module is not supported"); }

// A userdata with a metatable of the script's could have a finalizer, which no budget would hold.
int base_newproxy(lua_State* L) {
  if (!lua_isnoneornil(L, 1) && lua_toboolean(L, 1))
    raise(L, "newproxy with a metatable is not supported");
  lua_newuserdata(L, 1);
  return 1;
}

constexpr NativeEntry kBase[] = {
    {"assert", base_assert},
    {"collectgarbage", base_collectgarbage},
    {"dofile", no_files},
    {"error", base_error},
    {"getfenv", base_getfenv},
    {"getmetatable", base_getmetatable},
    {"load", base_load},
    {"loadfile", no_files},
    {"loadstring", base_loadstring},
    {"module", no_module},
    {"newproxy", base_newproxy},
    {"pcall", base_pcall},
    {"print", base_print},
    {"rawequal", base_rawequal},
    {"rawget", base_rawget},
    {"rawset", base_rawset},
    {"require", base_require},
    {"select", base_select},
    {"setfenv", base_setfenv},
    {"setmetatable", base_setmetatable},
    {"tonumber", base_tonumber},
    {"tostring", base_tostring},
    {"type", base_type},
    {"unpack", base_unpack},
    {"xpcall", base_xpcall},
};

}  // namespace

void open_base(lua_State* L) {
  fill(L, kBase);
  lua_pushliteral(L, "GopherLua 0.1");
  lua_setfield(L, -2, "_VERSION");
}

}  // namespace lesto::lua
