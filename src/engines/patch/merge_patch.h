// RFC 7386 as the API server reads it (evanphx/json-patch v4), and the making of such patches.
#pragma once

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

// Null deletes, objects merge, all else replaces; an array replaces the document. Invalid for a
// null document and for a patch that is neither object nor array.
Result<json::Value> apply_merge_patch(const json::Value& document, const json::Value& patch);

// The patch that makes `modified` of `original`: two objects (null counts as an empty one), or two
// arrays of as many objects. Numbers compare by value: 1 and 1.0 are equal.
Result<json::Value> create_merge_patch(const json::Value& original, const json::Value& modified);

enum class KeepIdentity : bool { No, Yes };

// An error when the patch would change apiVersion, kind or metadata.name.
Result<void> check_identity(const json::Value& patch);

// The patch for `current` that removes what was in `original` and is not in `modified`, and sets
// what is in `modified`. With KeepIdentity::Yes (kubectl, Helm) a patch that would change
// apiVersion, kind or metadata.name is an error.
Result<json::Value> create_three_way_merge_patch(const json::Value& original,
                                                 const json::Value& modified,
                                                 const json::Value& current, KeepIdentity identity);

}  // namespace lesto::patch
