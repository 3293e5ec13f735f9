// Tokens of a script, as the dialect's own scanner cuts them (it is more lenient than Lua 5.1 here
// and there).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engines/lua/failure.h"

namespace lesto::lua {

enum class Token : unsigned char {
  End,
  Name,
  Number,
  String,
  And,
  Break,
  Do,
  Else,
  ElseIf,
  EndWord,
  False,
  For,
  Function,
  Goto,
  If,
  In,
  Local,
  Nil,
  Not,
  Or,
  Repeat,
  Return,
  Then,
  True,
  Until,
  While,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Concat,
  Dots,
  DoubleColon,
  Symbol,  // one character, in Lexeme::symbol
};

struct Lexeme {
  Token kind = Token::End;
  char symbol = 0;
  int line = 1;
  std::string text;

  bool is(char wanted) const { return kind == Token::Symbol && symbol == wanted; }
};

// Where the scanner stands after the last character it took; what syntax errors report.
struct Position {
  int line = 1;
  int column = 0;
  bool at_end = false;
};

class Lexer {
 public:
  Lexer(std::string_view text, std::string chunk) : text_(text), chunk_(std::move(chunk)) {}

  // The next token, or what is wrong with the text.
  Outcome<Lexeme> next();
  // A syntax error at the place of the last token.
  Failure error(std::string_view near, std::string_view message) const;
  const Lexeme& last() const { return last_; }

 private:
  int take();
  int peek(std::size_t ahead = 0) const;
  void newline(char c);
  int skip_blanks();
  std::optional<Failure> skip_comment();
  std::optional<Failure> scan_string(char quote, std::string& out);
  void scan_escape(std::string& out);
  std::optional<Failure> scan_long_string(std::string& out);
  std::optional<Failure> scan_number(int first, std::string& out);
  void scan_digits(int first, std::string& out);
  std::optional<Failure> scan_symbol(int c, Lexeme& token);

  std::string_view text_;
  std::string chunk_;
  std::size_t at_ = 0;
  Position position_;
  Lexeme last_;
};

}  // namespace lesto::lua
