// The rules of the API about particular built-in kinds: the ones that users and controllers run into. The full set of
// upstream's validation is far larger; what is not here is accepted.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

void validate_kind(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors);

}  // namespace lesto::apiserver
