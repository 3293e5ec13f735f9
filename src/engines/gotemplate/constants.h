// Literals of a template: numbers, characters, strings, booleans.
#pragma once

#include <expected>
#include <string>

#include "engines/gotemplate/heap.h"
#include "engines/gotemplate/lexer.h"
#include "engines/gotemplate/nodes.h"

namespace lesto::gotemplate {

// The node for a literal, or the text of what is wrong with it.
std::expected<Node*, std::string> make_constant(const Item& item, Heap& heap);

}  // namespace lesto::gotemplate
