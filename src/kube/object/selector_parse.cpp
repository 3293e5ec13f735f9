// The grammar of label selectors ("a=b,c in (d,e),!f") and the simpler ones of label sets and field
// selectors.
#include <algorithm>
#include <set>

#include "foundation/json/scan.h"
#include "foundation/json/utf8.h"
#include "kube/object/selector.h"

namespace lesto::kube {
namespace {

using json::Value;

enum class Token : std::uint8_t {
  Error,
  End,
  Close,
  Comma,
  Not,
  DoubleEquals,
  Equals,
  Greater,
  Name,
  In,
  Less,
  NotEquals,
  NotIn,
  Open,
};

struct Item {
  Token token = Token::End;
  std::string text;
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_symbol(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

std::optional<Token> symbol_token(std::string_view text) {
  if (text == ")") return Token::Close;
  if (text == ",") return Token::Comma;
  if (text == "!") return Token::Not;
  if (text == "==") return Token::DoubleEquals;
  if (text == "=") return Token::Equals;
  if (text == ">") return Token::Greater;
  if (text == "<") return Token::Less;
  if (text == "!=") return Token::NotEquals;
  if (text == "(") return Token::Open;
  return std::nullopt;
}

// The longest symbol; a zero byte ends the text, as in Kubernetes.
Item read_symbol(std::string_view text, std::size_t& at) {
  Item item{Token::Error, ""};
  std::string buffer;
  for (; at < text.size() && is_symbol(text[at]); ++at) {
    buffer += text[at];
    auto token = symbol_token(buffer);
    if (!token && item.token != Token::Error) break;
    if (token) item = {*token, buffer};
  }
  return item;
}

std::vector<Item> read_items(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  std::vector<Item> items;
  std::size_t at = 0;
  while (true) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at >= text.size()) break;
    if (is_symbol(text[at])) {
      items.push_back(read_symbol(text, at));
      continue;
    }
    std::size_t start = at;
    while (at < text.size() && !is_symbol(text[at]) && !is_blank(text[at])) ++at;
    std::string name(text.substr(start, at - start));
    Token token = name == "in" ? Token::In : name == "notin" ? Token::NotIn : Token::Name;
    items.push_back({token, std::move(name)});
  }
  items.push_back({Token::End, ""});
  return items;
}

std::string complain_key(std::string_view key) {
  std::string text;
  for (const std::string& complaint : check_qualified_name(key))
    text += (text.empty() ? "" : "; ") + complaint;
  return text;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : items_(read_items(text)) {}

  Result<std::vector<Requirement>> parse() {
    std::vector<Requirement> requirements;
    while (true) {
      Token token = peek();
      if (token == Token::End) return requirements;
      if (token != Token::Name && token != Token::Not) {
        return found(items_[at_].text, ", expected: !, identifier, or 'end of string'");
      }
      auto requirement = read_requirement();
      if (!requirement) {
        return fail(Code::Invalid, "unable to parse requirement: " + requirement.error().message());
      }
      requirements.push_back(std::move(*requirement));
      Item next = take();
      if (next.token == Token::End) return requirements;
      if (next.token != Token::Comma) return found(next.text, ", expected: ',' or 'end of string'");
      if (peek() != Token::Name && peek() != Token::Not) {
        return found(items_[at_].text, ", expected: identifier after ','");
      }
    }
  }

 private:
  static std::unexpected<Error> found(const std::string& text, std::string_view rest) {
    return fail(Code::Invalid, "found '" + text + "'" + std::string(rest));
  }

  // Where a name may stand, `in` and `notin` are names.
  static Token as_name(Token token) {
    return token == Token::In || token == Token::NotIn ? Token::Name : token;
  }
  Token peek() const { return as_name(items_[at_].token); }
  Item take() {
    Item item = take_keyword();
    item.token = as_name(item.token);
    return item;
  }
  Item take_keyword() {
    Item item = items_[at_];
    if (at_ + 1 < items_.size()) ++at_;
    return item;
  }

  Result<Requirement> read_requirement() {
    Item item = take();
    bool negated = item.token == Token::Not;
    if (negated) item = take();
    if (item.token != Token::Name) return found(item.text, ", expected: identifier");
    std::string key = item.text;
    if (std::string complaint = complain_key(key); !complaint.empty()) {
      FieldError error = invalid_field("<nil>", key, complaint);
      return fail(Code::Invalid, error.field + ": " + error.message);
    }
    bool bare = peek() == Token::End || peek() == Token::Comma;
    if (negated) return make_requirement(key, Operator::DoesNotExist, {});
    if (bare) return make_requirement(key, Operator::Exists, {});
    TRY_ASSIGN(Operator op, read_operator());
    bool set = op == Operator::In || op == Operator::NotIn;
    TRY_ASSIGN(std::set<std::string> values, set ? read_values() : read_value());
    return make_requirement(key, op, std::vector<std::string>(values.begin(), values.end()));
  }

  Result<Operator> read_operator() {
    Item item = take_keyword();
    switch (item.token) {
      case Token::In: return Operator::In;
      case Token::NotIn: return Operator::NotIn;
      case Token::Equals: return Operator::Equals;
      case Token::DoubleEquals: return Operator::DoubleEquals;
      case Token::NotEquals: return Operator::NotEquals;
      case Token::Greater: return Operator::GreaterThan;
      case Token::Less: return Operator::LessThan;
      default: return found(item.text, ", expected: in, notin, =, ==, !=, gt, lt");
    }
  }

  Result<std::set<std::string>> read_values() {
    Item open = take();
    if (open.token != Token::Open) return found(open.text, " expected: '('");
    const Item& first = items_[at_];
    if (peek() == Token::Close) {
      take();
      return std::set<std::string>{""};
    }
    if (peek() != Token::Name && peek() != Token::Comma) {
      return found(first.text, ", expected: ',', ')' or identifier");
    }
    TRY_ASSIGN(std::set<std::string> values, read_list());
    if (take().token != Token::Close) return found(first.text, ", expected: ')'");
    return values;
  }

  // Up to the closing parenthesis. Missing names between commas are empty ones.
  Result<std::set<std::string>> read_list() {
    std::set<std::string> values;
    while (true) {
      Item item = take();
      if (item.token == Token::Name) {
        values.insert(item.text);
        if (peek() == Token::Close) return values;
        if (peek() != Token::Comma) return found(items_[at_].text, ", expected: ',' or ')'");
      } else if (item.token == Token::Comma) {
        if (values.empty()) values.insert("");
        if (peek() == Token::Close) {
          values.insert("");
          return values;
        }
        if (peek() == Token::Comma) values.insert("");
      } else {
        return found(item.text, ", expected: ',', or identifier");
      }
    }
  }

  Result<std::set<std::string>> read_value() {
    if (peek() == Token::End || peek() == Token::Comma) return std::set<std::string>{""};
    Item item = take();
    if (item.token != Token::Name) return found(item.text, ", expected: identifier");
    return std::set<std::string>{item.text};
  }

  std::vector<Item> items_;
  std::size_t at_ = 0;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// Splits at commas that no backslash escapes.
std::vector<std::string_view> split_terms(std::string_view text) {
  std::vector<std::string_view> terms;
  if (text.empty()) return terms;
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == ',') {
      terms.push_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  terms.push_back(text.substr(start));
  return terms;
}

}  // namespace

Result<LabelSelector> parse_label_selector(std::string_view text) {
  TRY_ASSIGN(std::vector<Requirement> requirements, Parser(text).parse());
  return LabelSelector::of(std::move(requirements));
}

Result<Value> parse_labels(std::string_view text) {
  Value labels = Value::object();
  if (text.empty()) return labels;
  for (std::string_view part : split(text, ',')) {
    std::vector<std::string_view> sides = split(part, '=');
    if (sides.size() != 2) {
      std::string shown;
      for (std::string_view side : sides) shown += (shown.empty() ? "" : " ") + std::string(side);
      return fail(Code::Invalid, "invalid selector: [" + shown + "]");
    }
    std::string_view key = trim(sides[0]);
    std::string_view value = trim(sides[1]);
    if (std::string complaint = complain_key(key); !complaint.empty()) {
      return fail(Code::Invalid, "<nil>: " + invalid_field("", key, complaint).message);
    }
    std::string complaint;
    for (const std::string& each : check_label_value(value))
      complaint += (complaint.empty() ? "" : "; ") + each;
    if (!complaint.empty()) {
      return fail(Code::Invalid,
                  "[" + std::string(key) + "]: " + invalid_field("", value, complaint).message);
    }
    labels.set(key, value);
  }
  return labels;
}

std::string escape_field_value(std::string_view value) {
  std::string out;
  for (char c : value) {
    if (c == '\\' || c == ',' || c == '=') out += '\\';
    out += c;
  }
  return out;
}

Result<std::string> unescape_field_value(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    char c = value[i];
    if (c == ',' || c == '=') {
      return fail(Code::Invalid, "invalid field selector: unescaped character in value: " +
                                     std::to_string(static_cast<int>(c)));
    }
    if (c == '\\') {
      std::string_view next = value.substr(i + 1);
      if (!next.empty()) next = next.substr(0, json::rune_at(next, 0).size);
      if (next != "\\" && next != "," && next != "=") {
        return fail(Code::Invalid,
                    "invalid field selector: invalid escape sequence: \\" + std::string(next));
      }
      c = next[0];
      ++i;
    }
    out += c;
  }
  return out;
}

Result<FieldSelector> parse_field_selector(std::string_view text) {
  std::vector<std::string_view> terms = split_terms(text);
  std::ranges::sort(terms);
  std::vector<FieldRequirement> requirements;
  for (std::string_view term : terms) {
    if (term.empty()) continue;
    std::size_t at = 0;
    while (at < term.size() && term[at] != '=' && !term.substr(at).starts_with("!=")) ++at;
    if (at == term.size()) {
      return fail(Code::Invalid, "invalid selector: '" + std::string(text) +
                                     "'; can't understand '" + std::string(term) + "'");
    }
    std::string_view rest = term.substr(at);
    bool equal = !rest.starts_with("!=");
    rest.remove_prefix(!equal || rest.starts_with("==") ? 2 : 1);
    TRY_ASSIGN(std::string value, unescape_field_value(rest));
    std::string field(term.substr(0, at));
    // A term without field and value asks for nothing.
    if (!field.empty() || !value.empty())
      requirements.push_back({std::move(field), equal, std::move(value)});
  }
  return FieldSelector(std::move(requirements));
}

bool FieldSelector::matches_object(const Value& object) const {
  for (const FieldRequirement& requirement : requirements_) {
    const Value* at = &object;
    std::string_view path = requirement.field;
    while (at && !path.empty()) {
      std::size_t dot = path.find('.');
      at = at->find(path.substr(0, dot));
      path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    }
    bool equal = false;
    if (!at || at->is_null()) {
      equal = requirement.value.empty();
    } else if (at->is_bool()) {
      equal = requirement.value == (at->boolean() ? "true" : "false");
    } else if (at->is_int()) {
      equal = requirement.value == std::to_string(at->integer());
    } else {
      equal = at->is_string() && at->text() == requirement.value;
    }
    if (equal != requirement.equal) return false;
  }
  return true;
}

std::string FieldSelector::text() const {
  std::string out;
  for (const FieldRequirement& requirement : requirements_) {
    if (!out.empty()) out += ",";
    out += requirement.field + (requirement.equal ? "=" : "!=") +
           escape_field_value(requirement.value);
  }
  return out;
}

}  // namespace lesto::kube
