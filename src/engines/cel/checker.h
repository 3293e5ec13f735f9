// Types of an expression: resolves names, chooses overloads, and complains of what can never work.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engines/cel/ast.h"
#include "engines/cel/declarations.h"
#include "engines/cel/source.h"

namespace lesto::cel {

struct Variable {
  std::string name;
  TypeRef type;
};

struct CheckOptions {
  // Refuse literals of lists and maps whose members differ in type, and literals that cannot be
  // patterns, times or spans.
  bool strict_literals = false;
};

// Fills in types, slots (variables first, in their order) and functions. Empty when all is right.
std::vector<Complaint> check(Expr& root, std::span<const Variable> variables,
                             const Functions& functions, CheckOptions options);

}  // namespace lesto::cel
