#include "foundation/json/scan.h"

#include <vector>

#include "foundation/json/text.h"
#include "foundation/json/utf8.h"

namespace lesto::json {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Go's unicode.IsPrint, without its gaps of unassigned characters.
bool is_print(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD) return false;
  if (c >= 0x2000 && c <= 0x200F) return false;
  if ((c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0x1680)
    return false;
  if ((c >= 0xD800 && c <= 0xF8FF) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
      (c & 0xFFFE) == 0xFFFE)
    return false;
  return c < 0xE0000 || (c >= 0xE0100 && c <= 0xE01EF);
}

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
    out += "0123456789abcdef"[value >> shift & 15];
}

void append_quoted(std::string& out, const Rune& rune, unsigned char byte) {
  if (!rune.valid) {
    out += "\\x";
    return append_hex(out, byte, 2);
  }
  constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\\"";
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  auto escaped =
      rune.value < 0x80 ? kEscaped.find(static_cast<char>(rune.value)) : std::string_view::npos;
  if (escaped != std::string_view::npos) {
    out += '\\';
    out += kLetters[escaped];
  } else if (is_print(rune.value)) {
    append_utf8(out, rune.value);
  } else if (rune.value < ' ' || rune.value == 0x7F) {
    out += "\\x";
    append_hex(out, rune.value, 2);
  } else if (rune.value < 0x10000) {
    out += "\\u";
    append_hex(out, rune.value, 4);
  } else {
    out += "\\U";
    append_hex(out, rune.value, 8);
  }
}

// Reads one value without recursion. The end of the text counts as a blank, as in Go, so that an
// unfinished literal is reported as broken by a blank.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Where the value ends; nothing when there is a problem.
  std::optional<std::size_t> value() {
    skip_blanks();
    while (true) {
      if (!begin_value()) return std::nullopt;
      if (!end_values()) return std::nullopt;
      if (open_.empty()) return at_;
    }
  }

  // Only blanks may follow.
  bool finish() {
    skip_blanks();
    return at_ == text_.size() || complain("after top-level value");
  }

  std::optional<SyntaxProblem> problem;

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool done() const { return at_ >= text_.size(); }
  char current() const { return done() ? ' ' : text_[at_]; }

  bool complain(std::string_view context) {
    if (problem) return false;
    auto byte = static_cast<unsigned char>(current());
    std::string shown;
    if (byte == '\'') {
      shown = "\\'";
    } else if (byte == '"') {
      shown = "\"";
    } else {
      append_quoted(shown, {byte, 1, true}, byte);
    }
    problem = SyntaxProblem{at_ + (done() ? 0 : 1),
                            "invalid character '" + shown + "' " + std::string(context), done()};
    return false;
  }
  bool ended() {
    problem = SyntaxProblem{text_.size(), "unexpected end of JSON input", true};
    return false;
  }

  // Reads a scalar, or opens collections until one is empty or a scalar comes.
  bool begin_value() {
    while (true) {
      skip_blanks();
      if (done()) return ended();
      char c = current();
      if (c != '{' && c != '[') return scalar(c);
      if (open_.size() >= kDepthMax) return complain("exceeded max depth");
      open_.push_back(c);
      ++at_;
      skip_blanks();
      if (done()) return ended();
      if (current() == (c == '{' ? '}' : ']')) {
        ++at_;
        open_.pop_back();
        return true;
      }
      if (c == '{' && !key()) return false;
    }
  }

  // Behind a value: closes collections, or goes on to the next value.
  bool end_values() {
    while (!open_.empty()) {
      skip_blanks();
      if (done()) return ended();
      bool object = open_.back() == '{';
      char c = current();
      if (c == ',') {
        ++at_;
        return !object || key();
      }
      if (c != (object ? '}' : ']'))
        return complain(object ? "after object key:value pair" : "after array element");
      ++at_;
      open_.pop_back();
    }
    return true;
  }

  bool key() {
    skip_blanks();
    if (done()) return ended();
    if (current() != '"') return complain("looking for beginning of object key string");
    if (!string()) return false;
    skip_blanks();
    if (done()) return ended();
    if (current() != ':') return complain("after object key");
    ++at_;
    return true;
  }

  bool scalar(char c) {
    if (c == '"') return string();
    if (c == 't') return literal("true");
    if (c == 'f') return literal("false");
    if (c == 'n') return literal("null");
    if (c == '-' || is_digit(c)) return number();
    return complain("looking for beginning of value");
  }

  bool literal(std::string_view word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      ++at_;
      if (current() == word[i]) continue;
      return complain("in literal " + std::string(word) + " (expecting '" + word[i] + "')");
    }
    ++at_;
    return true;
  }

  bool number() {
    if (current() == '-') ++at_;
    if (!is_digit(current())) return complain("in numeric literal");
    if (current() == '0') {
      ++at_;
    } else {
      while (is_digit(current())) ++at_;
    }
    if (current() == '.') {
      ++at_;
      if (!is_digit(current())) return complain("after decimal point in numeric literal");
      while (is_digit(current())) ++at_;
    }
    if (current() == 'e' || current() == 'E') {
      ++at_;
      if (current() == '+' || current() == '-') ++at_;
      if (!is_digit(current())) return complain("in exponent of numeric literal");
      while (is_digit(current())) ++at_;
    }
    return true;
  }

  bool string() {
    for (++at_; !done(); ++at_) {
      char c = current();
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return complain("in string literal");
      if (c != '\\') continue;
      ++at_;
      if (current() == 'u') {
        for (int i = 0; i < 4; ++i) {
          ++at_;
          if (!is_hex(current())) return complain("in \\u hexadecimal character escape");
        }
      } else if (std::string_view("bfnrt\\/\"").find(current()) == std::string_view::npos) {
        return complain("in string escape code");
      }
    }
    return ended();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string open_;
};

}  // namespace

std::optional<SyntaxProblem> find_syntax_problem(std::string_view text) {
  Scanner scanner(text);
  if (scanner.value()) scanner.finish();
  return scanner.problem;
}

ScannedValue scan_value(std::string_view text) {
  ScannedValue scanned;
  while (scanned.begin < text.size() && is_blank(text[scanned.begin])) ++scanned.begin;
  scanned.end = scanned.begin;
  if (scanned.begin == text.size()) return scanned;
  Scanner scanner(text);
  if (auto end = scanner.value()) {
    scanned.end = *end;
  } else {
    scanned.problem = scanner.problem;
  }
  return scanned;
}

std::string go_quote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    Rune rune = rune_at(text, i);
    append_quoted(out, rune, static_cast<unsigned char>(text[i]));
    i += rune.size;
  }
  return out + '"';
}

}  // namespace lesto::json
