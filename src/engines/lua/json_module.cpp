// Module `json`: encode, decode, toYAML, fromYAML.
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/gotemplate/data.h"
#include "engines/lua/vm.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"

namespace lesto::lua {
namespace {

int give_problem(lua_State* L, std::string_view problem) {
  lua_pushnil(L);
  push(L, problem);
  return 2;
}

bool fail(Vm& vm, std::string_view problem) {
  vm.problem() = problem;
  return false;
}

// Go tells on every level on the way up that the level below failed.
bool fail_at(Vm& vm, int depth, std::string_view problem) {
  vm.problem().clear();
  for (int i = 0; i <= depth; ++i)
    vm.problem() += "json: error calling MarshalJSON for type json.jsonValue: ";
  vm.problem() += problem;
  return false;
}
constexpr std::string_view kSparse = "cannot encode sparse array";
constexpr std::string_view kMixed = "cannot encode mixed or invalid key types";

bool encode(lua_State* L, Vm& vm, int index, int depth);

// A table met twice counts as recursive, nested or not; its address is kept for the whole encoding.
bool first_visit(lua_State* L, int visited, int index) {
  lua_pushvalue(L, index);
  lua_rawget(L, visited);
  bool known = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  if (known) return false;
  lua_pushvalue(L, index);
  lua_pushboolean(L, 1);
  lua_rawset(L, visited);
  return true;
}

constexpr int kVisited = 2;

bool encode_list(lua_State* L, Vm& vm, int index, int depth) {
  std::size_t size = length(L, index);
  std::size_t members = 0;
  bool mixed = false;
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    lua_pop(L, 1);
    ++members;
    mixed = mixed || lua_type(L, -1) != LUA_TNUMBER;
  }
  vm.charge(L, 6 * members);
  vm.gatherings().emplace_back();
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, index, static_cast<int>(i));
    if (lua_isnil(L, -1)) return fail_at(vm, depth, kSparse);
    if (!encode(L, vm, lua_gettop(L), depth + 1)) return false;
    lua_pop(L, 1);
    vm.gatherings().back().items.push_back(std::move(vm.built()));
  }
  if (mixed) return fail_at(vm, depth, kMixed);
  if (members != size) return fail_at(vm, depth, kSparse);
  vm.built() = json::Value::array(std::move(vm.gatherings().back().items));
  vm.gatherings().pop_back();
  return true;
}

bool encode_object(lua_State* L, Vm& vm, int index, int depth) {
  vm.gatherings().emplace_back();
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    if (lua_type(L, -2) != LUA_TSTRING) return fail_at(vm, depth, kMixed);
    if (!encode(L, vm, lua_gettop(L), depth + 1)) return false;
    lua_pop(L, 1);
    std::size_t size = 0;
    const char* key = lua_tolstring(L, -1, &size);
    vm.gatherings().back().members.emplace_back(json::Value(std::string_view(key, size)),
                                                std::move(vm.built()));
  }
  vm.built() = json::Value::object(std::move(vm.gatherings().back().members));
  vm.gatherings().pop_back();
  return true;
}

bool encode_table(lua_State* L, Vm& vm, int index, int depth) {
  if (!first_visit(L, kVisited, index))
    return fail_at(vm, depth, "cannot encode recursively nested tables to JSON");
  make_whole(L, index);
  lua_pushnil(L);
  if (lua_next(L, index) == 0) {
    vm.built() = json::Value::array();
    return true;
  }
  int key = lua_type(L, -2);
  bool list = key == LUA_TNUMBER && length(L, index) > 0;
  lua_pop(L, 2);
  if (key == LUA_TNUMBER && !list) return fail_at(vm, depth, kSparse);
  if (list) return encode_list(L, vm, index, depth);
  if (key == LUA_TSTRING) {
    if (length(L, index) > 0) return fail_at(vm, depth, kMixed);
    return encode_object(L, vm, index, depth);
  }
  return fail_at(vm, depth, kMixed);
}

bool encode(lua_State* L, Vm& vm, int index, int depth) {
  if (depth > kResultDepthMax || !lua_checkstack(L, 8)) return fail(vm, "nested too deeply");
  if (++vm.values_built() > kResultValuesMax) return fail(vm, "too many values");
  vm.charge(L, 20);
  switch (lua_type(L, index)) {
    case LUA_TTABLE: return encode_table(L, vm, index, depth);
    case LUA_TNIL:
    case LUA_TBOOLEAN:
    case LUA_TNUMBER:
    case LUA_TSTRING: break;
    case LUA_TFUNCTION: return fail_at(vm, depth, "cannot encode function to JSON");
    case LUA_TTHREAD: return fail_at(vm, depth, "cannot encode thread to JSON");
    default: return fail_at(vm, depth, "cannot encode userdata to JSON");
  }
  if (build_scalar(L, index)) return true;
  std::string& reason = vm.borrow(L);
  reason = vm.problem();
  fail_at(vm, depth, reason);
  vm.give_back();
  return false;
}

// Builds the JSON of argument 1; false: the problem is in vm.problem().
bool encode_argument(lua_State* L, Vm& vm) {
  check_any(L, 1);
  lua_settop(L, 1);
  lua_newtable(L);
  vm.gatherings().clear();
  vm.problem().clear();
  return encode(L, vm, 1, 0);
}

// Strings are bounded while they are built, so that the text of the whole is not much larger.
bool write_text(Vm& vm, std::string& out) {
  json::append(out, vm.built(), {.escape_html = json::EscapeHtml::Yes});
  return out.size() <= kStringBytesMax;
}

// The reference turns the JSON text into YAML, with the rules (and refusals) of YAML.
bool write_yaml_text(Vm& vm, std::string& out) {
  std::string text = json::write(vm.built(), {.escape_html = json::EscapeHtml::Yes});
  if (text.size() > kStringBytesMax) return false;
  auto value = json::parse_yaml(text, {.numbers = json::YamlNumbers::AsYaml});
  if (!value) {
    vm.problem() = value.error().message();
    return true;
  }
  out = json::write_yaml(*value, json::YamlNumbers::AsYaml);
  return out.size() <= kStringBytesMax;
}

int encode_with(lua_State* L, bool (*write)(Vm&, std::string&)) {
  Vm& vm = Vm::of(L);
  vm.problem().clear();
  if (!encode_argument(L, vm)) return give_problem(L, vm.problem());
  std::string& out = vm.borrow(L);
  bool fits = write(vm, out);
  vm.built() = {};
  if (!fits) vm.reserve(L, out, kStringBytesMax + 1);
  vm.charge(L, 8 * out.size());
  push(L, out);
  vm.give_back();
  if (!vm.problem().empty()) return give_problem(L, vm.problem());
  return 1;
}

int json_encode(lua_State* L) { return encode_with(L, write_text); }
int json_to_yaml(lua_State* L) { return encode_with(L, write_yaml_text); }

// Reads into vm.built(); false: vm.problem().
bool read_json(Vm& vm, std::string_view text) {
  auto value = json::parse(gotemplate::with_signed_zeros(text));
  if (!value) return fail(vm, value.error().message());
  vm.built() = std::move(*value);
  return true;
}

// Aliases in a text that has anchors: `*` before a name. Text in quotes counts too.
std::size_t aliases(std::string_view text) {
  auto is_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  std::size_t count = 0;
  bool anchors = false;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!is_name(text[i + 1])) continue;
    anchors = anchors || text[i] == '&';
    count += text[i] == '*';
  }
  return anchors ? count : 0;
}

bool read_yaml(Vm& vm, std::string_view text) {
  // Few aliases can stand for a lot of text, as long as they nest.
  if (aliases(text) > kYamlAliasesMax)
    return fail(vm, "yaml: document contains excessive aliasing");
  auto value = json::parse_yaml(text);
  if (!value) return fail(vm, value.error().message());
  vm.built() = std::move(*value);
  return true;
}

int decode_with(lua_State* L, bool (*read)(Vm&, std::string_view), std::size_t steps) {
  std::string_view text = check_string(L, 1);
  Vm& vm = Vm::of(L);
  vm.charge(L, 200 + steps * text.size());
  if (!read(vm, text)) return give_problem(L, vm.problem());
  push_json(L, vm.keep_built());
  return 1;
}

int json_decode(lua_State* L) { return decode_with(L, read_json, 2); }
int json_from_yaml(lua_State* L) { return decode_with(L, read_yaml, 12); }

constexpr NativeEntry kJson[] = {{"decode", json_decode},
                                 {"encode", json_encode},
                                 {"fromYAML", json_from_yaml},
                                 {"toYAML", json_to_yaml}};

}  // namespace

void open_json(lua_State* L) { fill(L, kJson); }

}  // namespace lesto::lua
