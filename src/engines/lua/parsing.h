// The parser of scripts. Private to parser*.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/lua/lexer.h"
#include "engines/lua/limits.h"
#include "engines/lua/parser.h"

namespace lesto::lua {

// A recursive descent parser. After the first error `failed_` is set, the current token reads as
// End, and every function returns quickly; what they return is then thrown away.
class Parser {
 public:
  Parser(std::string_view text, const std::string& chunk)
      : lexer_(text, chunk), name_(chunk), chunk_(std::make_unique<Chunk>()) {}

  Outcome<std::unique_ptr<Chunk>> run();

 private:
  void advance();
  void fail(Failure failure);
  void syntax_error() { fail(lexer_.error(lexer_.last().text, "syntax error")); }
  void too_deep();
  bool accept(char symbol);
  bool accept(Token kind);
  void expect(char symbol);
  void expect(Token kind);
  std::string expect_name();
  Expression* make(ExpressionKind kind, int line);
  Expression* deepen(Expression* e);
  Statement* make(StatementKind kind, int line);

  // Counts one level of recursion while it lives.
  struct Level {
    explicit Level(Parser& parser) : depth(parser.depth_) {
      if (++depth > kParserDepthMax) parser.too_deep();
    }
    ~Level() { --depth; }
    int& depth;
  };

  bool ends_block() const;
  Block* block();
  Statement* last_statement();
  Statement* statement();
  Statement* if_statement();
  Statement* for_statement();
  Statement* function_statement();
  Statement* local_statement();
  static bool is_target(const Expression* e, bool bare);
  Statement* expression_statement();
  Statement* assignment(Expression* first);
  std::vector<Expression*> expression_list();

  Expression* expression() { return binary(unary_or_simple(), 0); }

  // Goes on after a complete operand: everything that binds tighter than `level`.
  Expression* binary(Expression* left, int level);
  Expression* unary_or_simple();
  Expression* simple();
  Expression* name_expression(const Lexeme& token);

  // A name or parenthesis and what follows it. `bare` tells on return whether the result is no
  // parenthesis itself.
  Expression* suffixed(bool& bare);
  bool starts_arguments() const;
  Expression* suffixes(Expression* e);
  void arguments(Expression* call);
  Expression* table();
  void field(Expression* owner);

  // Stands before the parameters.
  Expression* function_body(int line);

  Lexer lexer_;
  std::string name_;
  std::unique_ptr<Chunk> chunk_;
  std::vector<Function*> functions_;
  Lexeme token_;
  bool failed_ = false;
  Failure failure_;
  int depth_ = 0;
};

}  // namespace lesto::lua
