#include "engines/lua/strings_building.h"

#include <algorithm>
#include <luajit-2.1/lua.hpp>

#include "engines/gotemplate/unicode.h"
#include "engines/lua/vm.h"

namespace lesto::lua::strings {

using gotemplate::append_rune;
using gotemplate::decode_rune;
using gotemplate::Rune;

std::size_t count_of(std::string_view text, std::string_view part) {
  if (part.empty()) return gotemplate::rune_count(text) + 1;
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

int join(lua_State* L) {
  check_table(L, 1);
  std::string_view separator = check_string(L, 2);
  Vm& vm = Vm::of(L);
  std::string& out = vm.borrow(L);
  bool first = true;
  auto add = [&] {
    if (lua_type(L, -1) != LUA_TSTRING) return;
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    vm.reserve(L, out, size + separator.size());
    if (!first) out += separator;
    first = false;
    out.append(text, size);
  };
  auto size = static_cast<double>(length(L, 1));
  for (int i = 1; i <= size; ++i) {
    lua_rawgeti(L, 1, i);
    add();
    lua_pop(L, 1);
    vm.charge(L, 8);
  }
  lua_pushnil(L);
  while (lua_next(L, 1) != 0) {
    vm.charge(L, 8);
    bool listed =
        lua_type(L, -2) == LUA_TNUMBER && lua_tonumber(L, -2) >= 1 && lua_tonumber(L, -2) <= size;
    if (!listed) add();
    lua_pop(L, 1);
  }
  push(L, out);
  vm.give_back();
  return 1;
}

int map(lua_State* L) {
  check_function(L, 1);
  std::string_view text = check_string(L, 2);
  Vm& vm = Vm::of(L);
  std::string& out = vm.borrow(L);
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    text.remove_prefix(rune.size);
    lua_pushvalue(L, 1);
    lua_pushnumber(L, static_cast<double>(rune.code));
    vm.call(L, 1, 1);
    if (lua_type(L, -1) != LUA_TNUMBER) type_error(L, -1, "number");
    auto mapped = static_cast<std::int32_t>(check_integer(L, lua_gettop(L)));
    lua_pop(L, 1);
    vm.reserve(L, out, 4);
    if (mapped >= 0) append_rune(out, static_cast<char32_t>(mapped));
  }
  push(L, out);
  vm.give_back();
  return 1;
}

int repeat(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::int64_t times = check_integer(L, 2);
  if (times < 0) {
    lua_pushliteral(L, "strings: negative Repeat count");
    return lua_error(L);
  }
  if (text.empty()) {
    push(L, text);
    return 1;
  }
  Vm& vm = Vm::of(L);
  std::string& out = vm.borrow(L);
  if (static_cast<std::uint64_t>(times) > kStringBytesMax / text.size())
    vm.reserve(L, out, kStringBytesMax + 1);
  std::size_t size = text.size() * static_cast<std::size_t>(times);
  vm.reserve(L, out, size);
  vm.charge(L, size / 16);
  out.reserve(size);
  for (std::int64_t i = 0; i < times; ++i) out += text;
  push(L, out);
  vm.give_back();
  return 1;
}

static int replaced(lua_State* L, std::int64_t most) {
  std::string_view text = check_string(L, 1);
  std::string_view old = check_string(L, 2);
  std::string_view by = check_string(L, 3);
  Vm& vm = Vm::of(L);
  vm.charge(L, text.size());
  auto times = static_cast<std::int64_t>(count_of(text, old));
  if (most >= 0) times = std::min(times, most);
  std::string& out = vm.borrow(L);
  std::size_t at = 0;
  for (std::int64_t i = 0; i < times; ++i) {
    std::size_t next = at;
    if (old.empty()) {
      if (i > 0) next += decode_rune(text.substr(at)).size;
    } else {
      next = text.find(old, at);
    }
    vm.reserve(L, out, next - at + by.size());
    vm.charge(L, 2 + (next - at + by.size()) / 16);
    out += text.substr(at, next - at);
    out += by;
    at = next + old.size();
  }
  vm.reserve(L, out, text.size() - at);
  out += text.substr(at);
  push(L, out);
  vm.give_back();
  return 1;
}
int replace(lua_State* L) {
  for (int i = 1; i <= 3; ++i) check_string(L, i);
  return replaced(L, check_integer(L, 4));
}
int replace_all(lua_State* L) { return replaced(L, -1); }

}  // namespace lesto::lua::strings
