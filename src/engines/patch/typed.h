// Walks of values along their schema: the operations that server-side apply is made of. Internal to
// this room.
//
// The rules are structured-merge-diff's. An absent value is a null pointer, which is not the same
// as JSON null.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engines/patch/field_set.h"
#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

// What of a type applies to a value: bits of a type that is several things at once.
struct Shape {
  bool map = false;
  bool scalar = false;
  bool list = false;
  bool operator==(const Shape&) const = default;
};
// The part of the type that fits the value; the whole type when none does.
Shape shape_of(const SchemaNode& node, const json::Value* value);

enum class ListDuplicates : bool { Refuse, Allow };

// Checks the value against the type. The error text lists each problem with its path.
Result<void> check_typed(const SchemaNode& node, const json::Value& value,
                         ListDuplicates duplicates);
std::vector<std::string> scalar_problems(const SchemaNode& node, const json::Value* value,
                                         std::string_view prefix);

// The item's step in a list that merges: by its key fields, or by itself.
Result<PathStep> step_of_item(const SchemaNode& list, const json::Value& item);

// All that somebody who applies the value owns.
FieldSet fields_of(const SchemaNode& node, const json::Value& value);

// `over` laid onto `base`; nothing when nothing is left (an emptied map or list). Both absent is no
// input.
Result<std::optional<json::Value>> merge_typed(const SchemaNode& node, const json::Value* base,
                                               const json::Value* over);

struct Comparison {
  FieldSet removed;
  FieldSet modified;
  FieldSet added;
};
Result<Comparison> compare_typed(const SchemaNode& node, const json::Value& before,
                                 const json::Value& after);

// The value without the paths of the set; null when nothing is left.
json::Value remove_fields(const SchemaNode& node, const json::Value& value, const FieldSet& fields);

// The set as it must be after a type became atomic: what lay below it becomes the whole.
FieldSet reconcile_fields(const SchemaNode& node, const FieldSet& fields);

}  // namespace lesto::patch
