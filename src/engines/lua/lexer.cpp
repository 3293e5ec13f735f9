#include "engines/lua/lexer.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace lesto::lua {
namespace {

constexpr int kEnd = -1;

constexpr std::array<std::pair<std::string_view, Token>, 22> kWords{{
    {"and", Token::And},     {"break", Token::Break},   {"do", Token::Do},
    {"else", Token::Else},   {"elseif", Token::ElseIf}, {"end", Token::EndWord},
    {"false", Token::False}, {"for", Token::For},       {"function", Token::Function},
    {"goto", Token::Goto},   {"if", Token::If},         {"in", Token::In},
    {"local", Token::Local}, {"nil", Token::Nil},       {"not", Token::Not},
    {"or", Token::Or},       {"repeat", Token::Repeat}, {"return", Token::Return},
    {"then", Token::Then},   {"true", Token::True},     {"until", Token::Until},
    {"while", Token::While},
}};

bool is_digit(int c) { return c >= '0' && c <= '9'; }
bool is_hex(int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_name_start(int c) { return c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_name(int c) { return is_name_start(c) || is_digit(c); }
bool is_blank(int c) { return c == ' ' || c == '\t' || c == '\n'; }

// A byte that stands alone becomes the character of that number, as the reference prints it.
std::string as_character(int c) {
  if (c < 0) return "\xef\xbf\xbd";
  if (c < 0x80) return std::string(1, static_cast<char>(c));
  return {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
}

}  // namespace

Failure Lexer::error(std::string_view near, std::string_view message) const {
  Failure failure;
  if (position_.at_end) {
    failure.message = fmt::format("{} at EOF:   {}\n", chunk_, message);
    failure.line = position_.line;
    failure.column = position_.column;
    return failure;
  }
  failure.message = fmt::format("{} line:{}(column:{}) near '{}':   {}\n", chunk_, position_.line,
                                position_.column, near, message);
  failure.line = position_.line;
  failure.column = position_.column;
  return failure;
}

int Lexer::peek(std::size_t ahead) const {
  return at_ + ahead < text_.size() ? static_cast<unsigned char>(text_[at_ + ahead]) : kEnd;
}

// Takes one character; every kind of line break counts as one '\n'.
int Lexer::take() {
  int c = peek();
  if (c == kEnd) {
    position_.at_end = true;
    return kEnd;
  }
  ++at_;
  if (c == '\n' || c == '\r') {
    newline(static_cast<char>(c));
    return '\n';
  }
  ++position_.column;
  return c;
}

void Lexer::newline(char c) {
  ++position_.line;
  position_.column = 0;
  int next = peek();
  if ((c == '\n' && next == '\r') || (c == '\r' && next == '\n')) ++at_;
}

int Lexer::skip_blanks() {
  int c = take();
  while (is_blank(c)) c = take();
  return c;
}

// Stands behind the two dashes.
std::optional<Failure> Lexer::skip_comment() {
  if (peek() == '[' && (peek(1) == '[' || peek(1) == '=')) {
    take();
    std::string ignored;
    if (scan_long_string(ignored)) return error(ignored, "invalid multiline comment");
    return std::nullopt;
  }
  int c = take();
  while (c != '\n' && c != kEnd) c = take();
  return std::nullopt;
}

void Lexer::scan_digits(int first, std::string& out) {
  if (first != kEnd) out += static_cast<char>(first);
  while (is_digit(peek())) out += static_cast<char>(take());
}

std::optional<Failure> Lexer::scan_number(int first, std::string& out) {
  if (first == '0') {
    if (peek() == 'x' || peek() == 'X') {
      out += '0';
      out += static_cast<char>(take());
      if (!is_hex(peek())) return error(out, "illegal hexadecimal number");
      while (is_hex(peek())) out += static_cast<char>(take());
      return std::nullopt;
    }
    if (is_digit(peek())) first = take();
  }
  scan_digits(first, out);
  if (peek() == '.') scan_digits(take(), out);
  if (peek() == 'e' || peek() == 'E') {
    out += static_cast<char>(take());
    if (peek() == '-' || peek() == '+') out += static_cast<char>(take());
    scan_digits(take(), out);
  }
  return std::nullopt;
}

std::optional<Failure> Lexer::scan_string(char quote, std::string& out) {
  for (int c = take(); c != quote; c = take()) {
    if (c == '\n' || c == kEnd) return error(out, "unterminated string");
    if (c == '\\') {
      scan_escape(out);
    } else {
      out += static_cast<char>(c);
    }
  }
  return std::nullopt;
}

void Lexer::scan_escape(std::string& out) {
  int c = take();
  switch (c) {
    case 'a': out += '\a'; return;
    case 'b': out += '\b'; return;
    case 'f': out += '\f'; return;
    case 'n': out += '\n'; return;
    case 'r': out += '\r'; return;
    case 't': out += '\t'; return;
    case 'v': out += '\v'; return;
    case kEnd: return;
    default: break;
  }
  if (!is_digit(c)) {
    out += static_cast<char>(c);
    return;
  }
  int value = c - '0';
  for (int i = 0; i < 2 && is_digit(peek()); ++i) value = value * 10 + (take() - '0');
  out += static_cast<char>(value & 0xFF);
}

// Stands behind the first bracket, before '=' or the second one.
std::optional<Failure> Lexer::scan_long_string(std::string& out) {
  int level = 0;
  int c = take();
  for (; c == '='; c = take()) ++level;
  if (c != '[') return error(as_character(c), "invalid multiline string");
  c = take();
  if (c == '\n') c = take();
  for (;;) {
    if (c == kEnd) return error(out, "unterminated multiline string");
    if (c != ']') {
      out += static_cast<char>(c);
      c = take();
      continue;
    }
    int closing = 0;
    for (c = take(); c == '='; c = take()) ++closing;
    if (closing == level && c == ']') return std::nullopt;
    out += ']';
    out.append(static_cast<std::size_t>(closing), '=');
  }
}

std::optional<Failure> Lexer::scan_symbol(int c, Lexeme& token) {
  auto followed = [&](char next, Token kind, std::string_view text) {
    if (peek() != next) return false;
    take();
    token.kind = kind;
    token.text = text;
    return true;
  };
  token.kind = Token::Symbol;
  token.symbol = static_cast<char>(c);
  token.text = std::string(1, static_cast<char>(c));
  switch (c) {
    case '=': followed('=', Token::Equal, "=="); return std::nullopt;
    case '<': followed('=', Token::LessEqual, "<="); return std::nullopt;
    case '>': followed('=', Token::GreaterEqual, ">="); return std::nullopt;
    case ':': followed(':', Token::DoubleColon, "::"); return std::nullopt;
    case '~':
      if (!followed('=', Token::NotEqual, "~=")) return error("~", "Invalid '~' token");
      return std::nullopt;
    case '.':
      if (peek() != '.') {
        // The reference leaves the text of a lone dot empty.
        token.text.clear();
        return std::nullopt;
      }
      take();
      token.kind = Token::Concat;
      token.text = "..";
      if (peek() != '.') return std::nullopt;
      take();
      token.kind = Token::Dots;
      token.text = "...";
      return std::nullopt;
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
    case '#':
    case '(':
    case ')':
    case '{':
    case '}':
    case '[':
    case ']':
    case ';':
    case ',': return std::nullopt;
    default: return error(std::string(1, static_cast<char>(c)), "Invalid token");
  }
}

Outcome<Lexeme> Lexer::next() {
  Lexeme token;
  int c = skip_blanks();
  while (c == '-' && peek() == '-') {
    take();
    if (auto failure = skip_comment()) return std::unexpected(std::move(*failure));
    c = skip_blanks();
  }
  token.line = position_.line;
  if (c == kEnd) {
    // The text of the last token stays: errors at the end name no token.
    last_.kind = Token::End;
    return token;
  }
  std::optional<Failure> failure;
  if (is_name_start(c)) {
    token.kind = Token::Name;
    token.text += static_cast<char>(c);
    while (is_name(peek())) token.text += static_cast<char>(take());
    for (const auto& [word, kind] : kWords) {
      if (word == token.text) token.kind = kind;
    }
  } else if (is_digit(c) || (c == '.' && is_digit(peek()))) {
    token.kind = Token::Number;
    failure = scan_number(c, token.text);
  } else if (c == '"' || c == '\'') {
    token.kind = Token::String;
    failure = scan_string(static_cast<char>(c), token.text);
  } else if (c == '[' && (peek() == '[' || peek() == '=')) {
    token.kind = Token::String;
    failure = scan_long_string(token.text);
  } else {
    failure = scan_symbol(c, token);
  }
  if (failure) return std::unexpected(std::move(*failure));
  last_ = token;
  return token;
}

}  // namespace lesto::lua
