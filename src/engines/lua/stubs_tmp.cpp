#include <luajit-2.1/lua.hpp>
#include "engines/lua/vm.h"
namespace lesto::lua {
void open_string(lua_State*) {}
void open_table(lua_State*) {}
void open_math(lua_State*) {}
void open_os(lua_State*) {}
void open_coroutine(lua_State*) {}
void open_helpers(lua_State*) {}
void open_json(lua_State*) {}
void open_strings(lua_State*) {}
void open_runes(lua_State*) {}
}
