// Classes of characters of TOML, and how errors show one.
#pragma once

#include <string>

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate::toml {

// What is read behind the last character.
inline constexpr char32_t kEnd = 0xFFFFFFFF;

inline bool blank(char32_t c) { return c == ' ' || c == '\t'; }
inline bool line_break(char32_t c) { return c == '\n' || c == '\r'; }
inline bool digit(char32_t c) { return c >= '0' && c <= '9'; }
inline bool hex_digit(char32_t c) {
  return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
inline bool bare(char32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || digit(c) || c == '_' || c == '-';
}

// A character as %q shows it; the end of the text is NUL.
inline std::string shown(char32_t c) {
  std::string out;
  append_quoted_rune(out, c == kEnd ? 0 : c);
  return out;
}
inline std::string plain(char32_t c) {
  if (c == kEnd) return "end of file";
  std::string out = "'";
  append_rune(out, c);
  return out + "'";
}

}  // namespace lesto::gotemplate::toml
