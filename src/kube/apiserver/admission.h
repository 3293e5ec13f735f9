// What the server does to particular kinds on their way in: defaults, allocations, rules of their own.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// Completes a new object (old is null) or its next state.
Outcome<void> admit(Core& core, Call& call, json::Value& fresh, const json::Value* old);
// Findings about the completed object.
Outcome<void> validate(Core& core, Call& call, const json::Value& fresh, const json::Value* old);

}  // namespace lesto::apiserver
