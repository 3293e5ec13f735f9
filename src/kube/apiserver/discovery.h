// What the server says about itself: versions, groups, resources, health.
#pragma once

#include <optional>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The answer to a path outside the resources; std::nullopt when there is no such path.
std::optional<io::Response> discover(Core& core, const Call& call);

json::Value version_document();

}  // namespace lesto::apiserver
