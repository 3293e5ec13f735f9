// What a management cluster needs before the controllers run: our kinds, and the clusters as objects.
#pragma once

#include <map>
#include <string>

#include "kube/client/client.h"
#include "kube/object/kubeconfig.h"

namespace lesto::app {

// Applies our CustomResourceDefinitions; those that are as they should be are left alone.
io::Task<Result<void>> install_crds(client::Client& management);

struct Registration {
  std::string ns;
  std::string name;
  std::map<std::string, std::string> labels;
  kube::Kubeconfig kubeconfig;
};
// Makes the namespace, the Secret with the kubeconfig, and the SveltosCluster. Labels that others gave stay.
io::Task<Result<void>> register_cluster(client::Client& management, Registration registration);

// From a file, or from $KUBECONFIG for "".
Result<kube::Kubeconfig> read_kubeconfig_file(const std::string& file, const std::string& context);

}  // namespace lesto::app
