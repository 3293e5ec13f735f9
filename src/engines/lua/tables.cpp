// Tables: views of JSON that convert themselves level by level, holes in lists, and fresh globals.
//
// A view is an empty table with the view metatable and, under a key that no script can make, the
// address of the JSON value that it stands for. Reading a member of an object gives that member
// alone; when it is an object or a list, its view is kept under the member's address, and the
// metatable says so (`read`). The first other touch makes the view whole: the level is filled in,
// deeper levels as views, the addresses and the metatable go, and what is left is a plain table.
// Native functions make tables whole before they look at them without metamethods, so no script can
// tell a view from a plain table.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

// Its address is the key under which a view keeps its value.
constexpr char kSourceKey = 0;
// Room that a view reserves: items, and addresses.
constexpr std::size_t kItemsReserved = 16;
constexpr int kAddressesReserved = 3;
// Steps of reading one member of a view.
constexpr std::size_t kReadSteps = 10;
constexpr double kListKeyMax = 67108864;

void* source_key() { return const_cast<char*>(&kSourceKey); }

const json::Value* source_of(lua_State* L, int index) {
  lua_pushlightuserdata(L, source_key());
  lua_rawget(L, index);
  auto* source = static_cast<const json::Value*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return source;
}

// Pushes the view of a member that was read before; nothing and false when there is none.
bool push_kept(lua_State* L, int index, const json::Value& member) {
  lua_pushlightuserdata(L, const_cast<json::Value*>(&member));
  lua_rawget(L, index);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

// The same, and the view keeps it no longer.
bool take_kept(lua_State* L, int index, const json::Value& member) {
  if (!push_kept(L, index, member)) return false;
  lua_pushlightuserdata(L, const_cast<json::Value*>(&member));
  lua_pushnil(L);
  lua_rawset(L, index);
  return true;
}

bool is_container(const json::Value& value) { return value.is_object() || value.is_array(); }

void fill_level(lua_State* L, int index, const json::Value& source, bool read) {
  Vm& vm = Vm::of(L);
  vm.charge(L, 10 + 20 * source.size());
  luaL_checkstack(L, 8, "stack overflow");
  if (source.is_object()) {
    for (const json::Member& member : source.members()) {
      if (member.value.is_null()) continue;
      push(L, member.name());
      bool kept = read && is_container(member.value) && take_kept(L, index, member.value);
      if (!kept) push_json(L, member.value);
      lua_rawset(L, index);
    }
    return;
  }
  int next = 1;
  for (const json::Value& item : source.items()) {
    if (item.is_null()) continue;
    push_json(L, item);
    lua_rawseti(L, index, next++);
  }
  if (next > 1) return;
  // An empty list stays one on its way back.
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().lists);
  lua_pushvalue(L, index);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

int absolute(lua_State* L, int index) { return index > 0 ? index : lua_gettop(L) + index + 1; }

// True when the metatable on top of the stack is the one under the reference; leaves it there.
bool is_metatable(lua_State* L, int reference) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
  bool same = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 1);
  return same;
}

void fill_view(lua_State* L, int index, bool read) {
  const json::Value* source = source_of(L, index);
  lua_pushlightuserdata(L, source_key());
  lua_pushnil(L);
  lua_rawset(L, index);
  lua_pushnil(L);
  lua_setmetatable(L, index);
  if (source) fill_level(L, index, *source, read);
}

void copy_table(lua_State* L, int from) {
  lua_createtable(L, 0, 32);
  lua_pushnil(L);
  while (lua_next(L, from) != 0) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
}

// Pushes what the library calls `name` (on top of the stack, stays), fresh for this evaluation;
// false if nothing.
bool push_library_value(lua_State* L, int environment) {
  Vm& vm = Vm::of(L);
  int name = lua_gettop(L);
  luaL_checkstack(L, 10, "stack overflow");
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().globals);
  lua_pushvalue(L, name);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().libraries);
  lua_pushvalue(L, name);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (lua_istable(L, -1)) {
    copy_table(L, lua_gettop(L));
    lua_remove(L, -2);
    if (lua_type(L, name) == LUA_TSTRING && std::string_view(lua_tostring(L, name)) == "string") {
      vm.use_strings(L, lua_gettop(L));
    }
    return true;
  }
  lua_pop(L, 1);
  if (lua_type(L, name) == LUA_TSTRING && std::string_view(lua_tostring(L, name)) == "_G") {
    lua_pushvalue(L, environment);
    return true;
  }
  return false;
}

}  // namespace

void push_json(lua_State* L, const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: lua_pushnil(L); return;
    case json::Kind::Bool: lua_pushboolean(L, value.boolean()); return;
    case json::Kind::Int:
    case json::Kind::Double: lua_pushnumber(L, value.number()); return;
    case json::Kind::String: push(L, value.text()); return;
    case json::Kind::Array:
    case json::Kind::Object: break;
  }
  luaL_checkstack(L, 4, "stack overflow");
  if (value.is_array()) {
    lua_createtable(L, static_cast<int>(std::min(value.size(), kItemsReserved)), 1);
  } else {
    lua_createtable(L, 0, kAddressesReserved);
  }
  lua_pushlightuserdata(L, source_key());
  lua_pushlightuserdata(L, const_cast<json::Value*>(&value));
  lua_rawset(L, -3);
  lua_rawgeti(L, LUA_REGISTRYINDEX, Vm::of(L).references().view);
  lua_setmetatable(L, -2);
}

const json::Value* view_source(lua_State* L, int index) {
  index = absolute(L, index);
  if (!lua_getmetatable(L, index)) return nullptr;
  bool view = is_metatable(L, Vm::of(L).references().view);
  lua_pop(L, 1);
  return view ? source_of(L, index) : nullptr;
}

void make_whole(lua_State* L, int index) {
  index = absolute(L, index);
  if (!lua_getmetatable(L, index)) return;
  bool view = is_metatable(L, Vm::of(L).references().view);
  bool read = !view && is_metatable(L, Vm::of(L).references().read);
  lua_pop(L, 1);
  if (view || read) fill_view(L, index, read);
}

int view_index(lua_State* L) {
  lua_settop(L, 2);
  const json::Value* source = source_of(L, 1);
  if (!source || !source->is_object() || lua_type(L, 2) != LUA_TSTRING) {
    make_whole(L, 1);
    lua_rawget(L, 1);
    return 1;
  }
  Vm& vm = Vm::of(L);
  vm.charge(L, kReadSteps);
  std::size_t size = 0;
  const char* key = lua_tolstring(L, 2, &size);
  const json::Value* member = source->find({key, size});
  if (!member) return 0;
  if (is_container(*member) && push_kept(L, 1, *member)) return 1;
  push_json(L, *member);
  if (!is_container(*member)) return 1;
  lua_pushlightuserdata(L, const_cast<json::Value*>(member));
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().read);
  lua_setmetatable(L, 1);
  return 1;
}

int view_newindex(lua_State* L) {
  lua_settop(L, 3);
  make_whole(L, 1);
  if (lua_isnil(L, 2)) raise(L, "table index is nil");
  if (lua_type(L, 2) == LUA_TNUMBER && std::isnan(lua_tonumber(L, 2)))
    raise(L, "table index is NaN");
  if (lua_type(L, 2) == LUA_TNUMBER) note_assignment(L, 1, lua_tonumber(L, 2), lua_isnil(L, 3));
  lua_rawset(L, 1);
  return 0;
}

namespace {

bool is_list_key(double key) { return key >= 1 && key < kListKeyMax && key == std::floor(key); }

void set_hole_mark(lua_State* L, int table) {
  Vm& vm = Vm::of(L);
  vm.note_holes();
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().holes);
  lua_pushvalue(L, table);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

bool has_hole_mark(lua_State* L, int table) {
  Vm& vm = Vm::of(L);
  if (vm.all_holes()) return true;
  lua_rawgeti(L, LUA_REGISTRYINDEX, vm.references().holes);
  lua_pushvalue(L, table);
  lua_rawget(L, -2);
  bool marked = lua_toboolean(L, -1) != 0;
  lua_pop(L, 2);
  return marked;
}

// The key on top of the stack.
OrderedKey ordered_key(lua_State* L, double number) {
  OrderedKey key;
  switch (lua_type(L, -1)) {
    case LUA_TNUMBER:
      key.rank = is_list_key(number) ? 0 : 1;
      key.number = number;
      break;
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, -1, &size);
      key.rank = 2;
      key.text = {text, size};
      break;
    }
    case LUA_TBOOLEAN:
      key.rank = 3;
      key.number = lua_toboolean(L, -1);
      break;
    default: key.rank = 4; break;
  }
  return key;
}

// Appends the gathered keys to the list in order; keys without an order come last, as the table has
// them.
void push_sorted(lua_State* L, Vm& vm, int table, int list, int count) {
  std::vector<OrderedKey>& keys = vm.ordered_keys();
  std::ranges::stable_sort(keys, [](const OrderedKey& a, const OrderedKey& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    return a.number != b.number ? a.number < b.number : a.text < b.text;
  });
  bool others = false;
  // The gathered numbers may belong before those that came in order.
  int moved = count > 0 && !keys.empty() && keys[0].rank == 0 ? count : 0;
  for (int i = 1; i <= moved; ++i) keys.push_back({0, static_cast<double>(i), {}});
  if (moved > 0) {
    for (int i = 0; i < moved; ++i) {
      lua_rawgeti(L, list, i + 1);
      keys[keys.size() - static_cast<std::size_t>(moved) + static_cast<std::size_t>(i)].number =
          lua_tonumber(L, -1);
      lua_pop(L, 1);
    }
    std::ranges::stable_sort(keys, [](const OrderedKey& a, const OrderedKey& b) {
      if (a.rank != b.rank) return a.rank < b.rank;
      return a.number != b.number ? a.number < b.number : a.text < b.text;
    });
    count = 0;
  }
  for (const OrderedKey& key : keys) {
    switch (key.rank) {
      case 0:
      case 1: lua_pushnumber(L, key.number); break;
      case 2: push(L, key.text); break;
      case 3: lua_pushboolean(L, key.number != 0); break;
      default: others = true; continue;
    }
    lua_rawseti(L, list, ++count);
  }
  if (!others) return;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    int type = lua_type(L, -1);
    if (type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN) continue;
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, ++count);
  }
}

std::size_t scanned_length(lua_State* L, int table) {
  Vm& vm = Vm::of(L);
  double most = 0;
  std::size_t seen = 0;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    ++seen;
    if (lua_type(L, -1) != LUA_TNUMBER) continue;
    double key = lua_tonumber(L, -1);
    if (is_list_key(key) && key > most) most = key;
  }
  vm.charge(L, 6 * seen);
  return static_cast<std::size_t>(most);
}

}  // namespace

void note_assignment(lua_State* L, int table, double key, bool is_nil) {
  if (!is_list_key(key)) return;
  auto border = static_cast<double>(lua_objlen(L, table));
  if (is_nil ? key < border : key > border + 1) set_hole_mark(L, table);
}

void mark_holes(lua_State* L, int table) {
  if (scanned_length(L, table) != lua_objlen(L, table)) set_hole_mark(L, table);
}

std::size_t length(lua_State* L, int index) {
  index = absolute(L, index);
  make_whole(L, index);
  if (Vm::of(L).any_holes() && has_hole_mark(L, index)) return scanned_length(L, index);
  return lua_objlen(L, index);
}

void raw_set(lua_State* L, int table, std::int64_t key) {
  note_assignment(L, table, static_cast<double>(key), lua_isnil(L, -1));
  lua_pushnumber(L, static_cast<double>(key));
  lua_insert(L, -2);
  lua_rawset(L, table);
}

void push_ordered_keys(lua_State* L, int table) {
  Vm& vm = Vm::of(L);
  make_whole(L, table);
  luaL_checkstack(L, 12, "stack overflow");
  std::vector<OrderedKey>& keys = vm.ordered_keys();
  keys.clear();
  std::size_t size = length(L, table);
  lua_createtable(L, static_cast<int>(std::min<std::size_t>(size, 1 << 20)), 0);
  const int list = lua_gettop(L);
  int count = 0;
  std::size_t seen = 0;
  lua_pushnil(L);
  while (lua_next(L, table) != 0) {
    lua_pop(L, 1);
    ++seen;
    double number = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (is_list_key(number)) {
      // The array part comes in order, and first; what is out of order is sorted with the rest.
      if (keys.empty() && (count == 0 || number == count + 1)) {
        lua_pushnumber(L, number);
        lua_rawseti(L, list, ++count);
        continue;
      }
    }
    keys.push_back(ordered_key(L, number));
  }
  vm.charge(L, 10 + 12 * seen + 10 * keys.size());
  if (keys.empty()) return;
  push_sorted(L, vm, table, list, count);
}

void push_key_after(lua_State* L, int keys, int key) {
  // The place reached last is remembered, so that a walk does not search.
  lua_rawgeti(L, LUA_REGISTRYINDEX, Vm::of(L).references().walk);
  int walk = lua_gettop(L);
  lua_rawgeti(L, walk, 3);
  auto place = static_cast<int>(lua_tonumber(L, -1));
  lua_pop(L, 1);
  lua_rawgeti(L, keys, place);
  bool there = lua_rawequal(L, -1, key) != 0;
  lua_pop(L, 1);
  auto size = static_cast<int>(lua_objlen(L, keys));
  if (!there) {
    Vm::of(L).charge(L, 10 * static_cast<std::size_t>(size));
    for (place = 1; place <= size; ++place) {
      lua_rawgeti(L, keys, place);
      there = lua_rawequal(L, -1, key) != 0;
      lua_pop(L, 1);
      if (there) break;
    }
  }
  lua_pushnumber(L, ++place);
  lua_rawseti(L, walk, 3);
  lua_rawgeti(L, keys, place);
  lua_remove(L, walk);
}

int environment_index(lua_State* L) {
  lua_settop(L, 2);
  if (!push_library_value(L, 1)) return 0;
  lua_pushvalue(L, 2);
  lua_pushvalue(L, -2);
  lua_rawset(L, 1);
  return 1;
}

void deliver_all(lua_State* L, int environment) {
  Vm& vm = Vm::of(L);
  for (int reference : {vm.references().globals, vm.references().libraries}) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    int source = lua_gettop(L);
    lua_pushnil(L);
    while (lua_next(L, source) != 0) {
      lua_pop(L, 1);
      push_library_value(L, environment);
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, environment);
    }
    lua_pop(L, 1);
  }
  lua_pushvalue(L, environment);
  lua_setfield(L, environment, "_G");
}

}  // namespace lesto::lua
