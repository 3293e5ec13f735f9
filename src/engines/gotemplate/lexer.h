// Splits a template's text into items, as Go's lexer does: one item a call, errors as an item.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

enum class ItemType : std::uint8_t {
  Error,
  Bool,
  Char,
  CharConstant,
  Complex,
  Assign,
  Declare,
  Eof,
  Field,
  Identifier,
  LeftDelim,
  LeftParen,
  Number,
  Pipe,
  RawString,
  RightDelim,
  RightParen,
  Space,
  String,
  Text,
  Variable,
  // Keywords come last.
  Block,
  Break,
  Continue,
  Dot,
  Define,
  Else,
  End,
  If,
  Nil,
  Range,
  Template,
  With,
};

struct Item {
  ItemType type = ItemType::Eof;
  std::uint32_t position = 0;
  std::uint32_t line = 1;
  // Part of the text, or the message of an error (which the lexer owns).
  std::string_view text;

  // As an error names it: "x" quoted, <if> for keywords, EOF.
  std::string describe() const;
};

class Lexer {
 public:
  // Borrows the text.
  explicit Lexer(std::string_view text) : input_(text) {}

  Item next();

 private:
  enum class State : std::uint8_t { Done, Text, LeftDelim, Comment, RightDelim, Action };
  static constexpr char32_t kEof = 0xFFFFFFFF;

  char32_t read();
  char32_t peek() const;
  void back();
  bool accept(std::string_view valid);
  void accept_run(std::string_view valid);
  Item this_item(ItemType type);
  void emit(ItemType type) { item_ = this_item(type); }
  void ignore();
  State fail(std::string message);

  State text();
  State left_delim();
  State comment();
  State right_delim();
  State action();
  State space();
  State identifier();
  State field_or_variable(ItemType type);
  State quote(char end, ItemType type, const char* unterminated);
  State raw_quote();
  State number();
  bool scan_number();
  bool at_right_delim(bool& trim) const;
  bool at_terminator() const;
  std::string_view rest() const { return input_.substr(position_); }

  std::string_view input_;
  std::size_t position_ = 0;
  std::size_t start_ = 0;
  unsigned width_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t start_line_ = 1;
  int parens_ = 0;
  bool inside_ = false;
  Item item_;
  std::string error_;
};

// '+' as "U+002B '+'".
std::string describe_rune(char32_t code);

}  // namespace lesto::gotemplate
