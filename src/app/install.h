// What a management cluster needs before the controllers run: our kinds, and the clusters as objects.
#pragma once

#include <map>
#include <string>

#include "foundation/base/log.h"
#include "kube/client/client.h"
#include "kube/object/kubeconfig.h"

namespace lesto::app {

// Applies our CustomResourceDefinitions; those that are as they should be are left alone.
io::Task<Result<void>> install_crds(client::Client& management);
// For managers that may not install them: NotFound says which are missing and how to get them; those
// of another form than this program's are logged.
io::Task<Result<void>> check_crds(client::Client& management, Log& log);
// All of them, as YAML that kubectl applies.
std::string crds_text();

// NotFound or Denied say what to do when it is missing and may not be made.
io::Task<Result<void>> ensure_namespace(client::Client& management, std::string name);

struct Registration {
  std::string ns;
  std::string name;
  std::map<std::string, std::string> labels;
  kube::Kubeconfig kubeconfig;
};
// Makes the namespace, the Secret with the kubeconfig, and the SveltosCluster. Labels that others gave stay.
io::Task<Result<void>> register_cluster(client::Client& management, Registration registration);

}  // namespace lesto::app
