// Arguments of native functions and the words of their errors.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>
#include <optional>

#include "engines/lua/number_text.h"
#include "engines/lua/vm.h"

namespace lesto::lua {
namespace {

constexpr int kTraceLinesMax = 20;
constexpr int kTraceEnds = 7;

// Adds a line to the trace under construction.
void trace_frame(lua_State* L, std::string& out, lua_Debug& frame, bool has_parent,
                 bool parent_is_native) {
  bool native = *frame.what == 'C';
  char line[32];
  if (native) {
    out += "\t[G]: in ";
  } else {
    out += '\t';
    out += frame.short_src;
    std::snprintf(line, sizeof line, ":%d: in ", frame.currentline);
    out += line;
  }
  if (!has_parent) {
    out += lua_pushthread(L) == 1 ? "main chunk" : "corountine";
    lua_pop(L, 1);
    return;
  }
  out += "function ";
  if (!parent_is_native && frame.name) {
    out += '\'';
    out += frame.name;
    out += '\'';
  } else if (native) {
    out += parent_is_native ? "(anonymous)" : "'?'";
  } else {
    out += '<';
    out += frame.short_src;
    std::snprintf(line, sizeof line, ":%d>", frame.linedefined);
    out += line;
  }
}

// The next frame at or above `level` that a script knows of.
bool visible_frame(lua_State* L, int& level, lua_Debug& frame) {
  for (;; ++level) {
    if (!lua_getstack(L, level, &frame)) return false;
    lua_getinfo(L, "nSlf", &frame);
    Native function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    if (*frame.what != 'C') return true;
    lua_Debug below;
    // The lowest frame of the main thread is the engine itself.
    bool lowest = !lua_getstack(L, level + 1, &below);
    if (lowest) return false;
    if (!is_hidden(function)) return true;
  }
}

}  // namespace

void push(lua_State* L, std::string_view text) { lua_pushlstring(L, text.data(), text.size()); }

void push_where(lua_State* L, int level) {
  lua_Debug frame;
  for (; lua_getstack(L, level, &frame); ++level) {
    lua_getinfo(L, "Sl", &frame);
    if (*frame.what == 'C') continue;
    lua_pushfstring(L, "%s:%d:", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

void raise_top(lua_State* L) {
  push_where(L, 0);
  lua_insert(L, -2);
  lua_pushliteral(L, " ");
  lua_insert(L, -2);
  lua_concat(L, 3);
  lua_error(L);
  std::abort();
}

void raise(lua_State* L, const char* message) {
  lua_pushstring(L, message);
  raise_top(L);
}

void push_function_name(lua_State* L) {
  lua_Debug frame;
  lua_Debug parent;
  if (!lua_getstack(L, 0, &frame)) {
    lua_pushliteral(L, "?");
    return;
  }
  lua_getinfo(L, "n", &frame);
  if (frame.name) {
    lua_pushstring(L, frame.name);
    return;
  }
  if (!lua_getstack(L, 1, &parent)) {
    lua_pushliteral(L, "main chunk");
    return;
  }
  lua_getinfo(L, "S", &parent);
  lua_pushstring(L, *parent.what == 'C' ? "(anonymous)" : "?");
}

void argument_error(lua_State* L, int index, const char* message) {
  push_function_name(L);
  lua_pushfstring(L, "bad argument #%d to %s (%s)", index, lua_tostring(L, -1), message);
  raise_top(L);
}

void type_error(lua_State* L, int index, const char* wanted) {
  const char* got = type_name(L, index);
  lua_pushfstring(L, "%s expected, got %s", wanted, got);
  argument_error(L, index, lua_tostring(L, -1));
}

const char* type_name(lua_State* L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TNONE ? "nil" : lua_typename(L, type);
}

bool is_none_or_nil(lua_State* L, int index) { return lua_isnoneornil(L, index); }

void check_any(lua_State* L, int index) {
  if (lua_isnone(L, index)) argument_error(L, index, "value expected");
}

void check_table(lua_State* L, int index) {
  if (!lua_istable(L, index)) type_error(L, index, "table");
}

void check_function(lua_State* L, int index) {
  if (!lua_isfunction(L, index)) type_error(L, index, "function");
}

std::string_view check_string(lua_State* L, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    push_number_text(L, lua_tonumber(L, index));
    lua_replace(L, index);
  }
  if (lua_type(L, index) != LUA_TSTRING) type_error(L, index, "string");
  std::size_t size = 0;
  const char* text = lua_tolstring(L, index, &size);
  return {text, size};
}

std::string_view optional_string(lua_State* L, int index, std::string_view otherwise) {
  if (lua_isnoneornil(L, index)) return otherwise;
  if (lua_type(L, index) != LUA_TSTRING) type_error(L, index, "string");
  return check_string(L, index);
}

double check_number(lua_State* L, int index) {
  int type = lua_type(L, index);
  if (type == LUA_TNUMBER) return lua_tonumber(L, index);
  if (type == LUA_TSTRING) {
    if (auto number = parse_number(check_string(L, index))) return *number;
  }
  type_error(L, index, "number");
}

std::int64_t check_integer(lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TNUMBER) type_error(L, index, "number");
  return to_integer(lua_tonumber(L, index));
}

std::int64_t optional_integer(lua_State* L, int index, std::int64_t otherwise) {
  if (lua_isnoneornil(L, index)) return otherwise;
  return check_integer(L, index);
}

void push_number_text(lua_State* L, double number) {
  std::string& out = Vm::of(L).borrow(L);
  append_number(out, number);
  push(L, out);
  Vm::of(L).give_back();
}

void push_text(lua_State* L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TNONE: lua_pushliteral(L, "nil"); return;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); return;
    case LUA_TNUMBER: push_number_text(L, lua_tonumber(L, index)); return;
    case LUA_TSTRING: lua_pushvalue(L, index); return;
    default: break;
  }
  // Not its address, which would differ from run to run.
  char digits[16];
  std::snprintf(digits, sizeof digits, "0x%08x",
                static_cast<unsigned>(Vm::of(L).number_of(L, index)));
  lua_pushfstring(L, "%s: %s", type_name(L, index), digits);
}

bool push_metamethod(lua_State* L, int index, const char* event) {
  if (!lua_getmetatable(L, index)) return false;
  lua_pushstring(L, event);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

namespace {

// Levels on the stack. Looking at one costs as much as its number, so they are not counted one by
// one.
int stack_depth(lua_State* L) {
  lua_Debug frame;
  int none = 1;
  while (lua_getstack(L, none, &frame)) none *= 2;
  int known = none / 2;
  while (none - known > 1) {
    int middle = (known + none) / 2;
    (lua_getstack(L, middle, &frame) ? known : none) = middle;
  }
  return none;
}

void trace_level(lua_State* L, std::string& out, int level) {
  lua_Debug frame;
  lua_Debug parent;
  lua_getstack(L, level, &frame);
  lua_getinfo(L, "nSlf", &frame);
  const void* function = lua_topointer(L, -1);
  lua_pop(L, 1);
  int next = level + 1;
  bool has_parent = visible_frame(L, next, parent);
  out += '\n';
  trace_frame(L, out, frame, has_parent, has_parent && *parent.what == 'C');
  const void* called = Vm::of(L).called();
  if (!has_parent && *frame.what != 'C' && called && function != called) out += "\n\t(tailcall): ?";
}

}  // namespace

void push_traceback(lua_State* L) {
  Vm& vm = Vm::of(L);
  std::string& out = vm.borrow(L);
  out = "stack traceback:";
  std::array<int, kTraceLinesMax> levels{};
  int depth = stack_depth(L);
  int count = 0;
  lua_Debug frame;
  int level = 1;
  while (count < kTraceLinesMax && visible_frame(L, level, frame))
    levels[static_cast<std::size_t>(count++)] = level++;
  // The last line is that of the engine; with it there may be twenty.
  bool cut = count == kTraceLinesMax;
  int shown = cut ? kTraceEnds : count;
  for (int i = 0; i < shown; ++i) trace_level(L, out, levels[static_cast<std::size_t>(i)]);
  if (cut) {
    out += "\n\t...";
    std::array<int, kTraceEnds - 1> ends{};
    int found = 0;
    for (level = depth - 1; level > 0 && found < kTraceEnds - 1; --level) {
      int same = level;
      if (visible_frame(L, same, frame) && same == level)
        ends[static_cast<std::size_t>(found++)] = level;
    }
    while (found > 0) trace_level(L, out, ends[static_cast<std::size_t>(--found)]);
  }
  out += "\n\t[G]: ?";
  push(L, out);
  vm.give_back();
}

}  // namespace lesto::lua
