// Characters as Go sees them: decoding that never fails. Their classes are in
// foundation/base/unicode.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/unicode.h"

namespace lesto::gotemplate {

inline constexpr char32_t kReplacement = 0xFFFD;
inline constexpr char32_t kRuneMax = 0x10FFFF;

struct Rune {
  char32_t code = kReplacement;
  // Bytes that it takes; 0 at the end of the text. A wrong byte is one kReplacement of size 1.
  unsigned size = 0;

  bool wrong() const { return code == kReplacement && size == 1; }
};

Rune decode_rune(std::string_view text);
Rune decode_last_rune(std::string_view text);
// Appends the character; what is no character (surrogates, too large) becomes U+FFFD.
void append_rune(std::string& out, char32_t code);
std::size_t rune_count(std::string_view text);
bool valid_utf8(std::string_view text);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
// Without white space (Unicode's) at both ends.
std::string_view trim_space(std::string_view text);

}  // namespace lesto::gotemplate
