#include "engines/cel/lexer.h"

#include <cctype>

namespace lesto::cel {
namespace {

bool ident_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool ident_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }

void append_rune(std::string& out, std::uint32_t rune) {
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (rune < 0x80) {
    put(rune);
  } else if (rune < 0x800) {
    put(0xc0 | rune >> 6), put(0x80 | (rune & 63));
  } else if (rune < 0x10000) {
    put(0xe0 | rune >> 12), put(0x80 | (rune >> 6 & 63)), put(0x80 | (rune & 63));
  } else {
    put(0xf0 | rune >> 18), put(0x80 | (rune >> 12 & 63)), put(0x80 | (rune >> 6 & 63)),
        put(0x80 | (rune & 63));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    std::vector<Token> out;
    while (true) {
      skip_blank();
      out.push_back(next());
      if (out.back().kind == TokenKind::End || out.back().kind == TokenKind::Bad) break;
    }
    if (out.back().kind == TokenKind::Bad) out.push_back({TokenKind::End, text_.size(), {}, {}});
    return out;
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_blank() {
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else if (c == '/' && peek(1) == '/') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  Token make(TokenKind kind, std::size_t begin, std::string value = {}) {
    return {kind, begin, text_.substr(begin, at_ - begin), std::move(value)};
  }

  Token next() {
    std::size_t begin = at_;
    if (at_ >= text_.size()) return make(TokenKind::End, begin);
    char c = text_[at_];
    if (std::size_t prefix = string_prefix(); prefix != std::string_view::npos)
      return string(prefix);
    if (ident_start(c)) {
      while (ident_part(peek())) ++at_;
      return make(TokenKind::Ident, begin);
    }
    if (c == '`') {
      ++at_;
      while (ident_part(peek()) || peek() == '.' || peek() == '-' || peek() == '/' || peek() == ' ')
        ++at_;
      if (peek() == '`' && at_ > begin + 1) {
        ++at_;
        return make(TokenKind::Quoted, begin,
                    std::string(text_.substr(begin + 1, at_ - begin - 2)));
      }
      return make(TokenKind::Bad, begin, "Syntax error: token recognition error at: '`'");
    }
    if (digit(c) || (c == '.' && digit(peek(1)))) return number();
    static constexpr std::string_view kSymbols[] = {
        "==", "!=", "<=", ">=", "&&", "||", ".?", "[?", "(", ")", "[", "]", "{",
        "}",  ".",  ",",  "?",  ":",  "<",  ">",  "+",  "-", "*", "/", "%", "!"};
    for (std::string_view symbol : kSymbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      // `a ? b` is no optional selection; `.?` and `[?` are only that when they stand together.
      at_ += symbol.size();
      return make(TokenKind::Symbol, begin);
    }
    return make(TokenKind::Bad, begin,
                "Syntax error: token recognition error at: '" + std::string(1, c) + "'");
  }

  // The length of r, b, br... when a string begins here.
  std::size_t string_prefix() const {
    std::size_t n = 0;
    bool raw = false, bytes = false;
    while (n < 2) {
      char c = peek(n);
      if ((c == 'r' || c == 'R') && !raw) {
        raw = true;
      } else if ((c == 'b' || c == 'B') && !bytes) {
        bytes = true;
      } else {
        break;
      }
      ++n;
    }
    return peek(n) == '"' || peek(n) == '\'' ? n : std::string_view::npos;
  }

  Token string(std::size_t prefix) {
    std::size_t begin = at_;
    bool raw = false, bytes = false;
    for (std::size_t i = 0; i < prefix; ++i) {
      raw = raw || peek(i) == 'r' || peek(i) == 'R';
      bytes = bytes || peek(i) == 'b' || peek(i) == 'B';
    }
    at_ += prefix;
    char mark = peek();
    bool triple = peek(1) == mark && peek(2) == mark;
    at_ += triple ? 3 : 1;
    std::string value;
    while (true) {
      if (at_ >= text_.size() || (!triple && (peek() == '\n' || peek() == '\r'))) {
        return make(TokenKind::Bad, begin,
                    "Syntax error: token recognition error at: '" +
                        std::string(text_.substr(begin, at_ - begin)) + "'");
      }
      if (peek() == mark && (!triple || (peek(1) == mark && peek(2) == mark))) {
        at_ += triple ? 3 : 1;
        return make(bytes ? TokenKind::Bytes : TokenKind::String, begin, std::move(value));
      }
      if (peek() != '\\' || raw) {
        value += text_[at_++];
        // A raw string keeps the backslash, and the mark behind it does not end it.
        if (raw && value.back() == '\\' && at_ < text_.size()) value += text_[at_++];
        continue;
      }
      if (!escape(value, bytes)) return make(TokenKind::Bad, begin, "invalid string literal");
    }
  }

  bool escape(std::string& value, bool bytes) {
    char c = peek(1);
    at_ += 2;
    static constexpr std::string_view kFrom = "abfnrtv\\?\"'`";
    static constexpr std::string_view kTo = "\a\b\f\n\r\t\v\\?\"'`";
    if (std::size_t known = kFrom.find(c); c != '\0' && known != std::string_view::npos) {
      value += kTo[known];
      return true;
    }
    if (c == 'x' || c == 'X') return coded(value, 2, 16, bytes);
    if (c == 'u' && !bytes) return coded(value, 4, 16, false);
    if (c == 'U' && !bytes) return coded(value, 8, 16, false);
    if (c < '0' || c > '3') return false;
    --at_;
    return coded(value, 3, 8, bytes);
  }

  bool coded(std::string& value, std::size_t count, std::uint32_t base, bool bytes) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < count; ++i) {
      char c = peek();
      std::uint32_t step = digit(c) ? static_cast<std::uint32_t>(c - '0')
                           : std::isxdigit(static_cast<unsigned char>(c))
                               ? static_cast<std::uint32_t>(std::tolower(c) - 'a') + 10
                               : 99;
      if (step >= base) return false;
      code = code * base + step;
      ++at_;
    }
    if (bytes) {
      value += static_cast<char>(code);
      return code < 256;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    append_rune(value, code);
    return true;
  }

  Token number() {
    std::size_t begin = at_;
    bool real = false;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') &&
        std::isxdigit(static_cast<unsigned char>(peek(2)))) {
      at_ += 2;
      while (std::isxdigit(static_cast<unsigned char>(peek()))) ++at_;
    } else {
      while (digit(peek())) ++at_;
      if (peek() == '.' && digit(peek(1))) {
        real = true;
        ++at_;
        while (digit(peek())) ++at_;
      }
      std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if ((peek() == 'e' || peek() == 'E') && digit(peek(sign))) {
        real = true;
        at_ += sign;
        while (digit(peek())) ++at_;
      }
    }
    if (real) return make(TokenKind::Double, begin);
    if (peek() == 'u' || peek() == 'U') {
      ++at_;
      return make(TokenKind::Uint, begin);
    }
    return make(TokenKind::Int, begin);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Lexer(text).run(); }

}  // namespace lesto::cel
