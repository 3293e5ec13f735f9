// `lesto register` and `lesto deregister`: a cluster becomes a SveltosCluster with a kubeconfig
// Secret, and stops being one. Both may be repeated, and go on where an earlier run was cut off.
#pragma once

#include <map>

#include "fleet/cluster/account.h"
#include "fleet/cluster/connection.h"
#include "kube/object/kubeconfig.h"

namespace lesto::cluster {

struct Registration {
  kube::ObjectKey key;  // of the SveltosCluster
  // Added to those that it has.
  std::map<std::string, std::string> labels;
  // How to reach the cluster now.
  kube::Kubeconfig kubeconfig;
  // How the manager reaches it, where that differs: "https://10.0.0.5:6443".
  std::string server;
  // The account to make there. None: the kubeconfig is stored as it is.
  std::optional<AccountOptions> account;
};

// Asks before it writes: whether the management cluster knows our kinds, whether the cluster
// answers, whether the new credentials work. Errors say which of the two clusters, and what to do.
io::Task<Result<void>> register_cluster(client::Client& management, Dialer& dialer,
                                        Registration registration, Say say);

struct Deregistration {
  kube::ObjectKey key;
  // To clean the cluster with; none: with the credentials that are stored.
  std::optional<kube::Kubeconfig> kubeconfig;
  // The account that was made there, when `kubeconfig` is given: those that are stored tell it.
  kube::ObjectKey account{"projectsveltos", "projectsveltos"};
  // Leave the cluster itself alone, for one that no longer answers.
  bool forget = false;
};
// What was deployed there stays: withdraw it first, by labels or by deleting profiles.
io::Task<Result<void>> deregister_cluster(client::Client& management, Dialer& dialer,
                                          Deregistration deregistration, Say say);

}  // namespace lesto::cluster
