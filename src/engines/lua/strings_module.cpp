// Module `strings`: Go's package strings.
#include <algorithm>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/gotemplate/unicode.h"
#include "engines/lua/strings_building.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

using namespace strings;

using gotemplate::append_rune;
using gotemplate::decode_last_rune;
using gotemplate::decode_rune;
using gotemplate::Rune;

constexpr std::size_t kNowhere = std::string_view::npos;

int give(lua_State* L, std::string_view text) {
  push(L, text);
  return 1;
}
int give(lua_State* L, bool value) {
  lua_pushboolean(L, value);
  return 1;
}
int give_index(lua_State* L, std::size_t at) {
  lua_pushnumber(L, at == kNowhere ? -1 : static_cast<double>(at));
  return 1;
}

struct Two {
  std::string_view a;
  std::string_view b;
};
Two check_two(lua_State* L) {
  Two two;
  two.a = check_string(L, 1);
  two.b = check_string(L, 2);
  Vm::of(L).charge(L, (two.a.size() + two.b.size()) / 4);
  return two;
}

bool has_rune(std::string_view set, char32_t code) {
  while (!set.empty()) {
    Rune rune = decode_rune(set);
    if (rune.code == code) return true;
    set.remove_prefix(rune.size);
  }
  return false;
}

std::size_t index_any(lua_State* L, std::string_view text, std::string_view set) {
  Vm::of(L).charge(L, text.size() / 4 * std::min<std::size_t>(set.size(), 1000));
  for (std::size_t at = 0; at < text.size();) {
    Rune rune = decode_rune(text.substr(at));
    if (has_rune(set, rune.code)) return at;
    at += rune.size;
  }
  return kNowhere;
}

std::size_t last_index_any(lua_State* L, std::string_view text, std::string_view set) {
  Vm::of(L).charge(L, text.size() / 4 * std::min<std::size_t>(set.size(), 1000));
  while (!text.empty()) {
    Rune rune = decode_last_rune(text);
    text.remove_suffix(rune.size);
    if (has_rune(set, rune.code)) return text.size();
  }
  return kNowhere;
}

int compare(lua_State* L) {
  auto [a, b] = check_two(L);
  lua_pushnumber(L, a < b ? -1 : a == b ? 0 : 1);
  return 1;
}
int contains(lua_State* L) {
  auto [a, b] = check_two(L);
  return give(L, a.find(b) != kNowhere);
}
int contains_any(lua_State* L) {
  auto [a, b] = check_two(L);
  return give(L, index_any(L, a, b) != kNowhere);
}
int count(lua_State* L) {
  auto [a, b] = check_two(L);
  lua_pushnumber(L, static_cast<double>(count_of(a, b)));
  return 1;
}

// {before, after, found} as far as they are wanted.
int give_cut(lua_State* L, const std::string_view* before, const std::string_view* after,
             bool found) {
  lua_createtable(L, 0, 3);
  if (before) {
    push(L, *before);
    lua_setfield(L, -2, "before");
  }
  if (after) {
    push(L, *after);
    lua_setfield(L, -2, "after");
  }
  lua_pushboolean(L, found);
  lua_setfield(L, -2, "found");
  return 1;
}

int cut(lua_State* L) {
  auto [text, separator] = check_two(L);
  std::size_t at = text.find(separator);
  bool found = at != kNowhere;
  std::string_view before = found ? text.substr(0, at) : text;
  std::string_view after = found ? text.substr(at + separator.size()) : "";
  return give_cut(L, &before, &after, found);
}
int cut_prefix(lua_State* L) {
  auto [text, prefix] = check_two(L);
  bool found = text.starts_with(prefix);
  if (found) text.remove_prefix(prefix.size());
  return give_cut(L, nullptr, &text, found);
}
int cut_suffix(lua_State* L) {
  auto [text, suffix] = check_two(L);
  bool found = text.ends_with(suffix);
  if (found) text.remove_suffix(suffix.size());
  return give_cut(L, &text, nullptr, found);
}

// Characters that differ in case only have the same fold; the Turkish i's stay alone.
char32_t folded(char32_t c) {
  if (c == 0x130 || c == 0x131) return c;
  return lesto::to_lower(lesto::to_upper(c));
}
int equal_fold(lua_State* L) {
  auto [a, b] = check_two(L);
  while (!a.empty() && !b.empty()) {
    Rune x = decode_rune(a);
    Rune y = decode_rune(b);
    if (x.code != y.code && folded(x.code) != folded(y.code)) return give(L, false);
    a.remove_prefix(x.size);
    b.remove_prefix(y.size);
  }
  return give(L, a.empty() && b.empty());
}

int has_prefix(lua_State* L) {
  auto [a, b] = check_two(L);
  return give(L, a.starts_with(b));
}
int has_suffix(lua_State* L) {
  auto [a, b] = check_two(L);
  return give(L, a.ends_with(b));
}
int index(lua_State* L) {
  auto [a, b] = check_two(L);
  return give_index(L, a.find(b));
}
int index_any_of(lua_State* L) {
  auto [a, b] = check_two(L);
  return give_index(L, index_any(L, a, b));
}
int last_index(lua_State* L) {
  auto [a, b] = check_two(L);
  return give_index(L, a.rfind(b));
}
int last_index_any_of(lua_State* L) {
  auto [a, b] = check_two(L);
  return give_index(L, last_index_any(L, a, b));
}
int index_byte(lua_State* L) {
  std::string_view text = check_string(L, 1);
  return give_index(L, text.find(static_cast<char>(check_integer(L, 2) & 0xFF)));
}
int last_index_byte(lua_State* L) {
  std::string_view text = check_string(L, 1);
  return give_index(L, text.rfind(static_cast<char>(check_integer(L, 2) & 0xFF)));
}

std::size_t index_of_rune(lua_State* L) {
  std::string_view text = check_string(L, 1);
  auto wanted = static_cast<std::int32_t>(check_integer(L, 2));
  Vm::of(L).charge(L, text.size());
  for (std::size_t at = 0; at < text.size();) {
    Rune rune = decode_rune(text.substr(at));
    if (wanted >= 0 && rune.code == static_cast<char32_t>(wanted)) return at;
    at += rune.size;
  }
  return kNowhere;
}
int index_rune(lua_State* L) { return give_index(L, index_of_rune(L)); }
int contains_rune(lua_State* L) { return give(L, index_of_rune(L) != kNowhere); }

// Asks the script's function (argument `function`) about a character.
bool asked(lua_State* L, int function, char32_t code) {
  lua_pushvalue(L, function);
  lua_pushnumber(L, static_cast<double>(code));
  Vm::of(L).call(L, 1, 1);
  if (!lua_isboolean(L, -1)) type_error(L, -1, "boolean");
  bool answer = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return answer;
}

std::size_t index_where(lua_State* L, std::string_view text, bool wanted) {
  for (std::size_t at = 0; at < text.size();) {
    Rune rune = decode_rune(text.substr(at));
    if (asked(L, 2, rune.code) == wanted) return at;
    at += rune.size;
  }
  return kNowhere;
}
std::size_t last_index_where(lua_State* L, std::string_view text, bool wanted) {
  while (!text.empty()) {
    Rune rune = decode_last_rune(text);
    text.remove_suffix(rune.size);
    if (asked(L, 2, rune.code) == wanted) return text.size();
  }
  return kNowhere;
}

std::string_view check_text_and_function(lua_State* L) {
  std::string_view text = check_string(L, 1);
  check_function(L, 2);
  return text;
}
int contains_func(lua_State* L) {
  return give(L, index_where(L, check_text_and_function(L), true) != kNowhere);
}
int index_func(lua_State* L) {
  return give_index(L, index_where(L, check_text_and_function(L), true));
}
int last_index_func(lua_State* L) {
  return give_index(L, last_index_where(L, check_text_and_function(L), true));
}

std::string_view left_trimmed(lua_State* L, std::string_view text) {
  std::size_t at = index_where(L, text, false);
  return at == kNowhere ? "" : text.substr(at);
}
std::string_view right_trimmed(lua_State* L, std::string_view text) {
  std::size_t at = last_index_where(L, text, false);
  if (at == kNowhere) return "";
  return text.substr(0, at + decode_rune(text.substr(at)).size);
}
int trim_func(lua_State* L) {
  return give(L, right_trimmed(L, left_trimmed(L, check_text_and_function(L))));
}
int trim_left_func(lua_State* L) { return give(L, left_trimmed(L, check_text_and_function(L))); }
int trim_right_func(lua_State* L) { return give(L, right_trimmed(L, check_text_and_function(L))); }

void append_item(lua_State* L, std::string_view text, int& size) {
  push(L, text);
  lua_rawseti(L, -2, ++size);
}

// Pieces between runs of characters for which `separates` says yes.
template <class F>
int give_fields(lua_State* L, std::string_view text, F separates) {
  Vm::of(L).charge(L, 4 * text.size());
  lua_newtable(L);
  int size = 0;
  std::size_t start = kNowhere;
  for (std::size_t at = 0; at < text.size();) {
    Rune rune = decode_rune(text.substr(at));
    if (separates(rune.code)) {
      if (start != kNowhere) append_item(L, text.substr(start, at - start), size);
      start = kNowhere;
    } else if (start == kNowhere) {
      start = at;
    }
    at += rune.size;
  }
  if (start != kNowhere) append_item(L, text.substr(start), size);
  return 1;
}
int fields(lua_State* L) { return give_fields(L, check_string(L, 1), lesto::is_space); }
int fields_func(lua_State* L) {
  return give_fields(L, check_text_and_function(L),
                     [L](char32_t code) { return asked(L, 2, code); });
}

// At most `most` pieces (all when negative); each keeps the separator behind it when `keep`.
int give_split(lua_State* L, bool keep, std::int64_t most) {
  auto [text, separator] = check_two(L);
  Vm& vm = Vm::of(L);
  vm.charge(L, 4 * text.size());
  lua_newtable(L);
  int size = 0;
  while (most < 0 || size + 1 < most) {
    std::size_t at = separator.empty() ? decode_rune(text).size : text.find(separator);
    if (at == kNowhere || (separator.empty() && at >= text.size())) break;
    append_item(L, text.substr(0, keep ? at + separator.size() : at), size);
    text.remove_prefix(at + separator.size());
    vm.charge(L, 20);
  }
  if (!separator.empty() || !text.empty()) append_item(L, text, size);
  return 1;
}
int split(lua_State* L) { return give_split(L, false, -1); }
int split_after(lua_State* L) { return give_split(L, true, -1); }
int split_counted(lua_State* L, bool keep) {
  check_two(L);
  std::int64_t most = check_integer(L, 3);
  if (most != 0) return give_split(L, keep, most);
  lua_pushnil(L);
  return 1;
}
int split_n(lua_State* L) { return split_counted(L, false); }
int split_after_n(lua_State* L) { return split_counted(L, true); }

bool separates_words(char32_t c) {
  if (c < 0x80)
    return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '_');
  if (lesto::is_letter(c) || lesto::is_digit(c)) return false;
  return lesto::is_space(c);
}

template <class F>
int give_mapped(lua_State* L, F map_rune) {
  std::string_view text = check_string(L, 1);
  Vm& vm = Vm::of(L);
  vm.charge(L, 2 * text.size());
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, 3 * text.size());
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    append_rune(out, map_rune(rune.code));
    text.remove_prefix(rune.size);
  }
  push(L, out);
  vm.give_back();
  return 1;
}
int title(lua_State* L) {
  char32_t before = ' ';
  return give_mapped(L, [&before](char32_t c) {
    bool first = separates_words(before);
    before = c;
    return first ? lesto::to_title(c) : c;
  });
}
int to_lower(lua_State* L) { return give_mapped(L, lesto::to_lower); }
int to_title(lua_State* L) { return give_mapped(L, lesto::to_title); }
int to_upper(lua_State* L) { return give_mapped(L, lesto::to_upper); }

int trimmed(lua_State* L, bool left, bool right) {
  auto [text, set] = check_two(L);
  Vm::of(L).charge(L, text.size() / 4 * std::min<std::size_t>(set.size(), 1000));
  while (left && !text.empty()) {
    Rune rune = decode_rune(text);
    if (!has_rune(set, rune.code)) break;
    text.remove_prefix(rune.size);
  }
  while (right && !text.empty()) {
    Rune rune = decode_last_rune(text);
    if (!has_rune(set, rune.code)) break;
    text.remove_suffix(rune.size);
  }
  return give(L, text);
}
int trim(lua_State* L) { return trimmed(L, true, true); }
int trim_left(lua_State* L) { return trimmed(L, true, false); }
int trim_right(lua_State* L) { return trimmed(L, false, true); }
int trim_prefix(lua_State* L) {
  auto [text, prefix] = check_two(L);
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return give(L, text);
}
int trim_suffix(lua_State* L) {
  auto [text, suffix] = check_two(L);
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return give(L, text);
}
int trim_space(lua_State* L) { return give(L, gotemplate::trim_space(check_string(L, 1))); }

constexpr NativeEntry kStrings[] = {
    {"Compare", compare},
    {"Contains", contains},
    {"ContainsAny", contains_any},
    {"ContainsFunc", contains_func},
    {"ContainsRune", contains_rune},
    {"Count", count},
    {"Cut", cut},
    {"CutPrefix", cut_prefix},
    {"CutSuffix", cut_suffix},
    {"EqualFold", equal_fold},
    {"Fields", fields},
    {"FieldsFunc", fields_func},
    {"HasPrefix", has_prefix},
    {"HasSuffix", has_suffix},
    {"Index", index},
    {"IndexAny", index_any_of},
    {"IndexByte", index_byte},
    {"IndexFunc", index_func},
    {"IndexRune", index_rune},
    {"Join", join},
    {"LastIndex", last_index},
    {"LastIndexAny", last_index_any_of},
    {"LastIndexByte", last_index_byte},
    {"LastIndexFunc", last_index_func},
    {"Map", map},
    {"Repeat", repeat},
    {"Replace", replace},
    {"ReplaceAll", replace_all},
    {"Split", split},
    {"SplitAfter", split_after},
    {"SplitAfterN", split_after_n},
    {"SplitN", split_n},
    {"Title", title},
    {"ToLower", to_lower},
    {"ToTitle", to_title},
    {"ToUpper", to_upper},
    {"Trim", trim},
    {"TrimFunc", trim_func},
    {"TrimLeft", trim_left},
    {"TrimLeftFunc", trim_left_func},
    {"TrimPrefix", trim_prefix},
    {"TrimRight", trim_right},
    {"TrimRightFunc", trim_right_func},
    {"TrimSpace", trim_space},
    {"TrimSuffix", trim_suffix},
};

}  // namespace

void open_strings(lua_State* L) { fill(L, kStrings); }

}  // namespace lesto::lua
