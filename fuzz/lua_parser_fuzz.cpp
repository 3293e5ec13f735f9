// Fuzzes the Lua parser: any text. What must hold: it ends, an error names the script, and what the
// parser accepts is written as code that LuaJIT accepts, but for LuaJIT's own limits (locals,
// upvalues, constants of a function).
#include <cstdio>
#include <cstdlib>
#include <luajit-2.1/lua.hpp>
#include <string>
#include <string_view>

#include "engines/lua/script.h"

namespace {

bool is_limit(std::string_view message) {
  for (const char* words :
       {"too many", "has more than", "limit", "too long", "overflow", "memory", "too large"}) {
    if (message.find(words) != message.npos) return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto script = lesto::lua::Script::compile(text);
  if (!script) {
    if (script.error().message.empty()) std::abort();
    return 0;
  }
  lua_State* state = luaL_newstate();
  const std::string& code = (*script)->code();
  if (luaL_loadbuffer(state, code.data(), code.size(), "=code") != 0) {
    std::size_t length = 0;
    const char* message = lua_tolstring(state, -1, &length);
    if (!is_limit({message, length})) {
      std::fprintf(stderr, "%s\n%s\n", message, code.c_str());
      std::abort();
    }
  }
  lua_close(state);
  return 0;
}
