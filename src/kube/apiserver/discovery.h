// What the server says about itself: versions, groups, resources, health.
#pragma once

#include <optional>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The answer to a path outside the resources; std::nullopt when there is no such path.
std::optional<io::Response> discover(Core& core, const Call& call);

// The release of Kubernetes that the server behaves as.
inline constexpr std::string_view kServerVersion = "v1.36.3";
json::Value version_document();

}  // namespace lesto::apiserver
