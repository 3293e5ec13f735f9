// Tree → Lua source for LuaJIT that behaves as the dialect does.
//
// What LuaJIT does alike is written as it stands; the operators whose results or errors differ
// become calls of hidden functions, which arrive as the chunk's first argument (see operators.cpp):
//   a < b → lt(a, b)     a .. b → cat(a, b)     #a → len(a)     a + b → add(a, b)
//   -a → unm(a)          return f() → return ret(f())
// Lines are kept, so that positions in errors are those of the script.
#pragma once

#include <string>

#include "engines/lua/failure.h"
#include "engines/lua/syntax.h"

namespace lesto::lua {

struct Emitted {
  // A chunk that, called with the table of hidden functions, returns the script's main function.
  std::string code;
  // The script neither assigns names of the standard library nor looks at its globals as a table,
  // so names of the library can be delivered on first use.
  bool plain_globals = true;
  // Holes in lists may arise unnoticed: `#` has to look at whole tables.
  bool hidden_holes = false;
};

// Errors: those that the reference finds when it compiles (break outside a loop, goto without
// label, ...).
Outcome<Emitted> emit_script(const Chunk& chunk, const std::string& name);

// True for a global name of the standard library.
bool is_library_name(std::string_view name);

}  // namespace lesto::lua
