// How a CRD converts between its versions.
#pragma once

#include <string>

#include "foundation/json/value.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

// Checks spec.conversion.
Problems check_conversion(const json::Value& conversion, const std::string& path);

}  // namespace lesto::apiserver::schema
