// The exact decoder: what simdjson refuses although Go takes it (large integers, bytes that are not
// UTF-8, lone surrogates), Go's error texts, and strict mode.
#include "foundation/json/slow_parse.h"

#include <charconv>
#include <unordered_set>

#include "foundation/json/number.h"
#include "foundation/json/scan.h"
#include "foundation/json/text.h"
#include "foundation/json/utf8.h"

namespace lesto::json {
namespace {

// Reads a text whose syntax has been checked.
class Builder {
 public:
  Builder(std::string_view text, std::vector<std::string>* duplicates)
      : text_(text), duplicates_(duplicates) {}

  Result<Value> value() {
    skip();
    switch (text_[at_]) {
      case '{': return object();
      case '[': return array();
      case '"': return Value(string());
      case 't': at_ += 4; return Value(true);
      case 'f': at_ += 5; return Value(false);
      case 'n': at_ += 4; return Value();
      default: return number();
    }
  }

 private:
  void skip() {
    while (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')
      ++at_;
  }
  // The closing mark, or what stands between items.
  bool closes(char mark) {
    skip();
    return text_[at_++] == mark;
  }

  Result<Value> array() {
    ++at_;
    std::vector<Value> items;
    skip();
    if (text_[at_] == ']') {
      ++at_;
      return Value::array();
    }
    std::size_t path = path_.size();
    do {
      if (duplicates_) path_ += "[" + std::to_string(items.size()) + "]";
      TRY_ASSIGN(Value item, value());
      items.push_back(std::move(item));
      path_.resize(path);
    } while (!closes(']'));
    return Value::array(std::move(items));
  }

  Result<Value> object() {
    ++at_;
    std::vector<Member> members;
    skip();
    if (text_[at_] == '}') {
      ++at_;
      return Value::object();
    }
    std::size_t path = path_.size();
    std::unordered_set<std::string> seen;
    do {
      skip();
      std::string key = string();
      skip();
      ++at_;
      if (duplicates_) {
        path_ += (path == 0 ? "" : ".") + key;
        if (!seen.insert(key).second) report();
      }
      TRY_ASSIGN(Value item, value());
      members.emplace_back(Value(key), std::move(item));
      path_.resize(path);
    } while (!closes('}'));
    return Value::object(std::move(members));
  }

  void report() {
    if (duplicates_->size() >= kStrictProblemsMax || !reported_.insert(path_).second) return;
    duplicates_->push_back("duplicate field " + go_quote(path_));
  }

  Result<Value> number() {
    std::size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.eE0123456789").find(text_[at_]) != std::string_view::npos)
      ++at_;
    std::string_view literal = text_.substr(start, at_ - start);
    if (literal.find_first_of(".eE") == std::string_view::npos) {
      std::int64_t integer = 0;
      auto end = literal.data() + literal.size();
      if (std::from_chars(literal.data(), end, integer).ec == std::errc()) return Value(integer);
    }
    auto number = parse_decimal(literal);
    if (number) return Value(*number);
    return fail(Code::Invalid, "json: cannot unmarshal number " + std::string(literal) +
                                   " into Go value of type float64");
  }

  char32_t hex4() {
    unsigned value = 0;
    std::from_chars(text_.data() + at_, text_.data() + at_ + 4, value, 16);
    at_ += 4;
    return value;
  }

  std::string string() {
    std::string out;
    for (++at_; text_[at_] != '"';) {
      if (text_[at_] == '\\') {
        escape(out);
        continue;
      }
      Rune rune = rune_at(text_, at_);
      append_utf8(out, rune.value);
      at_ += rune.size;
    }
    ++at_;
    return out;
  }

  void escape(std::string& out) {
    char c = text_[++at_];
    ++at_;
    if (c != 'u') {
      constexpr std::string_view kMarks = "bfnrt";
      auto mark = kMarks.find(c);
      out += mark == std::string_view::npos ? c : "\b\f\n\r\t"[mark];
      return;
    }
    char32_t value = hex4();
    if (value >= 0xD800 && value < 0xE000) {
      bool pair = value < 0xDC00 && text_.substr(at_).starts_with("\\u");
      std::size_t before = at_;
      char32_t low = 0;
      if (pair) {
        at_ += 2;
        low = hex4();
      }
      if (low >= 0xDC00 && low < 0xE000) {
        value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
      } else {
        at_ = before;
        value = kReplacement;
      }
    }
    append_utf8(out, value);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string>* duplicates_;
  std::string path_;
  std::unordered_set<std::string> reported_;
};

}  // namespace

Result<Value> parse_slowly(std::string_view text, std::vector<std::string>* duplicates) {
  if (auto problem = find_syntax_problem(text))
    return fail(Code::Invalid, std::move(problem->message));
  return Builder(text, duplicates).value();
}

}  // namespace lesto::json
