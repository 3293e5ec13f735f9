// The table that a script returned, as JSON: a table with whole-number keys from 1 is a list, any
// other an object.
#include <cmath>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

constexpr double kExactMax = 9007199254740992.0;

// What a script does not touch keeps its storage, as long as its way through Lua would not have
// changed it.
bool survives(const json::Value& value, std::size_t& seen) {
  ++seen;
  switch (value.kind()) {
    case json::Kind::Null: return false;
    case json::Kind::Int: return std::abs(value.number()) < kExactMax;
    case json::Kind::Array:
      for (const json::Value& item : value.items()) {
        if (!survives(item, seen)) return false;
      }
      return true;
    case json::Kind::Object:
      for (const json::Member& member : value.members()) {
        if (!survives(member.value, seen)) return false;
      }
      return true;
    default: return true;
  }
}

bool fail(Vm& vm, std::string_view problem) {
  vm.problem() = problem;
  return false;
}

bool build_number(Vm& vm, double number) {
  if (std::isinf(number))
    return fail(vm, number > 0 ? "json: unsupported value: +Inf" : "json: unsupported value: -Inf");
  if (std::isnan(number)) return fail(vm, "json: unsupported value: NaN");
  if (number == std::floor(number) && std::abs(number) < 9.2e18 &&
      !(number == 0 && std::signbit(number))) {
    vm.built() = json::Value(static_cast<std::int64_t>(number));
  } else {
    vm.built() = json::Value(number);
  }
  return true;
}

// A list from the value itself, without going through Lua.
json::Value through_lua(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Int:
      if (std::abs(value.number()) < kExactMax) return value;
      return json::Value(value.number());
    case json::Kind::Array: {
      std::vector<json::Value> items;
      for (const json::Value& item : value.items()) {
        if (!item.is_null()) items.push_back(through_lua(item));
      }
      return json::Value::array(std::move(items));
    }
    case json::Kind::Object: {
      std::vector<json::Member> members;
      for (const json::Member& member : value.members()) {
        if (!member.value.is_null()) members.emplace_back(member.key, through_lua(member.value));
      }
      return json::Value::object(std::move(members));
    }
    default: return value;
  }
}

bool build(lua_State* L, Vm& vm, int index, int depth);

bool build_list(lua_State* L, Vm& vm, int index, std::size_t size, int depth) {
  if (size > kResultValuesMax) return fail(vm, "result has too many values");
  vm.gatherings().emplace_back();
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, index, static_cast<int>(i));
    if (!build(L, vm, lua_gettop(L), depth + 1)) return false;
    lua_pop(L, 1);
    vm.gatherings().back().items.push_back(std::move(vm.built()));
  }
  vm.built() = json::Value::array(std::move(vm.gatherings().back().items));
  vm.gatherings().pop_back();
  return true;
}

// Keys as Go prints them.
json::Value key_text(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, index, &size);
      return json::Value(std::string_view(text, size));
    }
    case LUA_TNUMBER: {
      std::string text;
      append_float(text, lua_tonumber(L, index));
      return json::Value(text);
    }
    case LUA_TBOOLEAN: return json::Value(lua_toboolean(L, index) ? "true" : "false");
    default: return json::Value("map[]");
  }
}

bool build_object(lua_State* L, Vm& vm, int index, int depth) {
  vm.gatherings().emplace_back();
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    if (!build(L, vm, lua_gettop(L), depth + 1)) return false;
    lua_pop(L, 1);
    vm.gatherings().back().members.emplace_back(key_text(L, lua_gettop(L)), std::move(vm.built()));
  }
  vm.built() = json::Value::object(std::move(vm.gatherings().back().members));
  vm.gatherings().pop_back();
  return true;
}

bool was_empty_list(lua_State* L, Vm& vm, int index) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().lists);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  bool marked = lua_toboolean(L, -1) != 0;
  lua_pop(L, 2);
  if (!marked) return false;
  lua_pushnil(L);
  if (lua_next(L, index) == 0) return true;
  lua_pop(L, 2);
  return false;
}

bool build(lua_State* L, Vm& vm, int index, int depth) {
  if (depth > kResultDepthMax) return fail(vm, "result is nested too deeply, or contains itself");
  if (++vm.values_built() > kResultValuesMax) return fail(vm, "result has too many values");
  vm.charge(L, 20);
  if (!lua_checkstack(L, 8)) return fail(vm, "result is nested too deeply, or contains itself");
  if (lua_type(L, index) != LUA_TTABLE) return build_scalar(L, index);
  if (const json::Value* source = view_source(L, index)) {
    std::size_t seen = 0;
    bool whole = survives(*source, seen);
    vm.charge(L, seen);
    vm.built() = whole ? *source : through_lua(*source);
    return true;
  }
  make_whole(L, index);
  std::size_t size = length(L, index);
  if (size > 0) return build_list(L, vm, index, size, depth);
  if (was_empty_list(L, vm, index)) {
    vm.built() = json::Value::array();
    return true;
  }
  return build_object(L, vm, index, depth);
}

}  // namespace

bool build_scalar(lua_State* L, int index) {
  Vm& vm = Vm::of(L);
  switch (lua_type(L, index)) {
    case LUA_TNIL: vm.built() = {}; return true;
    case LUA_TBOOLEAN: vm.built() = json::Value(lua_toboolean(L, index) != 0); return true;
    case LUA_TNUMBER: return build_number(vm, lua_tonumber(L, index));
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, index, &size);
      vm.charge(L, size / 16);
      vm.built() = json::Value(std::string_view(text, size));
      return true;
    }
    default: return fail(vm, "json: unsupported type: lua.LGFunction");
  }
}

bool build_json(lua_State* L, int index) {
  Vm& vm = Vm::of(L);
  vm.gatherings().clear();
  return build(L, vm, index, 0);
}

}  // namespace lesto::lua
