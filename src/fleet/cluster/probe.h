// What a probe's outcome means for a cluster's status, and how a selector of ours is compiled: pure.
#pragma once

#include <optional>

#include "fleet/model/sveltos_cluster.h"
#include "fleet/model/values.h"
#include "foundation/base/time.h"
#include "kube/object/selector.h"

namespace lesto::cluster {

// The status to merge into a SveltosCluster after a probe gave its Kubernetes version or an error; null when it says so
// already (reference/core.md 2.4: ready is never taken back, connectionStatus turns Down at the threshold).
json::Value probe_status(const json::Value& cluster, const Result<std::string>& version, Time now);

// The first field that is not served yet, as a message; nothing when all are.
std::optional<std::string> unserved_field(const model::SveltosCluster& cluster);

// A selector in either of its forms. Errors are Invalid and quote the text.
Result<kube::LabelSelector> compile(const model::Selector& selector);

}  // namespace lesto::cluster
