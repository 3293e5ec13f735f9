// Which kubeconfig a cluster's Secret holds: pure.
#pragma once

#include "fleet/model/sveltos_cluster.h"
#include "kube/object/kubeconfig.h"

namespace lesto::cluster {

// The Secret that holds the kubeconfig of a SveltosCluster (reference/core.md 2.3).
kube::ObjectKey kubeconfig_secret(const model::SveltosCluster& cluster);

// Reads the kubeconfig out of that Secret; `secret` is null when it is not there. Of several keys without a choice in
// spec.kubeconfigKeyName, "kubeconfig" and "value" are preferred, then a single key is taken; else Invalid.
Result<kube::Kubeconfig> read_kubeconfig(const model::SveltosCluster& cluster, const json::Value& secret);

}  // namespace lesto::cluster
