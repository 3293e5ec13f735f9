// RFC 6902 as the API server and kubectl read it (evanphx/json-patch v4): negative indexes count from the end, a test of
// a missing leaf against null holds, `replace` needs its target.
#pragma once

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

// How much a patch may do.
inline constexpr std::size_t kJsonPatchOperationsMax = 10'000;

// `patch` is an array of operations. Errors are Invalid; a failed `test` has the text that the server answers 422 with.
Result<json::Value> apply_json_patch(const json::Value& document, const json::Value& patch);

}  // namespace lesto::patch
