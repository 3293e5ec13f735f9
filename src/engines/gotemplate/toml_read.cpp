#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/toml.h"
#include "engines/gotemplate/toml_characters.h"
#include "engines/gotemplate/toml_reader.h"
#include "engines/gotemplate/toml_text.h"

namespace lesto::gotemplate {

using namespace toml;

std::string TomlReader::current() const {
  std::string context = toml_key_text(tree_.context);
  if (key_.empty()) return context;
  return context.empty() ? key_ : context + "." + key_;
}

std::nullptr_t TomlReader::fail(std::string_view message, std::size_t line) {
  if (failed()) return nullptr;
  error_ = "toml: line " + std::to_string(line);
  std::string last = current();
  if (!last.empty()) error_ += " (last key " + quoted(last) + ")";
  error_ += ": ";
  error_ += message;
  return nullptr;
}

char32_t TomlReader::peek() const {
  return at_ >= text_.size() ? kEnd : decode_rune(text_.substr(at_)).code;
}

char32_t TomlReader::next() {
  if (at_ >= text_.size()) return kEnd;
  Rune rune = decode_rune(text_.substr(at_));
  if (rune.wrong()) {
    char message[40];
    std::snprintf(message, sizeof message, "invalid UTF-8 byte: 0x%02x",
                  static_cast<unsigned char>(text_[at_]));
    fail(message);
  }
  bool lone_return = rune.code == '\r' && !(at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  bool control =
      (rune.code < 0x20 && rune.code != '\t' && !line_break(rune.code)) || rune.code == 0x7F;
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

bool TomlReader::take(std::string_view wanted) {
  if (!text_.substr(at_).starts_with(wanted)) return false;
  at_ += wanted.size();
  return true;
}

bool TomlReader::comment() {
  if (peek() != '#') return false;
  while (peek() != kEnd && !line_break(peek()) && !failed()) next();
  return true;
}

void TomlReader::skip_lines() {
  while (!failed() && (blank(peek()) || line_break(peek()) || comment())) {
    if (blank(peek()) || line_break(peek())) next();
  }
}

std::expected<Value, std::string> TomlReader::read() {
  for (std::string_view mark : {"\xFF\xFE", "\xFE\xFF", "\xEF\xBB\xBF"}) {
    if (text_.starts_with(mark)) {
      text_.remove_prefix(mark.size());
      break;
    }
  }
  if (text_.substr(0, 6).find('\0') != text_.npos) {
    return std::unexpected(
        "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be "
        "UTF-8");
  }
  while (top()) {
  }
  if (failed()) return std::unexpected(error_);
  return built(*tree_.root());
}

bool TomlReader::top() {
  skip_lines();
  if (failed() || peek() == kEnd) return false;
  if (peek() == '[') {
    next();
    return table_header() && line_end();
  }
  return key_value() && line_end();
}

bool TomlReader::line_end() {
  skip_blanks();
  comment();
  if (failed()) return false;
  char32_t c = peek();
  if (c == kEnd || line_break(c)) return true;
  fail("expected a top-level item to end with a newline, comment, or EOF, but got " + shown(c) +
       " instead");
  return false;
}

bool TomlReader::table_header() {
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

bool TomlReader::key_part(std::string& out) {
  if (peek() == '"' || peek() == '\'') return quoted_key(out);
  while (bare(peek())) append_rune(out, next());
  return !failed();
}

bool TomlReader::quoted_key(std::string& out) {
  return next() == '"' ? string(out) : raw_string(out);
}

bool TomlReader::key(TomlKey& out) {
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

bool TomlReader::key_value() {
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

TomlNode* TomlReader::value(bool in_array, std::size_t depth) {
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
    case '-':
    case '+': return signed_number();
    case kEnd: return fail("unexpected EOF; expected value");
    default: return fail("expected value but found " + shown(c) + " instead", line);
  }
}

TomlNode* TomlReader::array(std::size_t depth) {
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
    if (c != ',')
      return fail("expected a comma (',') or array terminator (']'), but got " + plain(c));
    next();
  }
  next();
  return node;
}

TomlNode* TomlReader::inline_table(bool in_array, std::size_t depth) {
  TomlNode* node = tree_.make(TomlNode::Kind::Table);
  TomlKey outer = tree_.context;
  std::string outer_key = key_;
  TomlKey inner = outer;
  inner.push_back(key_);
  key_.clear();
  tree_.context = inner;
  tree_.mark_implicit(inner);
  if (std::string wrong = tree_.enter(inner, in_array); !wrong.empty())
    return fail(wrong, key_line_);
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
      if (std::string wrong = tree_.enter_implicit(implied); !wrong.empty())
        return fail(wrong, key_line_);
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
      if (into->kind != TomlNode::Kind::Table)
        return fail(quoted(toml_key_text(inner)) + " is not a table", key_line_);
    }
    into->table[key_] = item;
    tree_.context = inner;
    key_.clear();
    skip_lines();
    if (failed()) return nullptr;
    char32_t c = peek();
    if (c == '}') break;
    if (c != ',')
      return fail("expected a comma or an inline table terminator '}', but got " + plain(c) +
                  " instead");
    next();
  }
  next();
  tree_.context = outer;
  key_ = outer_key;
  return node;
}

Value TomlReader::built(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::Scalar: return node.scalar;
    case TomlNode::Kind::Array:
    case TomlNode::Kind::Tables: {
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

std::expected<Value, std::string> parse_toml(std::string_view text, Heap& heap) {
  return TomlReader(text, heap).read();
}

}  // namespace lesto::gotemplate
