// What the server does to particular kinds on their way in: defaults, allocations, rules of their own.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// What counts as the request's own doing: comes before owners of fields are recorded. `old` is null for a new object.
Outcome<void> admit(Core& core, Call& call, json::Value& fresh, const json::Value* old);
// What the server adds of itself, and nobody owns: phases, addresses, ports.
Outcome<void> complete(Core& core, Call& call, json::Value& fresh, const json::Value* old);
// Findings about the completed object.
Outcome<void> validate(Core& core, Call& call, const json::Value& fresh, const json::Value* old);

}  // namespace lesto::apiserver
