// The classes and case maps of characters, from Go's tables (Unicode 15.0): the one copy in the
// tree.
#pragma once

#include <cstdint>

namespace lesto {

// General categories, in the order of Unicode's groups.
enum class Category : std::uint8_t {
  Unassigned,
  UpperLetter,
  LowerLetter,
  TitleLetter,
  ModifierLetter,
  OtherLetter,
  NonSpacingMark,
  SpacingMark,
  EnclosingMark,
  DecimalNumber,
  LetterNumber,
  OtherNumber,
  Connector,
  Dash,
  Open,
  Close,
  InitialQuote,
  FinalQuote,
  OtherPunctuation,
  Math,
  Currency,
  ModifierSymbol,
  OtherSymbol,
  Space,
  Line,
  Paragraph,
  Control,
  Format,
  Surrogate,
  PrivateUse,
};
// Of a number that is no character: Unassigned.
Category category(char32_t c);

inline bool within(Category value, Category first, Category last) {
  return value >= first && value <= last;
}
inline bool is_letter(char32_t c) {
  return within(category(c), Category::UpperLetter, Category::OtherLetter);
}
inline bool is_mark(char32_t c) {
  return within(category(c), Category::NonSpacingMark, Category::EnclosingMark);
}
inline bool is_number(char32_t c) {
  return within(category(c), Category::DecimalNumber, Category::OtherNumber);
}
inline bool is_punct(char32_t c) {
  return within(category(c), Category::Connector, Category::OtherPunctuation);
}
inline bool is_symbol(char32_t c) {
  return within(category(c), Category::Math, Category::OtherSymbol);
}
inline bool is_digit(char32_t c) { return category(c) == Category::DecimalNumber; }
inline bool is_upper(char32_t c) { return category(c) == Category::UpperLetter; }
inline bool is_lower(char32_t c) { return category(c) == Category::LowerLetter; }
inline bool is_title(char32_t c) { return category(c) == Category::TitleLetter; }
inline bool is_control(char32_t c) { return category(c) == Category::Control; }
// Everything that shows, with Unicode's spaces.
inline bool is_graphic(char32_t c) {
  return within(category(c), Category::UpperLetter, Category::Space);
}
// Go's unicode.IsPrint: of the spaces only U+0020.
inline bool is_print(char32_t c) {
  if (c < 0x7F) return c >= 0x20;
  return within(category(c), Category::UpperLetter, Category::OtherSymbol);
}
// Unicode's White_Space.
inline bool is_space(char32_t c) {
  if (c == 0x85 || (c >= '\t' && c <= '\r')) return true;
  return c >= 0x20 && within(category(c), Category::Space, Category::Paragraph);
}

char32_t to_upper(char32_t c);
char32_t to_lower(char32_t c);
char32_t to_title(char32_t c);

}  // namespace lesto
