// Who owns which field: the field manager of a request, and what apply and updates record (engines/patch/apply.h).
#pragma once

#include "engines/patch/apply.h"
#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// fieldManager of the query, else the user agent's name.
std::string field_manager(const Call& call);
patch::Endpoint endpoint_of(Core& core, const Call& call);
// The types that merging needs: a built-in kind's, or a custom resource version's.
patch::Schema merge_schema(Core& core, const Call& call);

// `object` with the owners that this request makes; `live` is null for a create.
json::Value track(Core& core, const Call& call, const json::Value& live, const json::Value& object);

}  // namespace lesto::apiserver
