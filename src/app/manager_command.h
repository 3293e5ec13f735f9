// `lesto manager`: the controllers against a management cluster that is a Kubernetes cluster.
#pragma once

#include <string>

namespace lesto::app {

enum class Definitions { Install, Check };

struct ManagerCommand {
  // "" and no default kubeconfig: the cluster in whose Pod this runs.
  std::string kubeconfig;
  std::string context;
  std::string own_namespace = "projectsveltos";
  std::string data;    // for the causal log and the identity; "" keeps nothing
  std::string listen;  // address and port of /healthz and /readyz; "" for none
  Definitions definitions = Definitions::Install;
  // Cluster API clusters without this annotation are not looked at; "" looks at all.
  std::string capi_onboard_annotation;
};
// Runs until SIGINT or SIGTERM; prints "ready" when the controllers have begun, which is when this
// process has the lease. The exit status.
int manager(const ManagerCommand& command);

}  // namespace lesto::app
