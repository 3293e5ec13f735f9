// Which kubeconfig a cluster's Secret holds: pure.
#pragma once

#include "fleet/model/sveltos_cluster.h"
#include "kube/object/kubeconfig.h"

namespace lesto::cluster {

// Where a kubeconfig is kept (reference/core.md 2.3).
struct KubeconfigPlace {
  kube::ObjectKey secret;
  std::string key;  // "": the one that is there
};
KubeconfigPlace kubeconfig_place(const model::SveltosCluster& cluster);
// Cluster API's: Secret NAME-kubeconfig, key "value".
KubeconfigPlace capi_kubeconfig_place(const kube::ObjectKey& cluster);

// Reads the kubeconfig out of that Secret; `secret` is null when it is not there. Of several keys without a choice,
// "kubeconfig" and "value" are preferred, then a single key is taken; else Invalid. So is one without credentials.
Result<kube::Kubeconfig> read_kubeconfig(const KubeconfigPlace& place, const json::Value& secret);

}  // namespace lesto::cluster
