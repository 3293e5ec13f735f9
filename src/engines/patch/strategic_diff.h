// Making strategic patches. Internal to this room.
#pragma once

#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

struct DiffOptions {
  bool ignore_changes = false;  // and additions
  bool ignore_deletions = false;
  bool element_order = false;  // give the order of changed lists
  bool retain_keys = false;    // of the map at hand
};

// The patch from `original` to `modified`. Lists of scalars that merge are sorted in `original` on
// the way: a later comparison with it sees them sorted, as it does in the library mirrored here.
Result<json::Value> diff_strategic(const SchemaNode* node, json::Value& original,
                                   const json::Value& modified, const DiffOptions& options);

}  // namespace lesto::patch
