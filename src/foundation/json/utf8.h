// UTF-8 as Go reads it; internal to this room and to rooms that mirror Go's text functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lesto::json {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Rune {
  char32_t value = kReplacement;
  std::size_t size = 1;
  bool valid = false;
};

// The character that begins at `at` (< text.size()). An invalid byte is U+FFFD of size 1.
Rune rune_at(std::string_view text, std::size_t at);

void append_utf8(std::string& out, char32_t value);

bool is_utf8(std::string_view text);

// Each byte that is not part of a valid character becomes U+FFFD, as in Go's conversions.
std::string valid_utf8(std::string_view text);

}  // namespace lesto::json
