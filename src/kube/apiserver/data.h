// The tables of the built-in kinds (kube/apiserver/data/README.md), embedded into the binary.
#pragma once

#include <string_view>

namespace lesto::apiserver {

// The file of that path in the data folder ("resources.json", "openapi/apps_v1.json"); "" when
// there is none. Lives as long as the program.
std::string_view embedded(std::string_view name);

}  // namespace lesto::apiserver
