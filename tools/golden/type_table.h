// Types of built-in kinds for the suites `ssa` and `patch`: our API server's own documents, and for
// what it does not have the table that the suites come with (tests/golden/ssa/types.json).
#pragma once

#include <string_view>

#include "engines/patch/schema.h"
#include "foundation/json/value.h"

namespace lesto::golden {

class TypeTable {
 public:
  // Reads tests/golden/ssa/types.json and crds.json, found from the source tree.
  static TypeTable load();
  // Deduced for kinds that are not in the table.
  patch::Schema of(std::string_view api_version, std::string_view kind) const;
  patch::Schema of_kind(std::string_view kind) const;
  // The custom resource definition of a kind; null when there is none.
  const json::Value& crd(std::string_view kind) const;

 private:
  json::Value types_;
  json::Value crds_;
  std::optional<patch::Schemas> schemas_;
};

}  // namespace lesto::golden
