// Strategic merge patches of built-in kinds, as apimachinery's strategicpatch reads and makes them:
// merge keys and strategies from the schema, the directives $patch, $retainKeys, $setElementOrder/x
// and $deleteFromPrimitiveList/x.
#pragma once

#include "engines/patch/merge_patch.h"
#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

// Errors are Invalid (a patch element without its merge key, an unknown directive, a field that the
// type does not have holding an object or list).
Result<json::Value> apply_strategic(const Schema& schema, const json::Value& original,
                                    const json::Value& patch);

// The patch that makes `modified` of `original`.
Result<json::Value> create_strategic(const Schema& schema, const json::Value& original,
                                     const json::Value& modified);

enum class Overwrite : bool { No, Yes };

// kubectl apply and Helm: deletions from original → modified, changes from current → modified.
// Without overwrite a change that somebody else made to the same field is Conflict.
Result<json::Value> create_three_way_strategic(const Schema& schema, const json::Value& original,
                                               const json::Value& modified,
                                               const json::Value& current, Overwrite overwrite,
                                               KeepIdentity identity);

}  // namespace lesto::patch
