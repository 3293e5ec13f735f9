// A parsed expression. Filled in by the parser, then by the checker; afterwards it never changes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engines/cel/type.h"
#include "engines/cel/value.h"

namespace re2 {
class RE2;
}

namespace lesto::cel {

struct Function;

enum class ExprKind : std::uint8_t { Literal, Ident, Select, Call, List, Map, Comprehension };

enum class Macro : std::uint8_t {
  All,
  Exists,
  ExistsOne,
  Map,
  Filter,
  TransformList,
  TransformMap,
  TransformMapEntry,  // of two variables
  OptMap,
  OptFlatMap,
};

struct Expr;
using ExprRef = std::unique_ptr<Expr>;

struct Expr {
  ExprKind kind = ExprKind::Literal;
  std::size_t position = 0;  // byte of the text that errors point to
  int depth = 1;

  Value literal;
  // Ident and Select: the name; Call: the function ("_+_", "size"); Comprehension: nothing.
  std::string name;
  // Select and member Call: what it is of. Comprehension: the range.
  ExprRef target;
  // Call: arguments; List: items; Map: keys and values in turn. Comprehension: its steps (filter
  // before transform).
  std::vector<ExprRef> args;
  std::vector<bool> optional_entries;  // of List and Map: written with `?`
  bool presence = false;               // has(target.name)
  bool optional = false;               // target.?name
  bool from_root = false;              // .name

  Macro macro = Macro::All;
  std::string variable;
  std::string second_variable;  // empty when there is one variable

  // Set by the checker.
  TypeRef type;
  int slot = -1;  // of a variable on the evaluator's stack
  const Function* function = nullptr;
  std::shared_ptr<const re2::RE2> regex;  // of a literal pattern
};

}  // namespace lesto::cel
