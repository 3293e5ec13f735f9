// The global functions that Project Sveltos adds: base64Encode, base64Decode, getLabel,
// getAnnotation, getResource.
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/vm.h"
#include "foundation/base/hash.h"

namespace lesto::lua {
namespace {

int give_problem(lua_State* L, const char* problem) {
  lua_pushnil(L);
  lua_pushstring(L, problem);
  return 2;
}

void encode(std::string& out, std::string_view text) { out = base64_encode(text); }
bool decode(std::string& out, std::string_view text) {
  auto bytes = base64_decode(text);
  if (bytes) out = std::move(*bytes);
  return bytes.has_value();
}

int base64_encoded(lua_State* L) {
  std::string_view text = check_string(L, 1);
  if (text.empty()) return give_problem(L, "provided string is empty");
  Vm& vm = Vm::of(L);
  vm.charge(L, text.size() / 4);
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, text.size() * 4 / 3 + 8);
  encode(out, text);
  push(L, out);
  vm.give_back();
  return 1;
}

int base64_decoded(lua_State* L) {
  std::string_view text = check_string(L, 1);
  if (text.empty()) return give_problem(L, "provided string is empty");
  Vm& vm = Vm::of(L);
  vm.charge(L, text.size() / 4);
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, text.size());
  bool fine = decode(out, text);
  if (fine) push(L, out);
  vm.give_back();
  if (!fine) return give_problem(L, "deconding failed");
  return 1;
}

// Replaces the table on top of the stack by its member; false when that is no table.
bool step_into(lua_State* L, const char* name) {
  make_whole(L, lua_gettop(L));
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  return lua_istable(L, -1);
}

int get_metadata(lua_State* L, const char* map) {
  if (lua_gettop(L) != 2) return give_problem(L, "expected 2 arguments (table, key)");
  check_table(L, 1);
  check_string(L, 2);
  lua_pushvalue(L, 1);
  bool found = step_into(L, "metadata") && step_into(L, map);
  if (found) {
    make_whole(L, lua_gettop(L));
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    if (lua_type(L, -1) == LUA_TSTRING) return 1;
  }
  lua_pushnil(L);
  return 1;
}

int get_label(lua_State* L) { return get_metadata(L, "labels"); }
int get_annotation(lua_State* L) { return get_metadata(L, "annotations"); }

int get_resource(lua_State* L) {
  if (lua_gettop(L) != 2) return give_problem(L, "expected 2 arguments (table, key)");
  check_table(L, 1);
  check_string(L, 2);
  make_whole(L, 1);
  lua_rawget(L, 1);
  return 1;
}

constexpr NativeEntry kHelpers[] = {
    {"base64Encode", base64_encoded},  {"base64Decode", base64_decoded}, {"getLabel", get_label},
    {"getAnnotation", get_annotation}, {"getResource", get_resource},
};

}  // namespace

void open_helpers(lua_State* L) { fill(L, kHelpers); }

}  // namespace lesto::lua
