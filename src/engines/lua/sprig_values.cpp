// Functions of module sprig that look at values and tables of scripts themselves, or shape them for
// Sprig.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/lua/number_text.h"
#include "engines/lua/sprig_arguments.h"

namespace lesto::lua {
namespace {

using namespace sprig;
using Kind = SprigArgument::Kind;

bool is_empty(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TNONE: return true;
    case LUA_TBOOLEAN: return !lua_toboolean(L, index);
    case LUA_TNUMBER: return lua_tonumber(L, index) == 0;
    case LUA_TSTRING: return lua_objlen(L, index) == 0;
    case LUA_TTABLE:
      make_whole(L, index);
      lua_pushnil(L);
      if (lua_next(L, index) == 0) return true;
      lua_pop(L, 2);
      return false;
    default: return false;
  }
}

// Visits the values of the table at `index`: the list first, then the rest. Each is on top of the
// stack (its key below) while `visit` runs.
template <class F>
void for_each(lua_State* L, int index, F visit) {
  Vm& vm = Vm::of(L);
  make_whole(L, index);
  std::size_t size = length(L, index);
  luaL_checkstack(L, 8, "stack overflow");
  for (std::size_t i = 1; i <= size; ++i) {
    vm.charge(L, 10);
    lua_pushnumber(L, static_cast<double>(i));
    lua_rawgeti(L, index, static_cast<int>(i));
    if (!lua_isnil(L, -1)) visit();
    lua_settop(L, lua_gettop(L) - 2);
  }
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    vm.charge(L, 10);
    double key = lua_type(L, -2) == LUA_TNUMBER ? lua_tonumber(L, -2) : 0;
    bool listed = key >= 1 && key <= static_cast<double>(size) && key == std::floor(key);
    if (!listed) visit();
    lua_pop(L, 1);
  }
}

int sprig_all(lua_State* L) {
  need(L, nullptr, 1, "all requires 1 arguments");
  check_table(L, 1);
  bool result = true;
  for_each(L, 1, [&] { result = result && !is_empty(L, lua_gettop(L)); });
  lua_pushboolean(L, result);
  return 1;
}

int sprig_any(lua_State* L) {
  need(L, nullptr, 1, "any requires 1 arguments");
  check_table(L, 1);
  bool result = false;
  for_each(L, 1, [&] { result = result || !is_empty(L, lua_gettop(L)); });
  lua_pushboolean(L, result);
  return 1;
}

int sprig_empty(lua_State* L) {
  need(L, nullptr, 1, "empty requires 1 argument");
  lua_pushboolean(L, is_empty(L, 1));
  return 1;
}

int sprig_coalesce(lua_State* L) {
  int count = lua_gettop(L);
  if (count < 1) argument_error(L, 1, "coalesce requires at least 1 argument");
  for (int i = 1; i <= count; ++i) {
    if (is_empty(L, i)) continue;
    lua_pushvalue(L, i);
    return 1;
  }
  lua_pushnil(L);
  return 1;
}

int sprig_compact(lua_State* L) {
  need(L, nullptr, 1, "compact requires 1 argument");
  check_table(L, 1);
  lua_settop(L, 1);
  lua_newtable(L);
  int count = 0;
  for_each(L, 1, [&] {
    if (is_empty(L, lua_gettop(L))) return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, 2, ++count);
  });
  return 1;
}

int sprig_uniq(lua_State* L) {
  need(L, nullptr, 1, "uniq requires 1 argument");
  check_table(L, 1);
  lua_settop(L, 1);
  lua_newtable(L);
  lua_newtable(L);
  int count = 0;
  for_each(L, 1, [&] {
    // As the module does, 1 and "1" are the same.
    if (lua_istable(L, -1)) {
      lua_pushvalue(L, -1);
    } else {
      push_text(L, lua_gettop(L));
    }
    lua_pushvalue(L, -1);
    lua_rawget(L, 3);
    bool seen = lua_toboolean(L, -1) != 0;
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_rawset(L, 3);
    if (seen) return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, 2, ++count);
  });
  lua_settop(L, 2);
  return 1;
}

int sprig_ternary(lua_State* L) {
  need(L, nullptr, 3, "ternary requires 3 arguments");
  if (!lua_isboolean(L, 3)) type_error(L, 3, "boolean");
  lua_pushvalue(L, lua_toboolean(L, 3) ? 1 : 2);
  return 1;
}

int sprig_plural(lua_State* L) {
  need(L, nullptr, 3, "plural requires 3 arguments: singular, plural, count");
  check_string(L, 1);
  check_string(L, 2);
  lua_pushvalue(L, to_integer(check_number(L, 3)) == 1 ? 1 : 2);
  return 1;
}

int sprig_to_decimal(lua_State* L) {
  need(L, nullptr, 1, "toDecimal requires 1 argument");
  if (lua_type(L, 1) == LUA_TBOOLEAN) {
    lua_pushnumber(L, lua_toboolean(L, 1) ? 1 : 0);
    return 1;
  }
  push_text(L, 1);
  lua_pushnumber(L, parse_integer(check_string(L, lua_gettop(L)), 8).value_or(0));
  return 1;
}

int sprig_rand_int(lua_State* L) {
  need(L, nullptr, 2, "randInt requires 2 arguments");
  std::int64_t least = to_integer(check_number(L, 1));
  std::int64_t most = to_integer(check_number(L, 2));
  if (most <= least) {
    lua_pushnumber(L, static_cast<double>(least));
    return 1;
  }
  std::uint64_t& state = Vm::of(L).random_state();
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  std::uint64_t span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  lua_pushnumber(L, static_cast<double>(least) + static_cast<double>((state >> 20) % span));
  return 1;
}

// Decoders tell errors apart from texts: what they give must encode to what they were given.
int decode(lua_State* L, const char* name, const char* decoder, const char* encoder,
           const char* complaint) {
  need(L, nullptr, 1, complaint);
  std::string_view text = check_string(L, 1);
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  work.arguments.push_back(text_of(text));
  run(L, decoder, name);
  push_answer(L);
  work.arguments[0] = text_of(check_string(L, lua_gettop(L)));
  run(L, encoder, name);
  push_answer(L);
  std::string_view again = check_string(L, lua_gettop(L));
  std::size_t matched = 0;
  for (char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (matched >= again.size() || again[matched] != c) {
      matched = std::string_view::npos;
      break;
    }
    ++matched;
  }
  lua_pop(L, 1);
  if (matched == again.size()) {
    lua_pushnil(L);
    return 2;
  }
  lua_pushnil(L);
  lua_pushfstring(L, "%s: %s", name, lua_tostring(L, -2));
  return 2;
}
int sprig_b64dec(lua_State* L) {
  return decode(L, "b64dec", "b64dec", "b64enc", "b64dec requires 1 arguments");
}
int sprig_b32dec(lua_State* L) {
  return decode(L, "b32dec", "b32dec", "b32enc", "b32dec requires 1 arguments");
}

int sprig_cat(lua_State* L) {
  int count = lua_gettop(L);
  begin(L);
  luaL_checkstack(L, count + 8, "stack overflow");
  Vm::SprigWork& work = Vm::of(L).sprig();
  for (int i = 1; i <= count; ++i) {
    if (lua_isnil(L, i)) continue;
    push_text(L, i);
    work.arguments.push_back(text_of(check_string(L, lua_gettop(L))));
  }
  run(L, "cat", "cat");
  push_answer(L);
  return 1;
}

// The values of a table as arguments: numbers as numbers when `typed`, else everything as text.
void gather_values(lua_State* L, bool typed) {
  Vm::SprigWork& work = Vm::of(L).sprig();
  std::size_t size = length(L, 1);
  // Texts that are made for numbers stay on the stack until the call.
  if (size > 6000 || !lua_checkstack(L, static_cast<int>(size) + 32)) raise(L, "stack overflow");
  lua_newtable(L);
  int keep = lua_gettop(L);
  int kept = 0;
  for_each(L, 1, [&] {
    int type = lua_type(L, -1);
    SprigArgument argument;
    if (typed && type == LUA_TNUMBER) {
      double number = lua_tonumber(L, -1);
      argument = integer_of(number);
      if (number != static_cast<double>(argument.integer)) {
        argument.kind = Kind::Number;
        argument.number = number;
      }
    } else if (typed && type == LUA_TBOOLEAN) {
      argument.kind = Kind::Bool;
      argument.boolean = lua_toboolean(L, -1) != 0;
    } else {
      push_text(L, lua_gettop(L));
      std::size_t text_size = 0;
      const char* text = lua_tolstring(L, -1, &text_size);
      argument = text_of({text, text_size});
      lua_rawseti(L, keep, ++kept);
    }
    work.list.push_back(argument);
  });
}

int sprig_quoted(lua_State* L, const char* name, bool typed) {
  need(L, name, 1, typed ? "quote requires 1 arguments" : "squote requires 1 arguments");
  if (!lua_istable(L, 1)) raise_type(L, name, 1, "table");
  begin(L);
  gather_values(L, typed);
  Vm::of(L).sprig().arguments.push_back(kind_of(Kind::Any));
  run(L, name, name);
  push_answer(L);
  return 1;
}
int sprig_quote(lua_State* L) { return sprig_quoted(L, "quote", true); }
int sprig_squote(lua_State* L) { return sprig_quoted(L, "squote", false); }

int sprig_seq(lua_State* L) {
  need(L, "seq", 1, "seq requires 1 arguments");
  if (!lua_istable(L, 1)) raise_type(L, "seq", 1, "table");
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  for_each(L, 1, [&] {
    if (lua_type(L, -1) == LUA_TNUMBER) work.arguments.push_back(integer_of(lua_tonumber(L, -1)));
  });
  run(L, "seq", "seq");
  push_answer(L);
  return 1;
}

int sprig_sort_alpha(lua_State* L) {
  need(L, "sortAlpha", 1, "sortAlpha requires 1 argument");
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  if (lua_istable(L, 1)) {
    gather_values(L, false);
    work.arguments.push_back(kind_of(Kind::Texts));
  } else {
    push_text(L, 1);
    work.arguments.push_back(text_of(check_string(L, lua_gettop(L))));
  }
  run(L, "sortAlpha", "sortAlpha");
  push_answer(L);
  return 1;
}

int sprig_substr(lua_State* L) {
  need(L, "substr", 3, "substr requires 3 arguments");
  std::int64_t start = to_integer(number_argument(L, "substr", 1));
  std::int64_t end = to_integer(number_argument(L, "substr", 2));
  std::string_view text = text_argument(L, "substr", 3);
  auto size = static_cast<std::int64_t>(text.size());
  start = std::max<std::int64_t>(start, 0);
  end = std::min(end, size);
  if (start >= size || start >= end) {
    lua_pushliteral(L, "");
    return 1;
  }
  push(L, text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
  return 1;
}

int sprig_round(lua_State* L) {
  need(L, "round", 2, "round requires at least 2 arguments: value and precision");
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  if (lua_type(L, 1) == LUA_TNUMBER) {
    work.arguments.push_back(kind_of(Kind::Number));
    work.arguments.back().number = lua_tonumber(L, 1);
  } else {
    push_text(L, 1);
    work.arguments.push_back(text_of(check_string(L, lua_gettop(L))));
  }
  work.arguments.push_back(integer_of(number_argument(L, "round", 2)));
  if (!lua_isnone(L, 3) && lua_gettop(L) >= 3 && lua_type(L, 1) == LUA_TNUMBER) {
    work.arguments.push_back(kind_of(Kind::Number));
    work.arguments.back().number = number_argument(L, "round", 3);
  }
  run(L, "round", "round");
  push_answer(L);
  return 1;
}

int sprig_url_join(lua_State* L) {
  need(L, "urlJoin", 1, "urlJoin requires 1 arguments");
  if (!lua_istable(L, 1)) raise_type(L, "urlJoin", 1, "table");
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  lua_newtable(L);
  int keep = lua_gettop(L);
  int kept = 0;
  for_each(L, 1, [&] {
    if (lua_type(L, -2) != LUA_TSTRING) return;
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -2, &size);
    work.list.push_back(text_of({text, size}));
    push_text(L, lua_gettop(L));
    text = lua_tolstring(L, -1, &size);
    work.list.push_back(text_of({text, size}));
    lua_rawseti(L, keep, ++kept);
  });
  work.arguments.push_back(kind_of(Kind::Pairs));
  run(L, "urlJoin", "urlJoin");
  push_answer(L);
  return 1;
}

int sprig_url_parse(lua_State* L) {
  need(L, "urlParse", 1, "urlParse requires 1 arguments");
  std::string_view text = text_argument(L, "urlParse", 1);
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  work.arguments.push_back(text_of(text));
  run(L, "urlParse", "urlParse");
  lua_newtable(L);
  for (const json::Member& member : work.answer.value.members()) {
    push(L, member.name());
    if (member.value.is_null()) {
      lua_pushliteral(L, "");
    } else {
      push_json(L, member.value);
    }
    lua_rawset(L, -3);
  }
  return 1;
}

int sprig_gen_private_key(lua_State* L) {
  need(L, "genPrivateKey", 1, "genPrivateKey requires 1 arguments");
  std::string_view kind = text_argument(L, "genPrivateKey", 1);
  // An RSA key takes up to seconds.
  if (kind != "ecdsa" && kind != "ed25519")
    raise(L, "genPrivateKey: scripts may make ecdsa and ed25519 keys only");
  Vm::of(L).charge(L, kKeySteps);
  begin(L);
  Vm::of(L).sprig().arguments.push_back(text_of(kind));
  run(L, "genPrivateKey", "genPrivateKey");
  push_answer(L);
  return 1;
}

// The module takes the text before the separator.
int sprig_wrap_with(lua_State* L) {
  need(L, "wrapWith", 3, "wrapWith requires 3 arguments");
  begin(L);
  Vm::SprigWork& work = Vm::of(L).sprig();
  double width = number_argument(L, "wrapWith", 1);
  std::string_view separator = text_argument(L, "wrapWith", 3);
  std::string_view text = text_argument(L, "wrapWith", 2);
  work.arguments = {integer_of(width), text_of(separator), text_of(text)};
  run(L, "wrapWith", "wrapWith");
  push_answer(L);
  return 1;
}

constexpr NativeEntry kSprig[] = {
    {"all", sprig_all},
    {"any", sprig_any},
    {"b32dec", sprig_b32dec},
    {"b64dec", sprig_b64dec},
    {"cat", sprig_cat},
    {"coalesce", sprig_coalesce},
    {"compact", sprig_compact},
    {"empty", sprig_empty},
    {"genPrivateKey", sprig_gen_private_key},
    {"plural", sprig_plural},
    {"quote", sprig_quote},
    {"randInt", sprig_rand_int},
    {"round", sprig_round},
    {"seq", sprig_seq},
    {"sortAlpha", sprig_sort_alpha},
    {"squote", sprig_squote},
    {"substr", sprig_substr},
    {"ternary", sprig_ternary},
    {"toDecimal", sprig_to_decimal},
    {"uniq", sprig_uniq},
    {"urlJoin", sprig_url_join},
    {"urlParse", sprig_url_parse},
    {"wrapWith", sprig_wrap_with},
};

}  // namespace

void open_sprig_values(lua_State* L) {
  fill(L, kSprig);
  sprig::open_durations(L);
}

}  // namespace lesto::lua
