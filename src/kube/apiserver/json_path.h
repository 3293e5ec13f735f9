// The JSON paths of printer columns and scale subresources: .a.b, ['key'], [n], [*], [?(@.x=="y")].
#pragma once

#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::apiserver {

// What the path finds, in order; nothing when it cannot be read. At most kPathResultsMax values.
inline constexpr std::size_t kPathResultsMax = 1000;
std::vector<json::Value> find_path(const json::Value& object, std::string_view path);

}  // namespace lesto::apiserver
