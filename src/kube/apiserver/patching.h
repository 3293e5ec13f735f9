// Patches: what an object becomes under the body of a PATCH request.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

Outcome<json::Value> patched(Core& core, Call& call, const json::Value& old);

}  // namespace lesto::apiserver
