// RFC 6902 as the API server and kubectl read it (evanphx/json-patch v4): negative indexes count
// from the end, a test of a missing member against null holds, `replace` adds a member that is not
// there, a missing member copies as null.
#pragma once

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

// How much a patch may do: operations, bytes that its copies add (the API server's limit), and
// values that are looked at in all to keep the document within kDepthMax.
inline constexpr std::size_t kJsonPatchOperationsMax = 10'000;
inline constexpr std::size_t kJsonPatchCopyBytesMax = 3 * 1024 * 1024;
inline constexpr std::size_t kJsonPatchWorkMax = 20'000'000;

// `document` is an object or array, `patch` an array of operations. Errors are Invalid, with the
// library's texts, which the server answers 422 with; `test` compares numbers by kind, too: 1 is
// not 1.0.
Result<json::Value> apply_json_patch(const json::Value& document, const json::Value& patch);

}  // namespace lesto::patch
