// What the functions of module sprig share: arguments and errors in the module's words, and the
// call. Private to it.
#pragma once

#include <string_view>

#include "engines/lua/vm.h"

namespace lesto::lua::sprig {

// `wrapped` is the function's name where its errors of arguments come as "name: place error", else
// null.
[[noreturn]] void raise_argument(lua_State* L, const char* wrapped, int index, const char* message);
[[noreturn]] void raise_type(lua_State* L, const char* wrapped, int index, const char* wanted);
double number_argument(lua_State* L, const char* wrapped, int index);
std::string_view text_argument(lua_State* L, const char* wrapped, int index);
// Refuses fewer than `count` arguments.
void need(lua_State* L, const char* wrapped, int count, const char* complaint);

SprigArgument integer_of(double number);
SprigArgument text_of(std::string_view text);
SprigArgument kind_of(SprigArgument::Kind kind);

// A call: begin, add to Vm::sprig(), run, push the answer.
void begin(lua_State* L);
// The answer is in vm.sprig().answer. A failure is raised as "name: problem" when `wrapped` is
// given.
bool run(lua_State* L, const char* function, const char* wrapped);
void push_answer(lua_State* L);

// sprig_durations.cpp: adds its functions to the table on top of the stack.
void open_durations(lua_State* L);

}  // namespace lesto::lua::sprig
