// The expressions of a script as LuaJIT is given them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engines/lua/emitter.h"
#include "engines/lua/number_text.h"

namespace lesto::lua {
namespace {

// Operands in one call of cat: registers are few.
constexpr std::size_t kConcatOperandsMax = 50;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '"' || c == '\\') {
      out += fmt::format("\\{:03}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

std::string number_literal(const std::string& text) {
  auto value = parse_number(text);
  if (!value) return "(0/0)";
  if (*value > 1.7976931348623157e308) return "(1/0)";
  return fmt::format("{:.17g}", *value);
}

}  // namespace

void Emitter::list(const std::vector<Expression*>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) put(",");
    expression(*values[i]);
  }
}

bool Emitter::is_local(const std::string& name) const {
  return std::ranges::any_of(locals_, [&](const Local& local) { return local.name == name; });
}

bool Emitter::is_number(const Expression& e) const {
  switch (e.kind) {
    case ExpressionKind::Number: return true;
    case ExpressionKind::Name: return numeric_.contains(e.text) && is_local(e.text);
    case ExpressionKind::Arithmetic: return is_number(*e.left) && is_number(*e.right);
    case ExpressionKind::Minus: return is_number(*e.left);
    default: return false;
  }
}

void Emitter::expression(const Expression& e) {
  at(e.line);
  switch (e.kind) {
    case ExpressionKind::Nil: return put("nil");
    case ExpressionKind::True: return put("true");
    case ExpressionKind::False: return put("false");
    case ExpressionKind::Number: return put(number_literal(e.text));
    case ExpressionKind::String: return put(quoted(e.text));
    case ExpressionKind::Dots: return dots(e);
    case ExpressionKind::Function: put("function"); return function_rest(*e.function);
    case ExpressionKind::Name: return put(e.text);
    case ExpressionKind::Index:
      prefix(*e.left);
      put("[");
      expression(*e.right);
      return put("]");
    case ExpressionKind::Call:
    case ExpressionKind::Method: return call(e);
    case ExpressionKind::Table: return table(e);
    case ExpressionKind::Or: return native(e, " or ");
    case ExpressionKind::And: return native(e, " and ");
    case ExpressionKind::Compare: return compare(e);
    case ExpressionKind::Concat: return concat(e, 0);
    case ExpressionKind::Arithmetic: return arithmetic(e);
    case ExpressionKind::Minus: return minus(e);
    case ExpressionKind::Not:
      put("(not ");
      expression(*e.left);
      return put(")");
    case ExpressionKind::Length:
      hidden("len");
      expression(*e.left);
      return put(")");
  }
}

void Emitter::dots(const Expression& e) {
  if (!scopes_.back().function->variadic)
    fail(e.line, "cannot use '...' outside a vararg function");
  put(e.single ? "(...)" : "...");
}

void Emitter::prefix(const Expression& e) {
  bool plain = e.kind == ExpressionKind::Name || e.kind == ExpressionKind::Index ||
               ((e.kind == ExpressionKind::Call || e.kind == ExpressionKind::Method) && !e.single);
  if (plain) return expression(e);
  put("(");
  expression(e);
  put(")");
}

void Emitter::call(const Expression& e) {
  if (e.single) put("(");
  prefix(*e.left);
  if (e.kind == ExpressionKind::Method) put(":" + e.text);
  put("(");
  list(e.items);
  put(e.single ? "))" : ")");
}

bool Emitter::may_leave_hole(const Expression& item, const Expression* key) {
  if (key) return key->kind != ExpressionKind::String;
  switch (item.kind) {
    case ExpressionKind::True:
    case ExpressionKind::False:
    case ExpressionKind::Number:
    case ExpressionKind::String:
    case ExpressionKind::Function:
    case ExpressionKind::Table:
    case ExpressionKind::Concat:
    case ExpressionKind::Arithmetic:
    case ExpressionKind::Not: return false;
    default: return true;
  }
}

void Emitter::table(const Expression& e) {
  bool holes = false;
  for (std::size_t i = 0; i < e.items.size(); ++i)
    holes = holes || may_leave_hole(*e.items[i], e.keys[i]);
  if (holes) hidden("tab");
  put("{");
  for (std::size_t i = 0; i < e.items.size(); ++i) {
    if (i > 0) put(",");
    if (e.keys[i]) {
      put("[");
      expression(*e.keys[i]);
      put("]=");
    }
    expression(*e.items[i]);
  }
  put(holes ? "})" : "}");
}

void Emitter::native(const Expression& e, std::string_view op) {
  put("(");
  expression(*e.left);
  put(op);
  expression(*e.right);
  put(")");
}

void Emitter::compare(const Expression& e) {
  bool equality = e.text == "==" || e.text == "~=";
  if (equality || is_number(*e.left) || is_number(*e.right)) return native(e, e.text);
  hidden(e.text == "<" ? "lt" : e.text == ">" ? "gt" : e.text == "<=" ? "le" : "ge");
  operand(*e.left);
  put(",");
  operand(*e.right);
  put(")");
}

void Emitter::concat(const Expression& e, std::size_t from) {
  hidden("cat");
  std::size_t to = e.items.size();
  bool more = to - from > kConcatOperandsMax;
  if (more) to = from + kConcatOperandsMax;
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) put(",");
    operand(*e.items[i]);
  }
  if (more) {
    put(",");
    concat(e, to);
  }
  put(")");
}

void Emitter::operand(const Expression& e) {
  bool open = !e.single && (e.kind == ExpressionKind::Call || e.kind == ExpressionKind::Method ||
                            e.kind == ExpressionKind::Dots);
  if (open) put("(");
  expression(e);
  if (open) put(")");
}

void Emitter::arithmetic(const Expression& e) {
  static constexpr std::array<std::pair<char, std::string_view>, 6> kNames{
      {{'+', "add"}, {'-', "sub"}, {'*', "mul"}, {'/', "div"}, {'%', "mod"}, {'^', "pow"}}};
  char op = e.text[0];
  if (op != '%' && op != '^' && is_number(*e.left) && is_number(*e.right)) return native(e, e.text);
  for (const auto& [symbol, name] : kNames) {
    if (symbol == op) hidden(name);
  }
  operand(*e.left);
  put(",");
  operand(*e.right);
  put(")");
}

void Emitter::minus(const Expression& e) {
  if (is_number(*e.left)) {
    put("(-");
    expression(*e.left);
    return put(")");
  }
  hidden("unm");
  operand(*e.left);
  put(")");
}

}  // namespace lesto::lua
