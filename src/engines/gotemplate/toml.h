// TOML in and out, as BurntSushi/toml 1.6 reads and writes it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engines/gotemplate/functions.h"

namespace lesto::gotemplate {

// How far arrays and tables may be nested.
inline constexpr std::size_t kTomlDepth = 200;

// The table, with values in the heap; the error is the library's text.
std::expected<Value, std::string> parse_toml(std::string_view text, Heap& heap);

// Appends the value. A failure with code Invalid has the library's text.
Outcome append_toml(std::string& out, Context& context, const Value& value);

}  // namespace lesto::gotemplate
