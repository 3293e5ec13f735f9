// Runs a checked expression.
#pragma once

#include <vector>

#include "engines/cel/ast.h"
#include "engines/cel/declarations.h"

namespace lesto::cel {

// `stack` holds the variables in the order in which they were declared.
Result<Value> evaluate(const Expr& root, std::vector<Value> stack, Budget& budget);

// list[index], map[key], map.key; nothing when it is not there. Errors: a target or index of a
// wrong kind.
Result<std::optional<Value>> look_up(const Value& target, const Value& index);

// How a key is named in "no such key: KEY".
std::string key_text(const Value& key);

}  // namespace lesto::cel
