#include "engines/cel/parser.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

#include "engines/cel/lexer.h"
#include "engines/cel/limits.h"

namespace lesto::cel {
namespace {

using Parsed = std::expected<ExprRef, Complaint>;

bool reserved(std::string_view word) {
  static const std::set<std::string_view> kWords = {
      "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
      "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};
  return kWords.contains(word);
}

bool keyword(std::string_view word) {
  return word == "in" || word == "true" || word == "false" || word == "null";
}

std::unexpected<Complaint> complain(std::size_t position, std::string text) {
  return std::unexpected(Complaint{position, std::move(text)});
}

#define LESTO_CEL_TRY(declaration, ...)                                         \
  auto LESTO_CONCAT(parsed_, __LINE__) = __VA_ARGS__;                           \
  if (!LESTO_CONCAT(parsed_, __LINE__))                                         \
    return std::unexpected(std::move(LESTO_CONCAT(parsed_, __LINE__)).error()); \
  declaration = std::move(*LESTO_CONCAT(parsed_, __LINE__))

ExprRef node(ExprKind kind, std::size_t position) {
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->position = position;
  return expr;
}

class Parser {
 public:
  Parser(std::string_view text, Syntax syntax) : tokens_(tokens_of(text)), syntax_(syntax) {}

  Parsed run() {
    LESTO_CEL_TRY(ExprRef expr, expression());
    if (peek().kind != TokenKind::End) return unexpected_token();
    return expr;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool symbol(std::string_view text, std::size_t ahead = 0) const {
    return peek(ahead).kind == TokenKind::Symbol && peek(ahead).text == text;
  }
  bool word(std::string_view text) const {
    return peek().kind == TokenKind::Ident && peek().text == text;
  }
  bool eat(std::string_view text) {
    if (!symbol(text)) return false;
    ++at_;
    return true;
  }

  std::unexpected<Complaint> unexpected_token() const {
    const Token& token = peek();
    if (token.kind == TokenKind::Bad) return complain(token.position, token.value);
    std::string shown = token.kind == TokenKind::End ? "<EOF>" : std::string(token.text);
    return complain(token.position, "Syntax error: unexpected '" + shown + "'");
  }

  std::expected<void, Complaint> expect(std::string_view text) {
    if (eat(text)) return {};
    return unexpected_token();
  }

  // Sets the depth from the parts, which is bounded: evaluation recurses as deep.
  static Parsed finish(ExprRef expr) {
    int depth = 0;
    if (expr->target) depth = expr->target->depth;
    for (const ExprRef& arg : expr->args) depth = std::max(depth, arg->depth);
    expr->depth = depth + 1;
    if (expr->depth > kDepthMax) return complain(expr->position, "max recursion depth exceeded");
    return expr;
  }

  Parsed call(std::size_t position, std::string name, std::vector<ExprRef> args) {
    ExprRef expr = node(ExprKind::Call, position);
    expr->name = std::move(name);
    expr->args = std::move(args);
    return finish(std::move(expr));
  }

  template <class... Args>
  static std::vector<ExprRef> list(Args... args) {
    std::vector<ExprRef> out;
    (out.push_back(std::move(args)), ...);
    return out;
  }

  Parsed expression() {
    if (++depth_ > kDepthMax)
      return complain(peek().position, "expression recursion limit exceeded: 250");
    Parsed out = ternary();
    --depth_;
    return out;
  }

  Parsed ternary() {
    LESTO_CEL_TRY(ExprRef condition, logical("||", 0));
    if (!symbol("?")) return condition;
    std::size_t position = peek().position;
    ++at_;
    LESTO_CEL_TRY(ExprRef yes, logical("||", 0));
    if (!eat(":")) return unexpected_token();
    LESTO_CEL_TRY(ExprRef no, expression());
    return call(position, "_?_:_", list(std::move(condition), std::move(yes), std::move(no)));
  }

  // a || b || c is one call of three arguments, so that long chains are not deep.
  Parsed logical(std::string_view op, int level) {
    auto operand = [&]() { return level == 0 ? logical("&&", 1) : relation(); };
    LESTO_CEL_TRY(ExprRef first, operand());
    if (!symbol(op)) return first;
    std::size_t position = peek().position;
    std::vector<ExprRef> args;
    args.push_back(std::move(first));
    while (eat(op)) {
      LESTO_CEL_TRY(ExprRef next, operand());
      args.push_back(std::move(next));
    }
    return call(position, op == "||" ? "_||_" : "_&&_", std::move(args));
  }

  Parsed relation() {
    LESTO_CEL_TRY(ExprRef left, binary(0));
    while (true) {
      std::string name;
      for (std::string_view op : {"<=", ">=", "==", "!=", "<", ">"}) {
        if (symbol(op)) {
          name = "_" + std::string(op) + "_";
          break;
        }
      }
      if (word("in")) name = "@in";
      if (name.empty()) return left;
      std::size_t position = peek().position;
      ++at_;
      LESTO_CEL_TRY(ExprRef right, binary(0));
      LESTO_CEL_TRY(left, call(position, name, list(std::move(left), std::move(right))));
    }
  }

  // Level 0 is + and -, level 1 *, / and %.
  Parsed binary(int level) {
    auto operand = [&]() { return level == 0 ? binary(1) : unary(); };
    LESTO_CEL_TRY(ExprRef left, operand());
    while (true) {
      bool found =
          level == 0 ? symbol("+") || symbol("-") : symbol("*") || symbol("/") || symbol("%");
      if (!found) return left;
      std::size_t position = peek().position;
      std::string name = "_" + std::string(peek().text) + "_";
      ++at_;
      LESTO_CEL_TRY(ExprRef right, operand());
      LESTO_CEL_TRY(left, call(position, name, list(std::move(left), std::move(right))));
    }
  }

  Parsed unary() {
    std::string_view op = symbol("!") ? "!" : symbol("-") ? "-" : "";
    if (op.empty()) return member();
    std::size_t position = peek().position;
    std::size_t count = 0;
    auto number_next = [&] {
      return peek(1).kind == TokenKind::Int || peek(1).kind == TokenKind::Double;
    };
    while (symbol(op) && !(op == "-" && number_next())) {
      ++at_;
      ++count;
    }
    LESTO_CEL_TRY(ExprRef operand, member());
    if (count % 2 == 0) return operand;
    return call(position, op == "!" ? "!_" : "-_", list(std::move(operand)));
  }

  Parsed member() {
    LESTO_CEL_TRY(ExprRef expr, primary());
    while (true) {
      std::size_t position = peek().position;
      if (symbol(".") || symbol(".?")) {
        LESTO_CEL_TRY(expr, select(std::move(expr), position));
      } else if (symbol("[") || symbol("[?")) {
        bool optional = symbol("[?");
        if (optional && syntax_.optionals == Optionals::Off)
          return complain(position, "unsupported syntax '[?'");
        ++at_;
        LESTO_CEL_TRY(ExprRef index, expression());
        LESTO_CEL_TRY([[maybe_unused]] int closed, closing("]"));
        LESTO_CEL_TRY(expr, call(position, optional ? "_[?_]" : "_[_]",
                                 list(std::move(expr), std::move(index))));
      } else {
        return expr;
      }
    }
  }

  std::expected<int, Complaint> closing(std::string_view text) {
    if (eat(text)) return 0;
    return unexpected_token();
  }

  Parsed select(ExprRef target, std::size_t position) {
    bool optional = symbol(".?");
    if (optional && syntax_.optionals == Optionals::Off)
      return complain(position, "unsupported syntax '.?'");
    ++at_;
    const Token& name = peek();
    bool quoted = name.kind == TokenKind::Quoted;
    if (quoted && syntax_.quoted_fields == QuotedFields::Off)
      return complain(name.position, "unsupported syntax: '`'");
    if (!quoted && (name.kind != TokenKind::Ident || keyword(name.text))) return unexpected_token();
    ++at_;
    if (symbol("(") && !optional && !quoted) {
      std::size_t open = peek().position;
      LESTO_CEL_TRY(std::vector<ExprRef> args, arguments());
      return member_call(std::move(target), std::string(name.text), std::move(args), open);
    }
    ExprRef expr = node(ExprKind::Select, position);
    expr->name = quoted ? name.value : std::string(name.text);
    expr->target = std::move(target);
    expr->optional = optional;
    return finish(std::move(expr));
  }

  std::expected<std::vector<ExprRef>, Complaint> arguments() {
    ++at_;
    std::vector<ExprRef> out;
    if (eat(")")) return out;
    while (true) {
      LESTO_CEL_TRY(ExprRef arg, expression());
      out.push_back(std::move(arg));
      if (eat(")")) return out;
      if (!eat(",")) return unexpected_token();
    }
  }

  Parsed member_call(ExprRef target, std::string name, std::vector<ExprRef> args,
                     std::size_t position) {
    ExprRef expr;
    bool two = syntax_.two_variables == TwoVariables::On;
    auto macro = [&](Macro kind, std::size_t variables, std::size_t steps_least,
                     std::size_t steps_most) {
      return expr == nullptr && args.size() >= variables + steps_least &&
                     args.size() <= variables + steps_most
                 ? std::optional(std::pair(kind, variables))
                 : std::nullopt;
    };
    std::optional<std::pair<Macro, std::size_t>> found;
    auto consider = [&](std::string_view wanted, Macro kind, std::size_t variables,
                        std::size_t least, std::size_t most) {
      if (!found && name == wanted) found = macro(kind, variables, least, most);
    };
    consider("all", Macro::All, 1, 1, 1);
    consider("exists", Macro::Exists, 1, 1, 1);
    consider("exists_one", Macro::ExistsOne, 1, 1, 1);
    consider("existsOne", Macro::ExistsOne, 1, 1, 1);
    consider("map", Macro::Map, 1, 1, 2);
    consider("filter", Macro::Filter, 1, 1, 1);
    if (two) {
      consider("all", Macro::All, 2, 1, 1);
      consider("exists", Macro::Exists, 2, 1, 1);
      consider("exists_one", Macro::ExistsOne, 2, 1, 1);
      consider("existsOne", Macro::ExistsOne, 2, 1, 1);
      consider("transformList", Macro::TransformList, 2, 1, 2);
      consider("transformMap", Macro::TransformMap, 2, 1, 2);
      consider("transformMapEntry", Macro::TransformMapEntry, 2, 1, 2);
    }
    if (syntax_.optionals == Optionals::On) {
      consider("optMap", Macro::OptMap, 1, 1, 1);
      consider("optFlatMap", Macro::OptFlatMap, 1, 1, 1);
    }
    if (!found) {
      expr = node(ExprKind::Call, position);
      expr->name = std::move(name);
      expr->target = std::move(target);
      expr->args = std::move(args);
      return finish(std::move(expr));
    }
    return comprehension(std::move(target), found->first, found->second, std::move(args), position);
  }

  Parsed comprehension(ExprRef target, Macro macro, std::size_t variables,
                       std::vector<ExprRef> args, std::size_t position) {
    ExprRef expr = node(ExprKind::Comprehension, position);
    expr->macro = macro;
    for (std::size_t i = 0; i < variables; ++i) {
      if (args[i]->kind != ExprKind::Ident || args[i]->from_root)
        return complain(args[i]->position, "argument must be a simple name");
      (i == 0 ? expr->variable : expr->second_variable) = args[i]->name;
    }
    for (std::size_t i = variables; i < args.size(); ++i) expr->args.push_back(std::move(args[i]));
    expr->target = std::move(target);
    return finish(std::move(expr));
  }

  Parsed primary() {
    const Token& token = peek();
    switch (token.kind) {
      case TokenKind::Int:
      case TokenKind::Uint:
      case TokenKind::Double:
        return number("");
      case TokenKind::String:
      case TokenKind::Bytes: {
        ExprRef expr = node(ExprKind::Literal, token.position);
        expr->literal =
            token.kind == TokenKind::String ? Value::text(token.value) : Value::bytes(token.value);
        ++at_;
        return expr;
      }
      case TokenKind::Ident:
        return identifier(false, token.position);
      default:
        break;
    }
    if (symbol("-") && (peek(1).kind == TokenKind::Int || peek(1).kind == TokenKind::Double)) {
      ++at_;
      return number("-");
    }
    if (symbol(".") && peek(1).kind == TokenKind::Ident) {
      std::size_t position = token.position;
      ++at_;
      return identifier(true, position);
    }
    if (eat("(")) {
      LESTO_CEL_TRY(ExprRef expr, expression());
      LESTO_CEL_TRY([[maybe_unused]] int closed, closing(")"));
      return expr;
    }
    if (symbol("[") || symbol("[?")) return list_literal();
    if (symbol("{")) return map_literal();
    return unexpected_token();
  }

  Parsed number(std::string sign) {
    const Token& token = peek();
    ExprRef expr = node(ExprKind::Literal, token.position - sign.size());
    ++at_;
    std::string text = sign + std::string(token.text);
    if (token.kind == TokenKind::Double) {
      double value = std::strtod(text.c_str(), nullptr);
      if (std::isinf(value)) return complain(token.position, "invalid double literal");
      expr->literal = Value::of(value);
      return expr;
    }
    std::string_view digits = token.text;
    if (token.kind == TokenKind::Uint) digits.remove_suffix(1);
    int base = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X') ? 16 : 10;
    if (base == 16) digits.remove_prefix(2);
    std::uint64_t value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    bool fits = error == std::errc() && end == digits.data() + digits.size();
    if (token.kind == TokenKind::Uint) {
      if (!fits) return complain(token.position, "invalid uint literal");
      expr->literal = Value::of(value);
      return expr;
    }
    std::uint64_t most = static_cast<std::uint64_t>(INT64_MAX) + (sign.empty() ? 0 : 1);
    if (!fits || value > most) return complain(token.position, "invalid int literal");
    expr->literal = Value::of(sign.empty() ? static_cast<std::int64_t>(value)
                                           : static_cast<std::int64_t>(~value + 1));
    return expr;
  }

  Parsed identifier(bool from_root, std::size_t position) {
    const Token& token = peek();
    ++at_;
    std::string name(token.text);
    if (name == "true" || name == "false" || name == "null") {
      if (from_root) return complain(token.position, "Syntax error: unexpected '" + name + "'");
      ExprRef expr = node(ExprKind::Literal, token.position);
      if (name != "null") expr->literal = Value::of(name == "true");
      return expr;
    }
    if (name == "in") return complain(token.position, "Syntax error: unexpected 'in'");
    if (reserved(name)) return complain(token.position, "reserved identifier: " + name);
    if (symbol("(")) {
      std::size_t open = peek().position;
      LESTO_CEL_TRY(std::vector<ExprRef> args, arguments());
      if (name == "has" && args.size() == 1) return presence(std::move(args[0]), open);
      LESTO_CEL_TRY(ExprRef expr, call(open, name, std::move(args)));
      expr->from_root = from_root;
      return expr;
    }
    ExprRef expr = node(ExprKind::Ident, position);
    expr->name = name;
    expr->from_root = from_root;
    return expr;
  }

  static Parsed presence(ExprRef arg, std::size_t position) {
    if (arg->kind != ExprKind::Select || arg->optional || arg->presence)
      return complain(arg->position, "invalid argument to has() macro");
    arg->presence = true;
    arg->position = position;
    return arg;
  }

  std::expected<bool, Complaint> optional_entry() {
    if (!symbol("?")) return false;
    if (syntax_.optionals == Optionals::Off)
      return complain(peek().position, "unsupported syntax '?'");
    ++at_;
    return true;
  }

  Parsed list_literal() {
    ExprRef expr = node(ExprKind::List, peek().position);
    bool first_optional = symbol("[?");
    if (first_optional && syntax_.optionals == Optionals::Off)
      return complain(peek().position + 1, "unsupported syntax '?'");
    ++at_;
    bool first = true;
    while (!eat("]")) {
      if (!first && !eat(",")) return unexpected_token();
      if (eat("]")) break;
      bool optional = first && first_optional;
      if (!optional) {
        LESTO_CEL_TRY(optional, optional_entry());
      }
      first = false;
      LESTO_CEL_TRY(ExprRef item, expression());
      expr->args.push_back(std::move(item));
      expr->optional_entries.push_back(optional);
    }
    return finish(std::move(expr));
  }

  Parsed map_literal() {
    ExprRef expr = node(ExprKind::Map, peek().position);
    ++at_;
    bool first = true;
    while (!eat("}")) {
      if (!first && !eat(",")) return unexpected_token();
      if (first && eat(",")) {
        LESTO_CEL_TRY([[maybe_unused]] int closed, closing("}"));
        break;
      }
      if (eat("}")) break;
      first = false;
      LESTO_CEL_TRY(bool optional, optional_entry());
      LESTO_CEL_TRY(ExprRef key, expression());
      if (!eat(":")) return unexpected_token();
      LESTO_CEL_TRY(ExprRef value, expression());
      expr->args.push_back(std::move(key));
      expr->args.push_back(std::move(value));
      expr->optional_entries.push_back(optional);
    }
    return finish(std::move(expr));
  }

  std::vector<Token> tokens_;
  Syntax syntax_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

#undef LESTO_CEL_TRY

}  // namespace

std::expected<ExprRef, Complaint> parse(std::string_view text, Syntax syntax) {
  auto runes = std::count_if(text.begin(), text.end(),
                             [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  if (static_cast<std::size_t>(runes) > kTextMax)
    return complain(0, "expression code point size exceeds limit");
  return Parser(text, syntax).run();
}

}  // namespace lesto::cel
