// Patches: what an object becomes under the body of a PATCH request.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// True for server-side apply (verbs_apply.cpp).
bool is_apply(const Call& call);

enum class PatchTarget : bool { Object, Scale };

// `document` is what the patch is for, in the version of the call: the object, or its Scale.
Outcome<json::Value> patched(Core& core, Call& call, const json::Value& document, PatchTarget target);

}  // namespace lesto::apiserver
