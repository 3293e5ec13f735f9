// OpenAPI v3 documents: what kubectl reads before it creates, applies or explains.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The answer to /openapi/v3 and below; std::nullopt when there is no such document.
std::optional<io::Response> serve_openapi(Core& core, const Call& call);

}  // namespace lesto::apiserver
