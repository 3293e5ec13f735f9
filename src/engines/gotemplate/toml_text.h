// What reading and writing TOML share.
#pragma once

#include <string>
#include <string_view>

#include "engines/gotemplate/zones.h"

namespace lesto::gotemplate {

// The zones that mark times which were written without one.
extern const Zone kTomlDatetime;
extern const Zone kTomlDate;
extern const Zone kTomlTime;

// Letters, digits, - and _ only; true for "".
bool is_bare_key(std::string_view key);
void append_toml_escaped(std::string& out, std::string_view text);

}  // namespace lesto::gotemplate
