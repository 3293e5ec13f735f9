// The tree of a parsed script. Nodes live in the deques of a Chunk and point at each other.
#pragma once

#include <deque>
#include <string>
#include <vector>

namespace lesto::lua {

struct Block;
struct Function;

enum class ExpressionKind : unsigned char {
  Nil,
  True,
  False,
  Number,
  String,
  Dots,
  Function,
  Name,
  Index,
  Call,
  Method,
  Table,
  Or,
  And,
  Compare,
  Concat,
  Arithmetic,
  Minus,
  Not,
  Length,
};

struct Expression {
  ExpressionKind kind = ExpressionKind::Nil;
  // The line that errors of this expression report: the one of its first token.
  int line = 0;
  // Levels below this node.
  int depth = 0;
  // A call or `...` in parentheses gives exactly one value.
  bool single = false;
  // Number: the literal; String: the content; Name: the name; Method: the method; operators: the
  // operator.
  std::string text;
  // Index: object, key. Call: function. Method: receiver. Operators: left (or only) operand, right
  // operand.
  Expression* left = nullptr;
  Expression* right = nullptr;
  // Call, Method: arguments. Concat: operands. Table: values, each with its key in `keys` (null for
  // a list element).
  std::vector<Expression*> items;
  std::vector<Expression*> keys;
  Function* function = nullptr;
};

enum class StatementKind : unsigned char {
  Assign,
  Call,
  Do,
  While,
  Repeat,
  If,
  NumericFor,
  GenericFor,
  Function,
  Local,
  Return,
  Break,
  Goto,
  Label,
};

struct Statement {
  StatementKind kind = StatementKind::Do;
  int line = 0;
  // Local, loops: variables. Goto, Label: the label.
  std::vector<std::string> names;
  // Assign: targets. If: conditions, one a branch. NumericFor: first, limit, step. While, Repeat:
  // the condition.
  std::vector<Expression*> targets;
  // Assign, Local, Return, GenericFor: values. Call: the call. Function: its name, then the
  // function.
  std::vector<Expression*> values;
  // The bodies, one a branch; If: a last one without a condition is `else`.
  std::vector<Block*> blocks;
};

struct Block {
  std::vector<Statement*> statements;
};

struct Function {
  std::vector<std::string> parameters;
  bool variadic = false;
  // A method definition (function a:b()) has a hidden first parameter `self`.
  bool method = false;
  // The body names `arg`, the table of extra arguments of old.
  bool uses_arg = false;
  int line = 0;
  int end_line = 0;
  Block* body = nullptr;
};

struct Chunk {
  std::deque<Expression> expressions;
  std::deque<Statement> statements;
  std::deque<Block> blocks;
  std::deque<Function> functions;
  Function* main = nullptr;
};

}  // namespace lesto::lua
