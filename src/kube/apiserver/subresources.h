// Subresources other than status: scale, finalize, token, eviction, binding; the streams of pods are refused.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

Outcome<Reply> serve_subresource(Core& core, Call& call);

}  // namespace lesto::apiserver
