#include "engines/lua/parser.h"

#include <algorithm>
#include <utility>

#include "engines/lua/lexer.h"
#include "engines/lua/limits.h"

namespace lesto::lua {
namespace {

// Binding powers, loosest first; the dialect puts all comparisons on one level.
constexpr int kOr = 1, kAnd = 2, kCompare = 3, kConcat = 4, kAdd = 5, kMultiply = 6, kUnary = 7, kPower = 8;

struct Operator {
  int level = 0;
  bool right = false;
  ExpressionKind kind = ExpressionKind::Arithmetic;
};

Operator operator_of(const Lexeme& token) {
  switch (token.kind) {
    case Token::Or: return {kOr, false, ExpressionKind::Or};
    case Token::And: return {kAnd, false, ExpressionKind::And};
    case Token::Equal: case Token::NotEqual: case Token::LessEqual: case Token::GreaterEqual:
      return {kCompare, false, ExpressionKind::Compare};
    case Token::Concat: return {kConcat, true, ExpressionKind::Concat};
    case Token::Symbol: break;
    default: return {};
  }
  switch (token.symbol) {
    case '<': case '>': return {kCompare, false, ExpressionKind::Compare};
    case '+': case '-': return {kAdd, false, ExpressionKind::Arithmetic};
    case '*': case '/': case '%': return {kMultiply, false, ExpressionKind::Arithmetic};
    case '^': return {kPower, true, ExpressionKind::Arithmetic};
    default: return {};
  }
}

// A recursive descent parser. After the first error `failed_` is set, the current token reads as End, and every
// function returns quickly; what they return is then thrown away.
class Parser {
 public:
  Parser(std::string_view text, const std::string& chunk)
      : lexer_(text, chunk), name_(chunk), chunk_(std::make_unique<Chunk>()) {}

  Outcome<std::unique_ptr<Chunk>> run() {
    advance();
    chunk_->main = &chunk_->functions.emplace_back();
    chunk_->main->variadic = true;
    functions_.push_back(chunk_->main);
    chunk_->main->body = block();
    if (!failed_ && token_.kind != Token::End) syntax_error();
    if (failed_) return std::unexpected(std::move(failure_));
    return std::move(chunk_);
  }

 private:
  void advance() {
    if (failed_) return;
    auto token = lexer_.next();
    if (!token) return fail(std::move(token.error()));
    token_ = std::move(*token);
  }

  void fail(Failure failure) {
    if (failed_) return;
    failed_ = true;
    failure_ = std::move(failure);
    token_ = Lexeme{};
  }
  void syntax_error() { fail(lexer_.error(lexer_.last().text, "syntax error")); }
  void too_deep() {
    Failure failure = lexer_.error(lexer_.last().text, "nested too deeply");
    failure.code = Code::TooLarge;
    fail(std::move(failure));
  }

  bool accept(char symbol) {
    if (failed_ || !token_.is(symbol)) return false;
    advance();
    return true;
  }
  bool accept(Token kind) {
    if (failed_ || token_.kind != kind) return false;
    advance();
    return true;
  }
  void expect(char symbol) {
    if (!accept(symbol)) syntax_error();
  }
  void expect(Token kind) {
    if (!accept(kind)) syntax_error();
  }
  std::string expect_name() {
    std::string name = token_.text;
    expect(Token::Name);
    return name;
  }

  Expression* make(ExpressionKind kind, int line) {
    Expression& e = chunk_->expressions.emplace_back();
    e.kind = kind;
    e.line = line;
    return &e;
  }
  Expression* deepen(Expression* e) {
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
  Statement* make(StatementKind kind, int line) {
    Statement& s = chunk_->statements.emplace_back();
    s.kind = kind;
    s.line = line;
    return &s;
  }

  // Counts one level of recursion while it lives.
  struct Level {
    explicit Level(Parser& parser) : depth(parser.depth_) {
      if (++depth > kParserDepthMax) parser.too_deep();
    }
    ~Level() { --depth; }
    int& depth;
  };

  bool ends_block() const {
    switch (token_.kind) {
      case Token::End: case Token::EndWord: case Token::Else: case Token::ElseIf: case Token::Until: return true;
      default: return false;
    }
  }

  Block* block() {
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

  Statement* last_statement() {
    int line = token_.line;
    if (accept(Token::Break)) return make(StatementKind::Break, line);
    advance();
    Statement* s = make(StatementKind::Return, line);
    if (!ends_block() && !token_.is(';')) s->values = expression_list();
    return s;
  }

  Statement* statement() {
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

  Statement* if_statement() {
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

  Statement* for_statement() {
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

  Statement* function_statement() {
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

  Statement* local_statement() {
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

  static bool is_target(const Expression* e, bool bare) {
    return bare && (e->kind == ExpressionKind::Name || e->kind == ExpressionKind::Index);
  }

  Statement* expression_statement() {
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
    Statement* s = make(StatementKind::Call, first->line);
    s->values.push_back(first);
    return s;
  }

  Statement* assignment(Expression* first) {
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

  std::vector<Expression*> expression_list() {
    std::vector<Expression*> list{expression()};
    while (accept(',')) list.push_back(expression());
    return list;
  }

  Expression* expression() { return binary(unary_or_simple(), 0); }

  // Goes on after a complete operand: everything that binds tighter than `level`.
  Expression* binary(Expression* left, int level) {
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

  Expression* unary_or_simple() {
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

  Expression* simple() {
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

  Expression* name_expression(const Lexeme& token) {
    Expression* e = make(ExpressionKind::Name, token.line);
    e->text = token.text;
    if (e->text == "arg") functions_.back()->uses_arg = true;
    return e;
  }

  // A name or parenthesis and what follows it. `bare` tells on return whether the result is no parenthesis itself.
  Expression* suffixed(bool& bare) {
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
    if (e->kind == ExpressionKind::Dots || e->kind == ExpressionKind::Call || e->kind == ExpressionKind::Method) {
      e->single = true;
    }
    Expression* whole = suffixes(e);
    bare = whole != e;
    return whole;
  }

  bool starts_arguments() const { return token_.is('(') || token_.is('{') || token_.kind == Token::String; }

  Expression* suffixes(Expression* e) {
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

  void arguments(Expression* call) {
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

  Expression* table() {
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

  void field(Expression* owner) {
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

  // Stands before the parameters.
  Expression* function_body(int line) {
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

  Lexer lexer_;
  std::string name_;
  std::unique_ptr<Chunk> chunk_;
  std::vector<Function*> functions_;
  Lexeme token_;
  bool failed_ = false;
  Failure failure_;
  int depth_ = 0;
};

}  // namespace

Outcome<std::unique_ptr<Chunk>> parse_script(std::string_view text, const std::string& chunk) {
  return Parser(text, chunk).run();
}

}  // namespace lesto::lua
