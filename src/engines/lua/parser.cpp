#include "engines/lua/parser.h"

#include <algorithm>
#include <utility>

#include "engines/lua/parsing.h"

namespace lesto::lua {

Outcome<std::unique_ptr<Chunk>> Parser::run() {
  advance();
  chunk_->main = &chunk_->functions.emplace_back();
  chunk_->main->variadic = true;
  functions_.push_back(chunk_->main);
  chunk_->main->body = block();
  if (!failed_ && token_.kind != Token::End) syntax_error();
  if (failed_) return std::unexpected(std::move(failure_));
  return std::move(chunk_);
}

void Parser::advance() {
  if (failed_) return;
  auto token = lexer_.next();
  if (!token) return fail(std::move(token.error()));
  token_ = std::move(*token);
}

void Parser::fail(Failure failure) {
  if (failed_) return;
  failed_ = true;
  failure_ = std::move(failure);
  token_ = Lexeme{};
}

void Parser::too_deep() {
  Failure failure = lexer_.error(lexer_.last().text, "nested too deeply");
  failure.code = Code::TooLarge;
  fail(std::move(failure));
}

bool Parser::accept(char symbol) {
  if (failed_ || !token_.is(symbol)) return false;
  advance();
  return true;
}

bool Parser::accept(Token kind) {
  if (failed_ || token_.kind != kind) return false;
  advance();
  return true;
}

void Parser::expect(char symbol) {
  if (!accept(symbol)) syntax_error();
}

void Parser::expect(Token kind) {
  if (!accept(kind)) syntax_error();
}

std::string Parser::expect_name() {
  std::string name = token_.text;
  expect(Token::Name);
  return name;
}

Expression* Parser::make(ExpressionKind kind, int line) {
  Expression& e = chunk_->expressions.emplace_back();
  e.kind = kind;
  e.line = line;
  return &e;
}

Expression* Parser::deepen(Expression* e) {
  auto look = [&](const Expression* child) {
    if (child) e->depth = std::max(e->depth, child->depth + 1);
  };
  look(e->left);
  look(e->right);
  for (const Expression* item : e->items) look(item);
  for (const Expression* key : e->keys) look(key);
  if (e->depth > kNestingMax) too_deep();
  return e;
}

Statement* Parser::make(StatementKind kind, int line) {
  Statement& s = chunk_->statements.emplace_back();
  s.kind = kind;
  s.line = line;
  return &s;
}

bool Parser::ends_block() const {
  switch (token_.kind) {
    case Token::End:
    case Token::EndWord:
    case Token::Else:
    case Token::ElseIf:
    case Token::Until: return true;
    default: return false;
  }
}

Block* Parser::block() {
  Level level(*this);
  Block& result = chunk_->blocks.emplace_back();
  while (!failed_ && !ends_block()) {
    if (accept(';')) continue;
    if (token_.kind == Token::Return || token_.kind == Token::Break) {
      result.statements.push_back(last_statement());
      accept(';');
      break;
    }
    result.statements.push_back(statement());
  }
  return &result;
}

Statement* Parser::last_statement() {
  int line = token_.line;
  if (accept(Token::Break)) return make(StatementKind::Break, line);
  advance();
  Statement* s = make(StatementKind::Return, line);
  if (!ends_block() && !token_.is(';')) s->values = expression_list();
  return s;
}

Statement* Parser::statement() {
  int line = token_.line;
  switch (token_.kind) {
    case Token::Do: {
      advance();
      Statement* s = make(StatementKind::Do, line);
      s->blocks.push_back(block());
      expect(Token::EndWord);
      return s;
    }
    case Token::While: {
      advance();
      Statement* s = make(StatementKind::While, line);
      s->targets.push_back(expression());
      expect(Token::Do);
      s->blocks.push_back(block());
      expect(Token::EndWord);
      return s;
    }
    case Token::Repeat: {
      advance();
      Statement* s = make(StatementKind::Repeat, line);
      s->blocks.push_back(block());
      expect(Token::Until);
      s->targets.push_back(expression());
      return s;
    }
    case Token::If: return if_statement();
    case Token::For: return for_statement();
    case Token::Function: return function_statement();
    case Token::Local: return local_statement();
    case Token::DoubleColon: {
      advance();
      Statement* s = make(StatementKind::Label, line);
      s->names.push_back(expect_name());
      expect(Token::DoubleColon);
      return s;
    }
    case Token::Goto: {
      advance();
      Statement* s = make(StatementKind::Goto, line);
      s->names.push_back(expect_name());
      return s;
    }
    default: return expression_statement();
  }
}

Statement* Parser::if_statement() {
  Statement* s = make(StatementKind::If, token_.line);
  do {
    advance();
    s->targets.push_back(expression());
    expect(Token::Then);
    s->blocks.push_back(block());
  } while (!failed_ && token_.kind == Token::ElseIf);
  if (accept(Token::Else)) s->blocks.push_back(block());
  expect(Token::EndWord);
  return s;
}

Statement* Parser::for_statement() {
  int line = token_.line;
  advance();
  std::vector<std::string> names{expect_name()};
  if (accept('=')) {
    Statement* s = make(StatementKind::NumericFor, line);
    s->names = std::move(names);
    s->targets.push_back(expression());
    expect(',');
    s->targets.push_back(expression());
    if (accept(',')) s->targets.push_back(expression());
    expect(Token::Do);
    s->blocks.push_back(block());
    expect(Token::EndWord);
    return s;
  }
  Statement* s = make(StatementKind::GenericFor, line);
  while (accept(',')) names.push_back(expect_name());
  s->names = std::move(names);
  expect(Token::In);
  s->values = expression_list();
  expect(Token::Do);
  s->blocks.push_back(block());
  expect(Token::EndWord);
  return s;
}

Statement* Parser::function_statement() {
  Statement* s = make(StatementKind::Function, token_.line);
  advance();
  int line = token_.line;
  Expression* name = make(ExpressionKind::Name, line);
  name->text = expect_name();
  bool method = false;
  while (!failed_ && (token_.is('.') || token_.is(':'))) {
    method = token_.is(':');
    advance();
    Expression* index = make(ExpressionKind::Index, token_.line);
    index->left = name;
    index->right = make(ExpressionKind::String, token_.line);
    index->right->text = expect_name();
    name = deepen(index);
    if (method) break;
  }
  Expression* body = function_body(s->line);
  body->function->method = method;
  s->values = {name, body};
  return s;
}

Statement* Parser::local_statement() {
  int line = token_.line;
  advance();
  Statement* s = make(StatementKind::Local, line);
  if (accept(Token::Function)) {
    int function_line = token_.line;
    s->names.push_back(expect_name());
    s->values.push_back(function_body(function_line));
    return s;
  }
  s->names.push_back(expect_name());
  while (accept(',')) s->names.push_back(expect_name());
  if (accept('=')) s->values = expression_list();
  return s;
}

bool Parser::is_target(const Expression* e, bool bare) {
  return bare && (e->kind == ExpressionKind::Name || e->kind == ExpressionKind::Index);
}

Statement* Parser::expression_statement() {
  int line = token_.line;
  bool bare = true;
  if (token_.kind != Token::Name && !token_.is('(')) {
    syntax_error();
    return make(StatementKind::Do, line);
  }
  Expression* first = suffixed(bare);
  if (failed_) return make(StatementKind::Do, line);
  if (is_target(first, bare) && (token_.is('=') || token_.is(','))) return assignment(first);
  bool call = first->kind == ExpressionKind::Call || first->kind == ExpressionKind::Method;
  if (!call) fail(lexer_.error(lexer_.last().text, "parse error"));
  // In parentheses or not: a statement takes no values, and LuaJIT refuses the parentheses.
  first->single = false;
  Statement* s = make(StatementKind::Call, first->line);
  s->values.push_back(first);
  return s;
}

Statement* Parser::assignment(Expression* first) {
  Statement* s = make(StatementKind::Assign, first->line);
  s->targets.push_back(first);
  while (accept(',')) {
    bool bare = true;
    if (token_.kind != Token::Name && !token_.is('(')) syntax_error();
    Expression* next = suffixed(bare);
    if (!failed_ && !is_target(next, bare)) syntax_error();
    s->targets.push_back(next);
  }
  expect('=');
  s->values = expression_list();
  return s;
}

Outcome<std::unique_ptr<Chunk>> parse_script(std::string_view text, const std::string& chunk) {
  return Parser(text, chunk).run();
}

}  // namespace lesto::lua
