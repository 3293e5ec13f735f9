// Expressions: operators by their binding power, calls, tables, functions.
#include <utility>

#include "engines/lua/parsing.h"

namespace lesto::lua {
namespace {

// Binding powers, loosest first; the dialect puts all comparisons on one level.
constexpr int kOr = 1, kAnd = 2, kCompare = 3, kConcat = 4, kAdd = 5, kMultiply = 6, kUnary = 7,
              kPower = 8;

struct Operator {
  int level = 0;
  bool right = false;
  ExpressionKind kind = ExpressionKind::Arithmetic;
};

Operator operator_of(const Lexeme& token) {
  switch (token.kind) {
    case Token::Or: return {kOr, false, ExpressionKind::Or};
    case Token::And: return {kAnd, false, ExpressionKind::And};
    case Token::Equal:
    case Token::NotEqual:
    case Token::LessEqual:
    case Token::GreaterEqual: return {kCompare, false, ExpressionKind::Compare};
    case Token::Concat: return {kConcat, true, ExpressionKind::Concat};
    case Token::Symbol: break;
    default: return {};
  }
  switch (token.symbol) {
    case '<':
    case '>': return {kCompare, false, ExpressionKind::Compare};
    case '+':
    case '-': return {kAdd, false, ExpressionKind::Arithmetic};
    case '*':
    case '/':
    case '%': return {kMultiply, false, ExpressionKind::Arithmetic};
    case '^': return {kPower, true, ExpressionKind::Arithmetic};
    default: return {};
  }
}

}  // namespace

std::vector<Expression*> Parser::expression_list() {
  std::vector<Expression*> list{expression()};
  while (accept(',')) list.push_back(expression());
  return list;
}

Expression* Parser::binary(Expression* left, int level) {
  Level guard(*this);
  while (!failed_) {
    Operator op = operator_of(token_);
    if (op.level == 0 || op.level <= level) return left;
    std::string text = token_.text;
    advance();
    if (op.kind == ExpressionKind::Concat) {
      // Right associative, and often long: the operands stand in one list.
      Expression* e = make(op.kind, left->line);
      e->items = {left, binary(unary_or_simple(), op.level)};
      while (accept(Token::Concat)) e->items.push_back(binary(unary_or_simple(), op.level));
      left = deepen(e);
      continue;
    }
    Expression* right = binary(unary_or_simple(), op.right ? op.level - 1 : op.level);
    Expression* e = make(op.kind, left->line);
    e->text = std::move(text);
    e->left = left;
    e->right = right;
    left = deepen(e);
  }
  return left;
}

Expression* Parser::unary_or_simple() {
  Level guard(*this);
  if (failed_) return make(ExpressionKind::Nil, 0);
  ExpressionKind kind;
  if (token_.is('-')) {
    kind = ExpressionKind::Minus;
  } else if (token_.is('#')) {
    kind = ExpressionKind::Length;
  } else if (token_.kind == Token::Not) {
    kind = ExpressionKind::Not;
  } else {
    return simple();
  }
  advance();
  Expression* operand = binary(unary_or_simple(), kUnary);
  Expression* e = make(kind, operand->line);
  e->left = operand;
  return deepen(e);
}

Expression* Parser::simple() {
  int line = token_.line;
  auto constant = [&](ExpressionKind kind) {
    Expression* e = make(kind, line);
    e->text = token_.text;
    advance();
    return e;
  };
  switch (token_.kind) {
    case Token::Nil: return constant(ExpressionKind::Nil);
    case Token::True: return constant(ExpressionKind::True);
    case Token::False: return constant(ExpressionKind::False);
    case Token::Number: return constant(ExpressionKind::Number);
    case Token::String: return constant(ExpressionKind::String);
    case Token::Dots: return constant(ExpressionKind::Dots);
    case Token::Function: advance(); return function_body(line);
    default: break;
  }
  if (token_.is('{')) return table();
  if (token_.kind != Token::Name && !token_.is('(')) {
    syntax_error();
    return make(ExpressionKind::Nil, line);
  }
  bool bare = true;
  return suffixed(bare);
}

Expression* Parser::name_expression(const Lexeme& token) {
  Expression* e = make(ExpressionKind::Name, token.line);
  e->text = token.text;
  if (e->text == "arg") functions_.back()->uses_arg = true;
  return e;
}

Expression* Parser::suffixed(bool& bare) {
  if (token_.kind == Token::Name) {
    Expression* e = name_expression(token_);
    advance();
    return suffixes(e);
  }
  Level guard(*this);
  int line = token_.line;
  expect('(');
  Expression* e = expression();
  expect(')');
  if (failed_) return e;
  e->line = line;
  if (e->kind == ExpressionKind::Dots || e->kind == ExpressionKind::Call ||
      e->kind == ExpressionKind::Method) {
    e->single = true;
  }
  Expression* whole = suffixes(e);
  bare = whole != e;
  return whole;
}

bool Parser::starts_arguments() const {
  return token_.is('(') || token_.is('{') || token_.kind == Token::String;
}

Expression* Parser::suffixes(Expression* e) {
  while (!failed_) {
    if (token_.is('.')) {
      advance();
      Expression* index = make(ExpressionKind::Index, e->line);
      index->left = e;
      index->right = make(ExpressionKind::String, token_.line);
      index->right->text = expect_name();
      e = deepen(index);
    } else if (token_.is('[')) {
      advance();
      Expression* index = make(ExpressionKind::Index, e->line);
      index->left = e;
      index->right = expression();
      expect(']');
      e = deepen(index);
    } else if (token_.is(':')) {
      advance();
      Expression* call = make(ExpressionKind::Method, e->line);
      call->left = e;
      call->text = expect_name();
      if (!starts_arguments()) syntax_error();
      arguments(call);
      e = deepen(call);
    } else if (starts_arguments()) {
      Expression* call = make(ExpressionKind::Call, e->line);
      call->left = e;
      arguments(call);
      e = deepen(call);
    } else {
      return e;
    }
  }
  return e;
}

void Parser::arguments(Expression* call) {
  if (failed_) return;
  if (token_.kind == Token::String) {
    Expression* e = make(ExpressionKind::String, token_.line);
    e->text = token_.text;
    advance();
    call->items.push_back(e);
  } else if (token_.is('{')) {
    call->items.push_back(table());
  } else {
    expect('(');
    if (accept(')')) return;
    call->items = expression_list();
    expect(')');
  }
}

Expression* Parser::table() {
  Level guard(*this);
  Expression* e = make(ExpressionKind::Table, token_.line);
  expect('{');
  while (!failed_ && !token_.is('}')) {
    field(e);
    if (!accept(',') && !accept(';')) break;
  }
  expect('}');
  return deepen(e);
}

void Parser::field(Expression* owner) {
  Expression* key = nullptr;
  Expression* value = nullptr;
  if (accept('[')) {
    key = expression();
    expect(']');
    expect('=');
    value = expression();
  } else if (token_.kind == Token::Name) {
    Lexeme name = token_;
    advance();
    if (accept('=')) {
      key = make(ExpressionKind::String, name.line);
      key->text = name.text;
      value = expression();
    } else {
      value = binary(suffixes(name_expression(name)), 0);
    }
  } else {
    value = expression();
  }
  owner->keys.push_back(key);
  owner->items.push_back(value);
}

Expression* Parser::function_body(int line) {
  Level guard(*this);
  Function& f = chunk_->functions.emplace_back();
  Expression* e = make(ExpressionKind::Function, line);
  e->function = &f;
  f.line = token_.line;
  functions_.push_back(&f);
  expect('(');
  if (!accept(')')) {
    while (!failed_) {
      if (accept(Token::Dots)) {
        f.variadic = true;
        break;
      }
      f.parameters.push_back(expect_name());
      if (!accept(',')) break;
    }
    expect(')');
  }
  f.body = block();
  f.end_line = token_.line;
  expect(Token::EndWord);
  functions_.pop_back();
  return e;
}

}  // namespace lesto::lua
