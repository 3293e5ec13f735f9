// Merging a strategic patch into an object, or into another patch. Internal to this room.
#pragma once

#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

enum class Target : bool {
  Object,  // directives take effect, nulls delete
  Patch,   // two patches become one: directives and nulls are kept
};

Result<json::Value> merge_strategic(const SchemaNode* node, const json::Value& original,
                                    const json::Value& patch, Target target);

// How the field of a type merges.
struct FieldMerge {
  const SchemaNode* type = nullptr;  // of the field; of its items when the field is a list
  bool merge = false;
  bool replace = false;
  bool retain_keys = false;
  std::string_view merge_key = {};
};
Result<FieldMerge> map_field(const SchemaNode* node, std::string_view name);
Result<FieldMerge> list_field(const SchemaNode* node, std::string_view name);

}  // namespace lesto::patch
