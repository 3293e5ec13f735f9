// Items to nodes, with Go's rules and error texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/heap.h"
#include "engines/gotemplate/nodes.h"
#include "foundation/base/result.h"

namespace lesto::gotemplate {

struct ParsedTemplate {
  // Stable addresses: nodes point to them.
  std::deque<Definition> definitions;
  // Some function of the text changes maps.
  bool changes = false;

  const Definition* find(std::string_view name) const;
};

// Nodes borrow the text and live in the heap. `name` is the template's, for errors.
Result<ParsedTemplate> parse_template(std::string_view name, std::string_view text, Dialect dialect,
                                      Heap& heap);

}  // namespace lesto::gotemplate
