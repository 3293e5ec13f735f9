#include "engines/gotemplate/lexer.h"

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kLeft = "{{";
constexpr std::string_view kRight = "}}";
constexpr std::string_view kBlanks = " \t\r\n";
// The marker and the blank beside it.
constexpr std::size_t kTrimMarker = 2;

bool blank(char32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool word_letter(char32_t c) {
  if (c < 0x80) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  return c != 0xFFFFFFFF && (is_letter(c) || is_digit(c));
}
bool left_trims(std::string_view text) {
  return text.size() >= 2 && text[0] == '-' && blank(static_cast<unsigned char>(text[1]));
}
bool right_trims(std::string_view text) {
  return text.size() >= 2 && blank(static_cast<unsigned char>(text[0])) && text[1] == '-';
}
std::size_t leading_blanks(std::string_view text) {
  std::size_t at = text.find_first_not_of(kBlanks);
  return at == text.npos ? text.size() : at;
}
std::size_t trailing_blanks(std::string_view text) {
  std::size_t at = text.find_last_not_of(kBlanks);
  return at == text.npos ? text.size() : text.size() - at - 1;
}
std::uint32_t lines(std::string_view text) {
  return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

ItemType keyword(std::string_view word) {
  switch (word.size()) {
    case 2: return word == "if" ? ItemType::If : ItemType::Error;
    case 3: return word == "end" ? ItemType::End : word == "nil" ? ItemType::Nil : ItemType::Error;
    case 4:
      return word == "else" ? ItemType::Else : word == "with" ? ItemType::With : ItemType::Error;
    case 5:
      return word == "range"   ? ItemType::Range
             : word == "block" ? ItemType::Block
             : word == "break" ? ItemType::Break
                               : ItemType::Error;
    case 6: return word == "define" ? ItemType::Define : ItemType::Error;
    case 8:
      return word == "template"   ? ItemType::Template
             : word == "continue" ? ItemType::Continue
                                  : ItemType::Error;
    default: return ItemType::Error;
  }
}

}  // namespace

std::string describe_rune(char32_t code) {
  if (code == 0xFFFFFFFF) return "U+FFFFFFFFFFFFFFFF";
  char digits[16];
  std::snprintf(digits, sizeof digits, "U+%04X", static_cast<unsigned>(code));
  std::string out = digits;
  if (is_print(code)) {
    out += " '";
    append_rune(out, code);
    out += '\'';
  }
  return out;
}

std::string Item::describe() const {
  if (type == ItemType::Eof) return "EOF";
  if (type == ItemType::Error) return std::string(text);
  if (type >= ItemType::Block) return "<" + std::string(text) + ">";
  if (text.size() <= 10) return quoted(text);
  // fmt's precision cuts characters, not bytes.
  std::string_view left = text;
  for (int i = 0; i < 10 && !left.empty(); ++i) left.remove_prefix(decode_rune(left).size);
  return quoted(text.substr(0, text.size() - left.size())) + "...";
}

char32_t Lexer::read() {
  if (position_ >= input_.size()) {
    width_ = 0;
    return kEof;
  }
  auto first = static_cast<unsigned char>(input_[position_]);
  Rune rune = first < 0x80 ? Rune{first, 1} : decode_rune(rest());
  width_ = rune.size;
  position_ += width_;
  if (rune.code == '\n') ++line_;
  return rune.code;
}

void Lexer::back() {
  position_ -= width_;
  if (width_ == 1 && input_[position_] == '\n') --line_;
  width_ = 0;
}

char32_t Lexer::peek() const {
  if (position_ >= input_.size()) return kEof;
  return decode_rune(rest()).code;
}

bool Lexer::accept(std::string_view valid) {
  char32_t c = read();
  if (c < 0x80 && valid.find(static_cast<char>(c)) != valid.npos) return true;
  back();
  return false;
}

void Lexer::accept_run(std::string_view valid) {
  while (accept(valid)) {
  }
}

Item Lexer::this_item(ItemType type) {
  Item item{type, static_cast<std::uint32_t>(start_), start_line_,
            input_.substr(start_, position_ - start_)};
  start_ = position_;
  start_line_ = line_;
  return item;
}

void Lexer::ignore() {
  line_ += lines(input_.substr(start_, position_ - start_));
  start_ = position_;
  start_line_ = line_;
}

Lexer::State Lexer::fail(std::string message) {
  error_ = std::move(message);
  item_ = {ItemType::Error, static_cast<std::uint32_t>(start_), start_line_, error_};
  start_ = position_ = 0;
  input_ = {};
  return State::Done;
}

Item Lexer::next() {
  item_ = {ItemType::Eof, static_cast<std::uint32_t>(position_), start_line_, "EOF"};
  State state = inside_ ? State::Action : State::Text;
  while (state != State::Done) {
    switch (state) {
      case State::Text: state = text(); break;
      case State::LeftDelim: state = left_delim(); break;
      case State::Comment: state = comment(); break;
      case State::RightDelim: state = right_delim(); break;
      case State::Action: state = action(); break;
      case State::Done: break;
    }
  }
  return item_;
}

Lexer::State Lexer::text() {
  std::size_t at = input_.find(kLeft, position_);
  if (at == input_.npos) {
    position_ = input_.size();
    if (position_ > start_) {
      line_ += lines(input_.substr(start_));
      emit(ItemType::Text);
    } else {
      emit(ItemType::Eof);
    }
    return State::Done;
  }
  if (at > position_) {
    position_ = at;
    std::size_t trimmed = 0;
    if (left_trims(input_.substr(position_ + kLeft.size()))) {
      trimmed = trailing_blanks(input_.substr(start_, position_ - start_));
    }
    position_ -= trimmed;
    line_ += lines(input_.substr(start_, position_ - start_));
    Item item = this_item(ItemType::Text);
    position_ += trimmed;
    ignore();
    if (!item.text.empty()) {
      item_ = item;
      return State::Done;
    }
  }
  return State::LeftDelim;
}

Lexer::State Lexer::left_delim() {
  position_ += kLeft.size();
  std::size_t marker = left_trims(rest()) ? kTrimMarker : 0;
  if (input_.substr(position_ + marker).starts_with("/*")) {
    position_ += marker;
    ignore();
    return State::Comment;
  }
  Item item = this_item(ItemType::LeftDelim);
  inside_ = true;
  position_ += marker;
  ignore();
  parens_ = 0;
  item_ = item;
  return State::Done;
}

Lexer::State Lexer::comment() {
  position_ += 2;
  std::size_t at = input_.find("*/", position_);
  if (at == input_.npos) return fail("unclosed comment");
  position_ = at + 2;
  bool trim = false;
  if (!at_right_delim(trim)) return fail("comment ends before closing delimiter");
  line_ += lines(input_.substr(start_, position_ - start_));
  this_item(ItemType::Text);
  if (trim) position_ += kTrimMarker;
  position_ += kRight.size();
  if (trim) position_ += leading_blanks(rest());
  ignore();
  return State::Text;
}

bool Lexer::at_right_delim(bool& trim) const {
  std::string_view left = rest();
  trim = right_trims(left) && left.substr(kTrimMarker).starts_with(kRight);
  return trim || left.starts_with(kRight);
}

Lexer::State Lexer::right_delim() {
  bool trim = false;
  at_right_delim(trim);
  if (trim) {
    position_ += kTrimMarker;
    ignore();
  }
  position_ += kRight.size();
  Item item = this_item(ItemType::RightDelim);
  if (trim) {
    position_ += leading_blanks(rest());
    ignore();
  }
  inside_ = false;
  item_ = item;
  return State::Done;
}

Lexer::State Lexer::action() {
  bool trim = false;
  if (at_right_delim(trim)) {
    if (parens_ == 0) return State::RightDelim;
    return fail("unclosed left paren");
  }
  char32_t c = read();
  if (c == kEof) return fail("unclosed action");
  if (blank(c)) {
    back();
    return space();
  }
  switch (c) {
    case '=': emit(ItemType::Assign); return State::Done;
    case '|': emit(ItemType::Pipe); return State::Done;
    case ':':
      if (read() != '=') return fail("expected :=");
      emit(ItemType::Declare);
      return State::Done;
    case '"': return quote('"', ItemType::String, "unterminated quoted string");
    case '\'': return quote('\'', ItemType::CharConstant, "unterminated character constant");
    case '`': return raw_quote();
    case '$': return field_or_variable(ItemType::Variable);
    case '(':
      ++parens_;
      emit(ItemType::LeftParen);
      return State::Done;
    case ')':
      if (--parens_ < 0) return fail("unexpected right paren");
      emit(ItemType::RightParen);
      return State::Done;
    case '.':
      if (position_ < input_.size() && (input_[position_] < '0' || input_[position_] > '9')) {
        return field_or_variable(ItemType::Field);
      }
      back();
      return number();
    default: break;
  }
  if (c == '+' || c == '-' || (c >= '0' && c <= '9')) {
    back();
    return number();
  }
  if (word_letter(c)) {
    back();
    return identifier();
  }
  if (c < 0x80 && is_print(c)) {
    emit(ItemType::Char);
    return State::Done;
  }
  return fail("unrecognized character in action: " + describe_rune(c));
}

Lexer::State Lexer::space() {
  std::size_t count = 0;
  while (blank(peek())) {
    read();
    ++count;
  }
  // The last blank may belong to a trim marker.
  std::string_view left = input_.substr(position_ - 1);
  if (right_trims(left) && left.substr(kTrimMarker).starts_with(kRight)) {
    back();
    if (count == 1) return State::RightDelim;
  }
  emit(ItemType::Space);
  return State::Done;
}

Lexer::State Lexer::identifier() {
  char32_t c = read();
  while (word_letter(c)) c = read();
  back();
  if (!at_terminator()) return fail("bad character " + describe_rune(c));
  std::string_view word = input_.substr(start_, position_ - start_);
  ItemType known = keyword(word);
  if (known != ItemType::Error) {
    emit(known);
  } else if (word == "true" || word == "false") {
    emit(ItemType::Bool);
  } else {
    emit(ItemType::Identifier);
  }
  return State::Done;
}

Lexer::State Lexer::field_or_variable(ItemType type) {
  if (at_terminator()) {
    emit(type == ItemType::Variable ? type : ItemType::Dot);
    return State::Done;
  }
  char32_t c = read();
  while (word_letter(c)) c = read();
  back();
  if (!at_terminator()) return fail("bad character " + describe_rune(c));
  emit(type);
  return State::Done;
}

bool Lexer::at_terminator() const {
  char32_t c = peek();
  if (blank(c)) return true;
  switch (c) {
    case kEof:
    case '.':
    case ',':
    case '|':
    case ':':
    case ')':
    case '(': return true;
    default: return rest().starts_with(kRight);
  }
}

Lexer::State Lexer::quote(char end, ItemType type, const char* unterminated) {
  for (;;) {
    char32_t c = read();
    if (c == static_cast<char32_t>(end)) break;
    if (c == '\\') {
      c = read();
      if (c != kEof && c != '\n') continue;
    }
    if (c == kEof || c == '\n') return fail(unterminated);
  }
  emit(type);
  return State::Done;
}

Lexer::State Lexer::raw_quote() {
  for (;;) {
    char32_t c = read();
    if (c == '`') break;
    if (c == kEof) return fail("unterminated raw quoted string");
  }
  emit(ItemType::RawString);
  return State::Done;
}

Lexer::State Lexer::number() {
  auto bad = [this] {
    return "bad number syntax: " + quoted(input_.substr(start_, position_ - start_));
  };
  if (!scan_number()) return fail(bad());
  char32_t sign = peek();
  if (sign == '+' || sign == '-') {
    if (!scan_number() || input_[position_ - 1] != 'i') return fail(bad());
    emit(ItemType::Complex);
  } else {
    emit(ItemType::Number);
  }
  return State::Done;
}

bool Lexer::scan_number() {
  accept("+-");
  std::string_view digits = "0123456789_";
  bool decimal = true;
  bool hex = false;
  if (accept("0")) {
    if (accept("xX")) {
      digits = "0123456789abcdefABCDEF_";
      hex = true;
    } else if (accept("oO")) {
      digits = "01234567_";
    } else if (accept("bB")) {
      digits = "01_";
    }
    decimal = digits.size() == 11;
  }
  accept_run(digits);
  if (accept(".")) accept_run(digits);
  if ((decimal && accept("eE")) || (hex && accept("pP"))) {
    accept("+-");
    accept_run("0123456789_");
  }
  accept("i");
  if (word_letter(peek())) {
    read();
    return false;
  }
  return true;
}

}  // namespace lesto::gotemplate
