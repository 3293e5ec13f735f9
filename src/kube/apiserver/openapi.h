// OpenAPI v3 documents: what kubectl reads before it creates, applies or explains.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The answer to /openapi/v3 and below; std::nullopt when there is no such document.
std::optional<io::Response> serve_openapi(Core& core, const Call& call);

// The answer to /openapi/v2: a document without definitions. kubectl asks for it before it sends the items of a List, and
// leaves what it does not find there to the server, which validates each item.
io::Response serve_openapi_v2(const Call& call);

}  // namespace lesto::apiserver
