// Module `runes`: characters by their numbers.
#include <algorithm>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>

#include "engines/gotemplate/unicode.h"
#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

// Go's conversion to a 32-bit rune.
std::int32_t check_rune(lua_State* L, int index) {
  return static_cast<std::int32_t>(check_integer(L, index));
}
char32_t code_of(std::int32_t rune) {
  return rune < 0 ? char32_t{0xFFFFFFFF} : static_cast<char32_t>(rune);
}

template <bool (*kClass)(char32_t)>
int in_class(lua_State* L) {
  char32_t code = code_of(check_rune(L, 1));
  lua_pushboolean(L, code <= gotemplate::kRuneMax && kClass(code));
  return 1;
}

template <char32_t (*kMap)(char32_t)>
int mapped(lua_State* L) {
  std::int32_t rune = check_rune(L, 1);
  char32_t code = code_of(rune);
  lua_pushnumber(L, code <= gotemplate::kRuneMax ? static_cast<double>(kMap(code))
                                                 : static_cast<double>(rune));
  return 1;
}

bool is_valid(std::int32_t rune) {
  return rune >= 0 && rune <= 0x10FFFF && !(rune >= 0xD800 && rune <= 0xDFFF);
}

void append_number_to(lua_State* L, double number, int& count) {
  lua_pushnumber(L, number);
  lua_rawseti(L, -2, ++count);
}

// Numbers of a list as bytes.
void gather_bytes(lua_State* L, std::string& out) {
  Vm& vm = Vm::of(L);
  std::size_t size = length(L, 1);
  vm.charge(L, 8 * size);
  vm.reserve(L, out, size);
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, 1, static_cast<int>(i));
    if (lua_type(L, -1) == LUA_TNUMBER)
      out += static_cast<char>(to_integer(lua_tonumber(L, -1)) & 0xFF);
    lua_pop(L, 1);
  }
}

int bytes_to_rune(lua_State* L) {
  check_table(L, 1);
  Vm& vm = Vm::of(L);
  std::string& bytes = vm.borrow(L);
  gather_bytes(L, bytes);
  gotemplate::Rune rune = gotemplate::decode_rune(bytes);
  vm.give_back();
  if (rune.code == gotemplate::kReplacement) {
    lua_pushnil(L);
  } else {
    lua_pushnumber(L, static_cast<double>(rune.code));
  }
  return 1;
}

int bytes_to_string(lua_State* L) {
  check_table(L, 1);
  Vm& vm = Vm::of(L);
  std::string& bytes = vm.borrow(L);
  gather_bytes(L, bytes);
  push(L, bytes);
  vm.give_back();
  return 1;
}

int contains_rune(lua_State* L) {
  std::string_view text = check_string(L, 1);
  char32_t wanted = code_of(check_rune(L, 2));
  Vm::of(L).charge(L, 2 * text.size());
  bool found = false;
  while (!text.empty() && !found) {
    gotemplate::Rune rune = gotemplate::decode_rune(text);
    found = rune.code == wanted;
    text.remove_prefix(rune.size);
  }
  lua_pushboolean(L, found);
  return 1;
}

int is_in_range(lua_State* L) {
  std::int32_t rune = check_rune(L, 1);
  std::int32_t low = check_rune(L, 2);
  std::int32_t high = check_rune(L, 3);
  lua_pushboolean(L, rune >= low && rune <= high);
  return 1;
}

int is_valid_utf8(lua_State* L) {
  std::string_view text = check_string(L, 1);
  Vm::of(L).charge(L, text.size());
  lua_pushboolean(L, gotemplate::valid_utf8(text));
  return 1;
}

int reverse_runes(lua_State* L) {
  std::string_view text = check_string(L, 1);
  Vm& vm = Vm::of(L);
  vm.charge(L, 4 * text.size());
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, 3 * text.size());
  while (!text.empty()) {
    gotemplate::Rune rune = gotemplate::decode_last_rune(text);
    gotemplate::append_rune(out, rune.code);
    text.remove_suffix(rune.size);
  }
  push(L, out);
  vm.give_back();
  return 1;
}

int rune_at(lua_State* L) {
  std::string_view text = check_string(L, 1);
  std::int64_t position = check_integer(L, 2) - 1;
  if (position >= 0 && position < static_cast<std::int64_t>(text.size())) {
    gotemplate::Rune rune =
        gotemplate::decode_rune(text.substr(static_cast<std::size_t>(position)));
    if (rune.code != gotemplate::kReplacement) {
      lua_pushnumber(L, static_cast<double>(rune.code));
      return 1;
    }
  }
  lua_pushnil(L);
  return 1;
}

int rune_count(lua_State* L) {
  std::string_view text = check_string(L, 1);
  Vm::of(L).charge(L, text.size());
  lua_pushnumber(L, static_cast<double>(gotemplate::rune_count(text)));
  return 1;
}

int rune_index(lua_State* L) {
  std::string_view text = check_string(L, 1);
  char32_t wanted = code_of(check_rune(L, 2));
  std::int64_t from = std::max<std::int64_t>(optional_integer(L, 3, 1) - 1, 0);
  Vm::of(L).charge(L, 2 * text.size());
  for (std::int64_t i = 0; !text.empty(); ++i) {
    gotemplate::Rune rune = gotemplate::decode_rune(text);
    if (i >= from && rune.code == wanted) {
      lua_pushnumber(L, static_cast<double>(i + 1));
      return 1;
    }
    text.remove_prefix(rune.size);
  }
  lua_pushnil(L);
  return 1;
}

int rune_range(lua_State* L) {
  std::string_view text = check_string(L, 1);
  auto size = static_cast<std::int64_t>(gotemplate::rune_count(text));
  std::int64_t start = std::min(std::max<std::int64_t>(optional_integer(L, 2, 1) - 1, 0), size);
  std::int64_t end = optional_integer(L, 3, -1);
  end = end < 0 ? size : std::max<std::int64_t>(std::min(end - 1, size), 0);
  Vm& vm = Vm::of(L);
  vm.charge(L, 4 * text.size());
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, 3 * text.size());
  for (std::int64_t i = 0; !text.empty() && i < end; ++i) {
    gotemplate::Rune rune = gotemplate::decode_rune(text);
    if (i >= start) gotemplate::append_rune(out, rune.code);
    text.remove_prefix(rune.size);
  }
  push(L, out);
  vm.give_back();
  return 1;
}

int rune_slice(lua_State* L) {
  std::string_view text = check_string(L, 1);
  Vm::of(L).charge(L, 8 * text.size());
  lua_newtable(L);
  int count = 0;
  while (!text.empty()) {
    gotemplate::Rune rune = gotemplate::decode_rune(text);
    append_number_to(L, static_cast<double>(rune.code), count);
    text.remove_prefix(rune.size);
  }
  return 1;
}

int rune_split(lua_State* L) {
  std::string_view text = check_string(L, 1);
  char32_t separator = code_of(check_rune(L, 2));
  Vm& vm = Vm::of(L);
  vm.charge(L, 6 * text.size());
  lua_newtable(L);
  int count = 0;
  std::string& piece = vm.borrow(L);
  vm.reserve(L, piece, 3 * text.size());
  while (!text.empty()) {
    gotemplate::Rune rune = gotemplate::decode_rune(text);
    text.remove_prefix(rune.size);
    if (rune.code != separator) {
      gotemplate::append_rune(piece, rune.code);
      continue;
    }
    push(L, piece);
    lua_rawseti(L, -2, ++count);
    piece.clear();
  }
  push(L, piece);
  lua_rawseti(L, -2, ++count);
  vm.give_back();
  return 1;
}

int rune_string(lua_State* L) {
  Vm& vm = Vm::of(L);
  int count = lua_gettop(L);
  std::string& out = vm.borrow(L);
  for (int i = 1; i <= count; ++i) gotemplate::append_rune(out, code_of(check_rune(L, i)));
  push(L, out);
  vm.give_back();
  return 1;
}

int push_bytes(lua_State* L, std::string_view text) {
  Vm::of(L).charge(L, 8 * text.size());
  lua_newtable(L);
  int count = 0;
  for (char c : text) append_number_to(L, static_cast<unsigned char>(c), count);
  return 1;
}

int rune_to_bytes(lua_State* L) {
  check_table(L, 1);
  Vm& vm = Vm::of(L);
  std::size_t size = length(L, 1);
  vm.charge(L, 8 * size);
  std::string& out = vm.borrow(L);
  vm.reserve(L, out, 4 * size);
  for (std::size_t i = 1; i <= size; ++i) {
    lua_rawgeti(L, 1, static_cast<int>(i));
    if (lua_type(L, -1) == LUA_TNUMBER) {
      gotemplate::append_rune(out,
                              code_of(static_cast<std::int32_t>(to_integer(lua_tonumber(L, -1)))));
    }
    lua_pop(L, 1);
  }
  push_bytes(L, out);
  vm.give_back();
  return 1;
}

int rune_width(lua_State* L) {
  std::int32_t rune = check_rune(L, 1);
  if (!is_valid(rune)) {
    lua_pushnil(L);
  } else {
    lua_pushnumber(L, rune < 0x80 ? 1 : rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4);
  }
  return 1;
}

int string_to_bytes(lua_State* L) { return push_bytes(L, check_string(L, 1)); }

int valid_rune(lua_State* L) {
  lua_pushboolean(L, is_valid(check_rune(L, 1)));
  return 1;
}

constexpr NativeEntry kRunes[] = {
    {"bytestorune", bytes_to_rune},
    {"bytetostring", bytes_to_string},
    {"containsrune", contains_rune},
    {"iscontrol", in_class<is_control>},
    {"isdigit", in_class<lesto::is_digit>},
    {"isgraphic", in_class<is_graphic>},
    {"isinrange", is_in_range},
    {"isletter", in_class<lesto::is_letter>},
    {"islower", in_class<lesto::is_lower>},
    {"ismark", in_class<is_mark>},
    {"isnumber", in_class<lesto::is_number>},
    {"isprint", in_class<lesto::is_print>},
    {"ispunct", in_class<is_punct>},
    {"isspace", in_class<lesto::is_space>},
    {"issymbol", in_class<is_symbol>},
    {"istitle", in_class<lesto::is_title>},
    {"isupper", in_class<lesto::is_upper>},
    {"isvalidutf8", is_valid_utf8},
    {"reverserunes", reverse_runes},
    {"runeat", rune_at},
    {"runecount", rune_count},
    {"runeindex", rune_index},
    {"runerange", rune_range},
    {"runeslice", rune_slice},
    {"runesplit", rune_split},
    {"runestring", rune_string},
    {"runetobytes", rune_to_bytes},
    {"runewidth", rune_width},
    {"stringtobytes", string_to_bytes},
    {"tolower", mapped<lesto::to_lower>},
    {"totitle", mapped<lesto::to_title>},
    {"toupper", mapped<lesto::to_upper>},
    {"validrune", valid_rune},
};

}  // namespace

void open_runes(lua_State* L) { fill(L, kRunes); }

}  // namespace lesto::lua
