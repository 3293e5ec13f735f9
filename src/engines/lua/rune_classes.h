// Classes of characters that only the module `runes` asks for; the rest is in engines/gotemplate/unicode.h.
#pragma once

namespace lesto::lua {

// Unicode categories M and P.
bool is_mark(char32_t c);
bool is_punct(char32_t c);
// Cc; S; everything that shows, with Unicode's spaces (category Zs).
bool is_control(char32_t c);
bool is_symbol(char32_t c);
bool is_graphic(char32_t c);

}  // namespace lesto::lua
