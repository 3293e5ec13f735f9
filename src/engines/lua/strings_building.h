// The functions of module `strings` that put texts together, and what they share with the rest.
#pragma once

#include <cstddef>
#include <string_view>

struct lua_State;

namespace lesto::lua::strings {

// How often `part` occurs without overlap; an empty one around each character.
std::size_t count_of(std::string_view text, std::string_view part);

int join(lua_State* L);
int map(lua_State* L);
int repeat(lua_State* L);
int replace(lua_State* L);
int replace_all(lua_State* L);

}  // namespace lesto::lua::strings
