#include <luajit-2.1/lua.hpp>
#include "engines/lua/vm.h"
namespace lesto::lua {
void open_json(lua_State*) {}
void open_strings(lua_State*) {}
void open_runes(lua_State*) {}
}
