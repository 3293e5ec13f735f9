// Which variables of a script always hold numbers: their arithmetic needs no detour.
#pragma once

#include <set>
#include <string>

#include "engines/lua/syntax.h"

namespace lesto::lua {

// Names of which every variable of that name in the chunk is only ever given numbers.
std::set<std::string> numeric_names(const Chunk& chunk);

// True when the expression is a number for sure, given the numeric variables.
bool is_numeric(const Expression& e, const std::set<std::string>& names);

}  // namespace lesto::lua
