// "env=production,tier=gold", as flags have it.
#pragma once

#include <map>
#include <string>

#include "foundation/base/result.h"

namespace lesto::app {

// "" is none. Invalid for what is not key=value, or is no label for Kubernetes.
Result<std::map<std::string, std::string>> parse_labels(const std::string& text);

}  // namespace lesto::app
