// Checks of embedded resources (x-kubernetes-embedded-resource).
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

// apiVersion, kind and metadata of the embedded resources in a value that coerce_meta let pass.
Problems check_embedded(const json::Value& value, const Node& node, std::string_view path = {});

}  // namespace lesto::apiserver::schema
