#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/toml.h"
#include "engines/gotemplate/toml_text.h"
#include "engines/gotemplate/toml_tree.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

constexpr char32_t kEnd = 0xFFFFFFFF;

bool blank(char32_t c) { return c == ' ' || c == '\t'; }
bool line_break(char32_t c) { return c == '\n' || c == '\r'; }
bool digit(char32_t c) { return c >= '0' && c <= '9'; }
bool hex_digit(char32_t c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool bare(char32_t c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || digit(c) || c == '_' || c == '-';
}

// A character as %q shows it; the end of the text is NUL.
std::string shown(char32_t c) {
  std::string out;
  append_quoted_rune(out, c == kEnd ? 0 : c);
  return out;
}
std::string plain(char32_t c) {
  if (c == kEnd) return "end of file";
  std::string out = "'";
  append_rune(out, c);
  return out + "'";
}

// Reads a text from its start to its end. The first error wins; after it everything fails.
class Reader {
 public:
  Reader(std::string_view text, Heap& heap) : text_(text), heap_(heap) {}

  std::expected<Value, std::string> read();

 private:
  bool failed() const { return !error_.empty(); }
  std::nullptr_t fail(std::string_view message, std::size_t line);
  std::nullptr_t fail(std::string_view message) { return fail(message, line_); }
  std::string current() const;

  char32_t peek() const;
  char32_t next();
  bool take(std::string_view wanted);
  void skip_blanks() {
    while (blank(peek())) next();
  }
  // Blanks, line breaks and comments.
  void skip_lines();
  bool comment();

  bool top();
  bool table_header();
  bool line_end();
  bool key_value();
  bool key(TomlKey& out);
  bool key_part(std::string& out);
  bool quoted_key(std::string& out);

  TomlNode* value(bool in_array, std::size_t depth);
  TomlNode* array(std::size_t depth);
  TomlNode* inline_table(bool in_array, std::size_t depth);
  TomlNode* number_or_date();
  TomlNode* signed_number();
  TomlNode* word();
  TomlNode* integer(std::string_view text);
  TomlNode* floating(std::string_view text);
  TomlNode* date(std::string_view text);
  TomlNode* scalar(const Value& value) {
    TomlNode* node = tree_.make(TomlNode::Kind::Scalar);
    node->scalar = value;
    return node;
  }
  bool string(std::string& out);
  bool multi_line_string(std::string& out);
  bool raw_string(std::string& out);
  bool multi_line_raw_string(std::string& out);
  bool escape(std::string& out, bool multi_line);
  std::string_view run(bool (*fits)(char32_t));

  Value built(const TomlNode& node);

  std::string_view text_;
  Heap& heap_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t key_line_ = 1;
  TomlTree tree_;
  std::string key_;
  std::string error_;
};

std::string Reader::current() const {
  std::string context = toml_key_text(tree_.context);
  if (key_.empty()) return context;
  return context.empty() ? key_ : context + "." + key_;
}

std::nullptr_t Reader::fail(std::string_view message, std::size_t line) {
  if (failed()) return nullptr;
  error_ = "toml: line " + std::to_string(line);
  std::string last = current();
  if (!last.empty()) error_ += " (last key " + quoted(last) + ")";
  error_ += ": ";
  error_ += message;
  return nullptr;
}

char32_t Reader::peek() const { return at_ >= text_.size() ? kEnd : decode_rune(text_.substr(at_)).code; }

char32_t Reader::next() {
  if (at_ >= text_.size()) return kEnd;
  Rune rune = decode_rune(text_.substr(at_));
  if (rune.wrong()) {
    char message[40];
    std::snprintf(message, sizeof message, "invalid UTF-8 byte: 0x%02x", static_cast<unsigned char>(text_[at_]));
    fail(message);
  }
  bool lone_return = rune.code == '\r' && !(at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  bool control = (rune.code < 0x20 && rune.code != '\t' && !line_break(rune.code)) || rune.code == 0x7F;
  if (lone_return || control) {
    char message[64];
    std::snprintf(message, sizeof message, "TOML files cannot contain control characters: '0x%02x'",
                  static_cast<unsigned>(rune.code));
    fail(message);
  }
  if (rune.code == '\n') ++line_;
  at_ += rune.size;
  return rune.code;
}

bool Reader::take(std::string_view wanted) {
  if (!text_.substr(at_).starts_with(wanted)) return false;
  at_ += wanted.size();
  return true;
}

bool Reader::comment() {
  if (peek() != '#') return false;
  while (peek() != kEnd && !line_break(peek()) && !failed()) next();
  return true;
}

void Reader::skip_lines() {
  while (!failed() && (blank(peek()) || line_break(peek()) || comment())) {
    if (blank(peek()) || line_break(peek())) next();
  }
}

std::expected<Value, std::string> Reader::read() {
  for (std::string_view mark : {"\xFF\xFE", "\xFE\xFF", "\xEF\xBB\xBF"}) {
    if (text_.starts_with(mark)) {
      text_.remove_prefix(mark.size());
      break;
    }
  }
  if (text_.substr(0, 6).find('\0') != text_.npos) {
    return std::unexpected(
        "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8");
  }
  while (top()) {}
  if (failed()) return std::unexpected(error_);
  return built(*tree_.root());
}

bool Reader::top() {
  skip_lines();
  if (failed() || peek() == kEnd) return false;
  if (peek() == '[') {
    next();
    return table_header() && line_end();
  }
  return key_value() && line_end();
}

bool Reader::line_end() {
  skip_blanks();
  comment();
  if (failed()) return false;
  char32_t c = peek();
  if (c == kEnd || line_break(c)) return true;
  fail("expected a top-level item to end with a newline, comment, or EOF, but got " + shown(c) + " instead");
  return false;
}

bool Reader::table_header() {
  bool array = peek() == '[';
  if (array) next();
  TomlKey name;
  for (;;) {
    skip_blanks();
    char32_t c = peek();
    if (c == ']' || c == kEnd) {
      fail("unexpected end of table name (table names cannot be empty)");
      return false;
    }
    if (c == '.') {
      fail("unexpected table separator (table names cannot be empty)");
      return false;
    }
    std::string part;
    if (!key_part(part)) return false;
    if (name.empty()) key_line_ = line_;
    name.push_back(std::move(part));
    skip_blanks();
    c = next();
    if (failed()) return false;
    if (c == ']') break;
    if (c != '.') {
      fail("expected '.' or ']' to end table name, but got " + shown(c) + " instead");
      return false;
    }
  }
  if (array) {
    char32_t c = next();
    if (c != ']') {
      fail("expected end of table array name delimiter ']', but got " + shown(c) + " instead");
      return false;
    }
  }
  // Errors name the line and not the table before.
  TomlKey before = tree_.context;
  std::string wrong = tree_.enter(name, array);
  if (wrong.empty()) return true;
  fail(wrong, key_line_);
  return false;
}

bool Reader::key_part(std::string& out) {
  if (peek() == '"' || peek() == '\'') return quoted_key(out);
  while (bare(peek())) append_rune(out, next());
  return !failed();
}

bool Reader::quoted_key(std::string& out) { return next() == '"' ? string(out) : raw_string(out); }

bool Reader::key(TomlKey& out) {
  skip_blanks();
  char32_t c = peek();
  if (c == '=' || c == kEnd) {
    fail("unexpected '=': key name appears blank");
    return false;
  }
  if (c == '.') {
    fail("unexpected '.': keys cannot start with a '.'");
    return false;
  }
  for (;;) {
    skip_blanks();
    c = peek();
    if (c == '=' || c == kEnd || c == '.') {
      fail(c == '.' ? "unexpected '.'" : "unexpected '='");
      return false;
    }
    std::string part;
    if (!key_part(part)) return false;
    if (out.empty()) key_line_ = line_;
    out.push_back(std::move(part));
    skip_blanks();
    std::size_t line = line_;
    c = next();
    if (failed()) return false;
    if (c == '=') return true;
    if (c == kEnd) {
      fail("unexpected EOF; expected key separator '='");
      return false;
    }
    if (c != '.') {
      fail("expected '.' or '=', but got " + shown(c) + " instead", line);
      return false;
    }
  }
}

bool Reader::key_value() {
  TomlKey outer = tree_.context;
  TomlKey name;
  if (!key(name)) return false;
  key_ = name.back();
  for (std::size_t i = 0; i + 1 < name.size(); ++i) {
    TomlKey inner = tree_.context;
    inner.push_back(name[i]);
    if (std::string wrong = tree_.enter_implicit(inner); !wrong.empty()) {
      fail(wrong, key_line_);
      return false;
    }
  }
  TomlNode* node = value(false, 0);
  if (!node) return false;
  if (std::string wrong = tree_.set(key_, node); !wrong.empty()) {
    fail(wrong, key_line_);
    return false;
  }
  if (node->kind != TomlNode::Kind::Array) tree_.unmark_array(key_);
  tree_.context = outer;
  key_.clear();
  return true;
}

TomlNode* Reader::value(bool in_array, std::size_t depth) {
  if (depth > kTomlDepth) return fail("arrays and tables are nested too deeply");
  skip_blanks();
  std::string text;
  std::size_t line = line_;
  char32_t c = peek();
  if (digit(c)) return number_or_date();
  if (is_letter(c == kEnd ? 0 : c)) return word();
  next();
  if (failed()) return nullptr;
  switch (c) {
    case '[': return array(depth);
    case '{': return inline_table(in_array, depth);
    case '"':
      if (take("\"\"") ? !multi_line_string(text) : !string(text)) return nullptr;
      return scalar(heap_.text(text));
    case '\'':
      if (take("''") ? !multi_line_raw_string(text) : !raw_string(text)) return nullptr;
      return scalar(heap_.text(text));
    case '.': return fail("floats must start with a digit, not '.'");
    case '-': case '+': return signed_number();
    case kEnd: return fail("unexpected EOF; expected value");
    default: return fail("expected value but found " + shown(c) + " instead", line);
  }
}

TomlNode* Reader::array(std::size_t depth) {
  tree_.mark_array(key_);
  TomlNode* node = tree_.make(TomlNode::Kind::Array);
  for (;;) {
    skip_lines();
    if (failed()) return nullptr;
    if (peek() == ',') return fail("unexpected comma");
    if (peek() == ']') break;
    TomlNode* item = value(true, depth + 1);
    if (!item) return nullptr;
    node->items.push_back(item);
    skip_lines();
    if (failed()) return nullptr;
    char32_t c = peek();
    if (c == ']') break;
    if (c != ',') return fail("expected a comma (',') or array terminator (']'), but got " + plain(c));
    next();
  }
  next();
  return node;
}

TomlNode* Reader::inline_table(bool in_array, std::size_t depth) {
  TomlNode* node = tree_.make(TomlNode::Kind::Table);
  TomlKey outer = tree_.context;
  std::string outer_key = key_;
  TomlKey inner = outer;
  inner.push_back(key_);
  key_.clear();
  tree_.context = inner;
  tree_.mark_implicit(inner);
  if (std::string wrong = tree_.enter(inner, in_array); !wrong.empty()) return fail(wrong, key_line_);
  for (;;) {
    skip_lines();
    if (failed()) return nullptr;
    if (peek() == ',') return fail("unexpected comma");
    if (peek() == '}') break;
    TomlKey name;
    if (!key(name)) return nullptr;
    key_ = name.back();
    for (std::size_t i = 0; i + 1 < name.size(); ++i) {
      TomlKey implied = tree_.context;
      implied.push_back(name[i]);
      if (std::string wrong = tree_.enter_implicit(implied); !wrong.empty()) return fail(wrong, key_line_);
    }
    TomlNode* item = value(false, depth + 1);
    if (!item) return nullptr;
    if (std::string wrong = tree_.set(key_, item); !wrong.empty()) return fail(wrong, key_line_);
    TomlNode* into = node;
    for (std::size_t i = 0; i + 1 < name.size(); ++i) {
      auto found = into->table.find(name[i]);
      if (found == into->table.end()) {
        found = into->table.emplace(name[i], tree_.make(TomlNode::Kind::Table)).first;
      }
      into = found->second;
      if (into->kind != TomlNode::Kind::Table) return fail(quoted(toml_key_text(inner)) + " is not a table", key_line_);
    }
    into->table[key_] = item;
    tree_.context = inner;
    key_.clear();
    skip_lines();
    if (failed()) return nullptr;
    char32_t c = peek();
    if (c == '}') break;
    if (c != ',') return fail("expected a comma or an inline table terminator '}', but got " + plain(c) + " instead");
    next();
  }
  next();
  tree_.context = outer;
  key_ = outer_key;
  return node;
}

Value Reader::built(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::Scalar: return node.scalar;
    case TomlNode::Kind::Array: case TomlNode::Kind::Tables: {
      std::vector<Value> items;
      for (const TomlNode* item : node.items) items.push_back(built(*item));
      return heap_.list(items, node.kind == TomlNode::Kind::Array ? Type::List : Type::Maps);
    }
    case TomlNode::Kind::Table: break;
  }
  MapNode* map = heap_.new_map(node.table.size());
  for (const auto& [name, item] : node.table) heap_.set(map, heap_.copy(name), built(*item));
  return Value::of_map(map);
}

std::string_view Reader::run(bool (*fits)(char32_t)) {
  std::size_t start = at_;
  while (at_ < text_.size() && fits(static_cast<unsigned char>(text_[at_]))) ++at_;
  return text_.substr(start, at_ - start);
}

TomlNode* Reader::number_or_date() {
  std::size_t start = at_;
  auto taken = [&] { return text_.substr(start, at_ - start); };
  auto more = [](char32_t c) { return digit(c) || c == '_'; };
  if (text_[at_] == '0' && at_ + 1 < text_.size()) {
    char base = text_[at_ + 1];
    if (base == 'b' || base == 'o' || base == 'x') {
      at_ += 2;
      char32_t c = peek();
      bool good = base == 'b' ? c == '0' || c == '1' : base == 'o' ? c >= '0' && c <= '7' : hex_digit(c);
      if (!good) {
        const char* what = base == 'b' ? "not a binary number: '" : base == 'o' ? "not an octal number: '"
                                                                                 : "not a hexadecimal number: '";
        std::string message = what + std::string(taken());
        append_rune(message, c == kEnd ? 0 : c);
        return fail(message + "'");
      }
      run(base == 'b' ? [](char32_t d) { return d == '0' || d == '1' || d == '_'; }
          : base == 'o' ? [](char32_t d) { return (d >= '0' && d <= '7') || d == '_'; }
                        : [](char32_t d) { return hex_digit(d) || d == '_'; });
      return integer(taken());
    }
  }
  run(digit);
  char32_t c = peek();
  if (c == '-' || c == ':') {
    run([](char32_t d) {
      return digit(d) || d == '-' || d == ':' || d == 'T' || d == 't' || d == ' ' || d == '.' || d == 'Z' || d == 'z' ||
             d == '+';
    });
    std::string_view text = taken();
    while (text.ends_with(' ')) text.remove_suffix(1);
    return date(text);
  }
  if (c == '_') run(more);
  c = peek();
  if (c == '.' || c == 'e' || c == 'E') {
    run([](char32_t d) {
      return digit(d) || d == '_' || d == '.' || d == '-' || d == '+' || d == 'e' || d == 'E';
    });
    return floating(taken());
  }
  return integer(taken());
}

// After a sign.
TomlNode* Reader::signed_number() {
  std::size_t start = at_ - 1;
  auto taken = [&] { return text_.substr(start, at_ - start); };
  char32_t c = next();
  if (failed()) return nullptr;
  if (c == 'i' || c == 'n') {
    std::string_view rest = c == 'i' ? "nf" : "an";
    if (!take(rest)) return fail("invalid float: '" + std::string(taken()) + "'");
    return floating(taken());
  }
  if (c == '0' && (peek() == 'b' || peek() == 'o' || peek() == 'x')) {
    return fail("cannot use sign with non-decimal numbers: '" + std::string(taken()) + static_cast<char>(peek()) + "'");
  }
  if (c == '.') return fail("floats must start with a digit, not '.'");
  if (c == kEnd || !digit(c)) return fail("expected a digit but got " + shown(c));
  run([](char32_t d) { return digit(d) || d == '_'; });
  c = peek();
  if (c != '.' && c != 'e' && c != 'E') return integer(taken());
  run([](char32_t d) { return digit(d) || d == '_' || d == '.' || d == '-' || d == '+' || d == 'e' || d == 'E'; });
  return floating(taken());
}

// true, false, inf, nan.
TomlNode* Reader::word() {
  if (take("inf")) return floating("inf");
  if (take("nan")) return floating("nan");
  std::size_t start = at_;
  while (peek() != kEnd && is_letter(peek()) && !failed()) next();
  std::string_view text = text_.substr(start, at_ - start);
  if (failed()) return nullptr;
  if (text == "true" || text == "false") return scalar(Value::of_bool(text == "true"));
  return fail("expected value but found " + quoted(text) + " instead");
}

bool underscores_fit(std::string_view text) {
  bool accept = false;
  for (char c : text) {
    if (c == '_' && !accept) return false;
    accept = hex_digit(static_cast<unsigned char>(c));
  }
  return accept;
}

bool leading_zero(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && text[1] != 'b' && text[1] != 'o' && text[1] != 'x') return true;
  return text.size() > 2 && (text[0] == '-' || text[0] == '+') && text[1] == '0';
}

TomlNode* Reader::integer(std::string_view text) {
  std::string invalid = "Invalid integer " + quoted(text) + ": ";
  if (!underscores_fit(text)) return fail(invalid + "underscores must be surrounded by digits");
  if (leading_zero(text)) return fail(invalid + "cannot have leading zeroes");
  ParsedInt parsed = parse_int(text, 0);
  if (!parsed.ok()) return fail(std::string(text) + " is out of range for int64");
  return scalar(Value::of_int64(parsed.value));
}

TomlNode* Reader::floating(std::string_view text) {
  std::string invalid = "Invalid float " + quoted(text) + ": ";
  bool named = text.ends_with("inf") || text.ends_with("nan");
  std::string_view rest = text;
  bool first = true;
  while (!named && !rest.empty()) {
    std::size_t end = rest.find_first_of(".eE");
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (part.empty()) continue;
    if (!underscores_fit(part)) return fail(invalid + "underscores must be surrounded by digits");
    if (first && leading_zero(part)) return fail(invalid + "cannot have leading zeroes");
    first = false;
  }
  for (std::size_t at = text.find('.'); at != text.npos; at = text.find('.', at + 1)) {
    bool followed = at + 1 < text.size() && digit(static_cast<unsigned char>(text[at + 1]));
    if (!followed) return fail(invalid + "'.' must be followed by one or more digits");
  }
  std::string digits;
  for (char c : text) {
    if (c != '_') digits += c;
  }
  bool negative_nan = digits == "-nan";
  if (digits == "+nan" || negative_nan) digits = "nan";
  ParsedFloat parsed = parse_float(digits);
  if (parsed.fault == NumberFault::Range) return fail(std::string(text) + " is out of range for float64");
  if (!parsed.ok()) return fail("Invalid float value: " + quoted(text));
  return scalar(Value::of_float(negative_nan ? -parsed.value : parsed.value));
}

TomlNode* Reader::date(std::string_view text) {
  std::string value(text);
  for (char& c : value) {
    if (c == 'z') c = 'Z';
    if (c == 't' || c == ' ') c = 'T';
  }
  const std::pair<std::string_view, const Zone*> layouts[] = {
      {"2006-01-02T15:04:05.999999999Z07:00", &kLocalZone},
      {"2006-01-02T15:04:05.999999999", &kTomlDatetime},
      {"2006-01-02", &kTomlDate},
      {"15:04:05.999999999", &kTomlTime},
      {"2006-01-02T15:04Z07:00", &kLocalZone},
      {"2006-01-02T15:04", &kTomlDatetime},
      {"15:04", &kTomlTime},
  };
  for (const auto& [layout, zone] : layouts) {
    auto parsed = parse_time(layout, value);
    if (!parsed) continue;
    // Go reads hours of one digit, TOML has none.
    for (std::size_t i = 0; i < layout.size() && layout[i] != '.' && layout[i] != 'Z'; ++i) {
      bool mark = layout[i] < '0' || layout[i] > '9';
      if (mark && (i >= value.size() || value[i] != layout[i])) return fail("invalid datetime: " + quoted(value));
    }
    Moment moment{parsed->seconds, parsed->nanoseconds, zone};
    if (parsed->in == ParsedTime::In::Utc) moment.zone = nullptr;
    if (parsed->in == ParsedTime::In::Fixed) moment.zone = heap_.make(Zone{{}, parsed->offset, {}, nullptr, 0});
    Value made = Value::of(Type::Time);
    made.moment = heap_.make(moment);
    return scalar(made);
  }
  return fail("invalid datetime: " + quoted(value));
}

bool Reader::escape(std::string& out, bool multi_line) {
  std::size_t start = at_ - 1;
  if (multi_line) {
    // A backslash at the end of a line eats the white space up to the next text.
    std::size_t end = at_;
    while (end < text_.size() && (blank(static_cast<unsigned char>(text_[end])) ||
                                  line_break(static_cast<unsigned char>(text_[end])))) {
      ++end;
    }
    if (text_.substr(at_, end - at_).find('\n') != text_.npos) {
      while (at_ < end && !failed()) next();
      return !failed();
    }
  }
  char32_t c = next();
  if (failed()) return false;
  std::size_t digits = 0;
  switch (c) {
    case 'b': out += '\b'; return true;
    case 't': out += '\t'; return true;
    case 'n': out += '\n'; return true;
    case 'f': out += '\f'; return true;
    case 'r': out += '\r'; return true;
    case 'e': out += '\x1B'; return true;
    case '"': out += '"'; return true;
    case '\\': out += '\\'; return true;
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    case ' ': case '\t':
      fail("invalid escape: '\\" + std::string(1, static_cast<char>(c)) + "'");
      return false;
    default: {
      std::string message = "invalid escape in string '\\";
      append_rune(message, c == kEnd ? 0 : c);
      fail(message + "'");
      return false;
    }
  }
  const char* names[] = {"two", "four", "eight"};
  char32_t code = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    char32_t d = next();
    if (failed()) return false;
    if (!hex_digit(d) || d == kEnd) {
      fail(std::string("expected ") + names[digits / 4] + " hexadecimal digits after '\\" + static_cast<char>(c) +
           "', but got " + quoted(text_.substr(start, at_ - start)) + " instead");
      return false;
    }
    code = code << 4 | (digit(d) ? d - '0' : (d | 32) - 'a' + 10);
  }
  if (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF)) {
    fail("Escaped character '\\u" + std::string(text_.substr(at_ - digits, digits)) + "' is not valid UTF-8.");
    return false;
  }
  append_rune(out, code);
  return true;
}

bool Reader::string(std::string& out) {
  for (;;) {
    char32_t c = peek();
    if (line_break(c)) {
      fail("strings cannot contain newlines");
      return false;
    }
    next();
    if (failed()) return false;
    if (c == '"') return true;
    if (c == kEnd) {
      fail("unexpected EOF; expected '\"'");
      return false;
    }
    if (c != '\\') {
      append_rune(out, c);
    } else if (!escape(out, false)) {
      return false;
    }
  }
}

bool Reader::multi_line_string(std::string& out) {
  if (!take("\r\n")) take("\n");
  if (at_ > 0 && text_[at_ - 1] == '\n') ++line_;
  for (;;) {
    if (take("\"\"\"")) {
      // Up to two quotes may stand before the end.
      for (int i = 0; i < 2 && peek() == '"'; ++i) out += static_cast<char>(next());
      if (peek() != '"') return true;
      fail("unexpected '\"\"\"\"\"\"'");
      return false;
    }
    char32_t c = next();
    if (failed()) return false;
    if (c == kEnd) {
      fail("unexpected EOF; expected '\"\"\"'");
      return false;
    }
    if (c != '\\') {
      append_rune(out, c);
    } else if (!escape(out, true)) {
      return false;
    }
  }
}

bool Reader::raw_string(std::string& out) {
  for (;;) {
    char32_t c = peek();
    if (line_break(c)) {
      fail("strings cannot contain newlines");
      return false;
    }
    next();
    if (failed()) return false;
    if (c == '\'') return true;
    if (c == kEnd) {
      fail("unexpected EOF; expected \"'\"");
      return false;
    }
    append_rune(out, c);
  }
}

bool Reader::multi_line_raw_string(std::string& out) {
  if (!take("\r\n")) take("\n");
  if (at_ > 0 && text_[at_ - 1] == '\n') ++line_;
  for (;;) {
    if (take("'''")) {
      for (int i = 0; i < 2 && peek() == '\''; ++i) out += static_cast<char>(next());
      if (peek() != '\'') return true;
      fail("unexpected \"''''''\"");
      return false;
    }
    char32_t c = next();
    if (failed()) return false;
    if (c == kEnd) {
      fail("unexpected EOF; expected \"'''\"");
      return false;
    }
    append_rune(out, c);
  }
}

}  // namespace

std::expected<Value, std::string> parse_toml(std::string_view text, Heap& heap) { return Reader(text, heap).read(); }

}  // namespace lesto::gotemplate
