// Library `string`: byte strings with Lua patterns; upper and lower know Unicode.
#include <algorithm>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/gotemplate/unicode.h"
#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

int string_byte(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::int64_t start = optional_integer(L, 2, 1) - 1;
  std::int64_t end = optional_integer(L, 3, -1);
  auto size = static_cast<std::int64_t>(text.size());
  if (start < 0) start = size + start + 1;
  if (end < 0) end = size + end + 1;
  if (lua_gettop(L) == 2) {
    if (start < 0 || start >= size) return 0;
    lua_pushnumber(L, static_cast<unsigned char>(text[static_cast<std::size_t>(start)]));
    return 1;
  }
  start = std::max<std::int64_t>(start, 0);
  end = std::min(end, size);
  if (end < 0 || end <= start || start >= size) return 0;
  if (end - start > 7000 || !lua_checkstack(L, static_cast<int>(end - start)))
    raise(L, "registry overflow");
  Vm::of(L).charge(L, 5 * static_cast<std::size_t>(end - start));
  for (std::int64_t i = start; i < end; ++i) {
    lua_pushnumber(L, static_cast<unsigned char>(text[static_cast<std::size_t>(i)]));
  }
  return static_cast<int>(end - start);
}

int string_char(lua_State* L) {
  Vm& vm = Vm::of(L);
  int count = lua_gettop(L);
  std::string& out = vm.borrow(L);
  for (int i = 1; i <= count; ++i) out += static_cast<char>(check_integer(L, i) & 0xFF);
  push(L, out);
  vm.give_back();
  return 1;
}

int string_dump(lua_State* L) { raise(L, "GopherLua does not support the string.dump"); }

// The 0-based start that the dialect makes of a 1-based one.
std::int64_t start_index(std::int64_t size, std::int64_t i) {
  if (i != 0) i -= 1;
  if (i < 0) i = size + i + 1;
  return std::max<std::int64_t>(i, 0);
}

std::int64_t end_index(std::int64_t size, std::int64_t i) {
  if (i < 0) i = size + i + 1;
  return std::min(std::max<std::int64_t>(i, 0), size);
}

void push_capture(lua_State* L, std::string_view text, const Capture& capture) {
  if (capture.position) {
    lua_pushnumber(L, static_cast<double>(capture.begin));
  } else {
    push(L, text.substr(capture.begin, capture.end - capture.begin));
  }
}

// Pushes the captures, or the whole match when there are none; how many.
int push_captures(lua_State* L, std::string_view text, const Pattern& pattern) {
  luaL_checkstack(L, kCapturesMax + 2, "stack overflow");
  if (pattern.captures() == 1) {
    push_capture(L, text, pattern.capture(0));
    return 1;
  }
  for (std::size_t i = 1; i < pattern.captures(); ++i) push_capture(L, text, pattern.capture(i));
  return static_cast<int>(pattern.captures()) - 1;
}

int string_find(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::string_view wanted = check_string(L, 2);
  Vm& vm = Vm::of(L);
  if (wanted.empty()) {
    lua_pushnumber(L, 1);
    lua_pushnumber(L, 0);
    return 2;
  }
  std::int64_t init =
      start_index(static_cast<std::int64_t>(text.size()), optional_integer(L, 3, 1));
  auto at = static_cast<std::size_t>(init);
  if (lua_gettop(L) == 4 && lua_toboolean(L, 4)) {
    vm.charge(L, text.size() / 4);
    std::size_t found = at <= text.size() ? text.find(wanted, at) : std::string_view::npos;
    if (found == std::string_view::npos) {
      lua_pushnil(L);
      return 1;
    }
    lua_pushnumber(L, static_cast<double>(found + 1));
    lua_pushnumber(L, static_cast<double>(found + wanted.size()));
    return 2;
  }
  Pattern& pattern = vm.borrow_pattern(L, wanted);
  int results = 1;
  if (vm.find(L, pattern, text, at)) {
    lua_pushnumber(L, static_cast<double>(pattern.capture(0).begin + 1));
    lua_pushnumber(L, static_cast<double>(pattern.capture(0).end));
    results = 2;
    if (pattern.captures() > 1) results += push_captures(L, text, pattern);
  } else {
    lua_pushnil(L);
  }
  vm.give_back_pattern();
  return results;
}

int string_match(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::string_view wanted = check_string(L, 2);
  std::int64_t init = optional_integer(L, 3, 1);
  if (init < 0) init = static_cast<std::int64_t>(text.size()) + init + 1;
  auto at = static_cast<std::size_t>(std::max<std::int64_t>(init - 1, 0));
  Vm& vm = Vm::of(L);
  Pattern& pattern = vm.borrow_pattern(L, wanted);
  // Without a match there is no value, not even nil.
  int results = vm.find(L, pattern, text, at) ? push_captures(L, text, pattern) : 0;
  vm.give_back_pattern();
  return results;
}

// Upvalues: subject, pattern, place.
int next_match(lua_State* L) {
  if (lua_type(L, 1) != LUA_TUSERDATA) type_error(L, 1, "userdata");
  std::size_t size = 0;
  const char* chars = lua_tolstring(L, lua_upvalueindex(1), &size);
  std::string_view text(chars, size);
  chars = lua_tolstring(L, lua_upvalueindex(2), &size);
  std::string_view wanted(chars, size);
  auto at = static_cast<std::size_t>(lua_tonumber(L, lua_upvalueindex(3)));
  if (at > text.size()) return 0;
  Vm& vm = Vm::of(L);
  Pattern& pattern = vm.borrow_pattern(L, wanted);
  bool found = vm.find(L, pattern, text, at);
  if (!found || pattern.anchored()) at = text.size() + 1;
  lua_pushnumber(L, static_cast<double>(at));
  lua_replace(L, lua_upvalueindex(3));
  int results = found ? push_captures(L, text, pattern) : 0;
  vm.give_back_pattern();
  return results;
}

int string_gmatch(lua_State* L) {
  check_string(L, 1);
  std::string_view wanted = check_string(L, 2);
  Vm& vm = Vm::of(L);
  vm.borrow_pattern(L, wanted);
  vm.give_back_pattern();
  lua_settop(L, 2);
  lua_pushnumber(L, 0);
  lua_pushcclosure(L, next_match, 3);
  // The reference keeps its place in a second value; scripts that drop it are told so.
  lua_newuserdata(L, 1);
  return 2;
}

// Appends the replacement text for the present match.
void append_replacement(lua_State* L, Vm& vm, std::string& out, std::string_view text,
                        std::string_view by, const Pattern& pattern) {
  for (std::size_t i = 0; i < by.size(); ++i) {
    vm.reserve(L, out, 32);
    char c = by[i];
    if (c != '%' || i + 1 >= by.size()) {
      out += c;
      continue;
    }
    char next = by[++i];
    if (next == '%') {
      out += '%';
    } else if (next < '0' || next > '9') {
      out += '%';
      out += next;
    } else {
      auto n = static_cast<std::size_t>(next - '0');
      if (n >= pattern.captures()) {
        if (n > 1) raise(L, "invalid capture index");
        n = 0;
      }
      const Capture& capture = pattern.capture(n);
      if (capture.position) {
        append_number(out, static_cast<double>(capture.begin));
      } else {
        vm.reserve(L, out, capture.end - capture.begin);
        out += text.substr(capture.begin, capture.end - capture.begin);
      }
    }
  }
}

// With a table or function as replacement: its answer for the present match, pushed.
void push_answer(lua_State* L, Vm& vm, std::string_view text, const Pattern& pattern) {
  if (lua_isfunction(L, 3)) {
    lua_pushvalue(L, 3);
    int count = push_captures(L, text, pattern);
    vm.call(L, count, 1);
    return;
  }
  push_capture(L, text, pattern.capture(pattern.captures() > 1 ? 1 : 0));
  vm.enter(L);
  lua_gettable(L, 3);
  vm.leave();
}

void append_answer(lua_State* L, Vm& vm, std::string& out, std::string_view match) {
  if (!lua_toboolean(L, -1)) {
    vm.reserve(L, out, match.size());
    out += match;
  } else if (lua_type(L, -1) == LUA_TNUMBER) {
    append_number(out, lua_tonumber(L, -1));
  } else if (lua_type(L, -1) == LUA_TSTRING) {
    std::size_t size = 0;
    const char* chars = lua_tolstring(L, -1, &size);
    vm.reserve(L, out, size);
    out.append(chars, size);
  }
  lua_pop(L, 1);
}

int string_gsub(lua_State* L) {
  lua_settop(L, 4);
  lua_pushvalue(L, 1);
  std::string_view text = check_string(L, 1);
  std::string_view wanted = check_string(L, 2);
  int type = lua_type(L, 3);
  if (type != LUA_TSTRING && type != LUA_TTABLE && type != LUA_TFUNCTION) {
    lua_pushfstring(L, "string or table or function expected, got %s", type_name(L, 3));
    argument_error(L, 3, lua_tostring(L, -1));
  }
  std::string_view by = type == LUA_TSTRING ? check_string(L, 3) : "";
  std::int64_t limit = optional_integer(L, 4, -1);
  Vm& vm = Vm::of(L);
  Pattern& pattern = vm.borrow_pattern(L, wanted);
  std::string& out = vm.borrow(L);
  std::size_t at = 0;
  std::size_t copied = 0;
  std::int64_t count = 0;
  while (at <= text.size()) {
    // As the reference counts, a limit of 0 holds only when nothing matches at the first place.
    if (limit == 0 && count == 0 && vm.match_here(L, pattern, text, at) == Pattern::Found::No)
      break;
    if (!vm.find(L, pattern, text, at)) break;
    ++count;
    Capture match = pattern.capture(0);
    vm.reserve(L, out, match.begin - std::min(copied, match.begin));
    if (match.begin > copied) out += text.substr(copied, match.begin - copied);
    if (type == LUA_TSTRING) {
      append_replacement(L, vm, out, text, by, pattern);
    } else {
      push_answer(L, vm, text, pattern);
      append_answer(L, vm, out, text.substr(match.begin, match.end - match.begin));
    }
    copied = match.end;
    if (count == limit || pattern.anchored()) break;
  }
  if (count == 0) {
    lua_settop(L, 5);
  } else {
    vm.reserve(L, out, text.size() - copied);
    out += text.substr(copied);
    vm.charge(L, out.size() / 16);
    push(L, out);
  }
  lua_pushnumber(L, static_cast<double>(count));
  vm.give_back();
  vm.give_back_pattern();
  return 2;
}

int string_len(lua_State* L) {
  lua_pushnumber(L, static_cast<double>(check_string(L, 1).size()));
  return 1;
}

template <bool kUpper>
int change_case(lua_State* L) {
  Vm& vm = Vm::of(L);
  std::string_view text = check_string(L, 1);
  vm.charge(L, text.size() / 2);
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, 2 * text.size());
  bool ascii =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) {
    for (char c : text) {
      char first = kUpper ? 'a' : 'A';
      bool other = c >= first && c < first + 26;
      out += static_cast<char>(other ? c ^ 0x20 : c);
    }
  } else {
    while (!text.empty()) {
      gotemplate::Rune rune = gotemplate::decode_rune(text);
      gotemplate::append_rune(out,
                              kUpper ? lesto::to_upper(rune.code) : lesto::to_lower(rune.code));
      text.remove_prefix(rune.size);
    }
  }
  push(L, out);
  vm.give_back();
  return 1;
}

int string_rep(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::int64_t times = check_integer(L, 2);
  if (times <= 0 || text.empty()) {
    lua_pushliteral(L, "");
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

int string_reverse(lua_State* L) {
  Vm& vm = Vm::of(L);
  std::string_view text = check_string(L, 1);
  vm.charge(L, text.size() / 8);
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, text.size());
  out.assign(text.rbegin(), text.rend());
  push(L, out);
  vm.give_back();
  return 1;
}

int string_sub(lua_State* L) {
  std::string_view text = check_string(L, 1);
  auto size = static_cast<std::int64_t>(text.size());
  std::int64_t start = start_index(size, check_integer(L, 2));
  std::int64_t end = end_index(size, optional_integer(L, 3, -1));
  if (start >= size || end < start) {
    lua_pushliteral(L, "");
    return 1;
  }
  Vm::of(L).charge(L, static_cast<std::size_t>(end - start) / 16);
  push(L, text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
  return 1;
}

int string_format(lua_State* L) {
  std::string_view format = check_string(L, 1);
  Vm& vm = Vm::of(L);
  int count = lua_gettop(L);
  std::vector<FormatArgument>& arguments = vm.format_arguments();
  arguments.clear();
  luaL_checkstack(L, count + 4, "stack overflow");
  for (int i = 2; i <= count; ++i) {
    FormatArgument argument;
    switch (lua_type(L, i)) {
      case LUA_TNIL: break;
      case LUA_TBOOLEAN:
        argument.kind = FormatArgument::Kind::Bool;
        argument.boolean = lua_toboolean(L, i) != 0;
        break;
      case LUA_TNUMBER:
        argument.kind = FormatArgument::Kind::Number;
        argument.number = lua_tonumber(L, i);
        break;
      case LUA_TSTRING:
        argument.kind = FormatArgument::Kind::Text;
        argument.text = check_string(L, i);
        break;
      default:
        argument.kind = FormatArgument::Kind::Other;
        push_text(L, i);
        argument.text = check_string(L, lua_gettop(L));
        break;
    }
    arguments.push_back(argument);
  }
  std::string& out = vm.borrow(L);
  vm.charge(L, 60 + 4 * format.size() + 20 * static_cast<std::size_t>(count));
  bool fits = go_format(out, format, arguments, kStringBytesMax);
  if (!fits) vm.reserve(L, out, kStringBytesMax + 1);
  vm.charge(L, out.size() / 8);
  push(L, out);
  vm.give_back();
  return 1;
}

constexpr NativeEntry kString[] = {
    {"byte", string_byte},         {"char", string_char},     {"dump", string_dump},
    {"find", string_find},         {"format", string_format}, {"gfind", string_gmatch},
    {"gmatch", string_gmatch},     {"gsub", string_gsub},     {"len", string_len},
    {"lower", change_case<false>}, {"match", string_match},   {"rep", string_rep},
    {"reverse", string_reverse},   {"sub", string_sub},       {"upper", change_case<true>},
};

}  // namespace

void open_string(lua_State* L) { fill(L, kString); }

}  // namespace lesto::lua
