// Characters as Go sees them: decoding that never fails, and the classes and case maps of Go's tables.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

bool is_letter(char32_t c);
bool is_digit(char32_t c);
bool is_number(char32_t c);
// Go's unicode.IsPrint: of white space only U+0020.
bool is_print(char32_t c);
bool is_upper(char32_t c);
bool is_lower(char32_t c);
bool is_title(char32_t c);
bool is_punct(char32_t c);
// Unicode's White_Space.
bool is_space(char32_t c);
char32_t to_upper(char32_t c);
char32_t to_lower(char32_t c);
char32_t to_title(char32_t c);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
// Without white space (Unicode's) at both ends.
std::string_view trim_space(std::string_view text);

}  // namespace lesto::gotemplate
