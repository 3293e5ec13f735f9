// Reads what step 4 decides from.
#pragma once

#include "fleet/cluster/management.h"
#include "fleet/cluster/registry.h"
#include "steps/deploy/render.h"

namespace lesto::deploy {

// What a summary read when it was last gathered: a change of any of these wakes it.
struct Use {
  kube::GroupVersionKind gvk;
  kube::ObjectKey key;
  auto operator<=>(const Use&) const = default;
};

struct Gathered {
  Sources sources;
  std::vector<Use> uses;  // also filled when something is missing
};

// Contents and template resources of a summary, from the stores. NotFound when one that is not optional is missing;
// Invalid for a wrong Secret type, a wrong template in a name, or a reference out of a Profile's namespace.
io::Task<Result<void>> gather(io::Context context, cluster::Management& management,
                              std::shared_ptr<const model::ClusterSummary> summary, json::Value cluster, Time now,
                              Gathered& out);

}  // namespace lesto::deploy
