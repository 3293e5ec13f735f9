// Is a schema structural? Works on the JSON of an openAPIV3Schema.
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

// Empty when it can be read as a structural schema, else why not (a construct that is refused
// elsewhere, too).
std::string not_readable(const json::Value& schema, int depth = 0);

Problems check_structural(const json::Value& schema, const std::string& path);

}  // namespace lesto::apiserver::schema
