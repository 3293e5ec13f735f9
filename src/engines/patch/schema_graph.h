// The nodes behind a Schema; internal to this room.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include "engines/patch/schema.h"

namespace lesto::patch {

class SchemaGraph {
 public:
  std::deque<SchemaNode> nodes;
  std::map<std::string, const SchemaNode*, std::less<>> components;
  // "group/version/kind" to component.
  std::map<std::string, const SchemaNode*, std::less<>> kinds;

  // The type of which nothing is known: maps are granular, lists atomic.
  const SchemaNode* deduced = nullptr;
  // Nothing is known and everything is owned as a whole.
  const SchemaNode* untyped = nullptr;

  SchemaGraph();
};

}  // namespace lesto::patch
