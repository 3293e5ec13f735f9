// Script text → tree, with the dialect's syntax errors: same place, same token, same words.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engines/lua/failure.h"
#include "engines/lua/syntax.h"

namespace lesto::lua {

// `chunk` is the name that errors show, usually "<string>".
Outcome<std::unique_ptr<Chunk>> parse_script(std::string_view text, const std::string& chunk);

}  // namespace lesto::lua
