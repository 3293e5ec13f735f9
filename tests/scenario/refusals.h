// What the management cluster has refused to the manager: a right that manifests/rbac.yaml lacks shows in a story as
// something that does not come, and here as the sentence of the API server that says why.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "foundation/io/http.h"

namespace lesto::scenario {

// The message of each answer 403, and how often it came. Thread: the loop's.
using Refusals = std::map<std::string, int>;

// An exchange that passes all on to `inner` and notes refusals in `refusals`, which outlives it.
std::unique_ptr<io::Exchange> noting(std::unique_ptr<io::Exchange> inner, Refusals& refusals);

// For people, a line each; "" when there are none.
std::string text(const Refusals& refusals);

}  // namespace lesto::scenario
