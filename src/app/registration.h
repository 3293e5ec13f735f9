// `lesto register` and `lesto deregister`: from flags to fleet/cluster/registration.h. What is done
// is told on stdout, a line a step. The exit status is returned.
#pragma once

#include <string>

namespace lesto::app {

struct RegisterCommand {
  std::string kubeconfig;
  std::string context;
  std::string cluster;  // "NAMESPACE/NAME"
  std::string labels;   // "key=value,..."
  std::string cluster_kubeconfig;
  std::string cluster_context;
  std::string server;
  std::string account = "projectsveltos/projectsveltos";
  std::string cluster_role;
  std::string token_duration;
  bool new_token = false;
  bool store_kubeconfig = false;
};
int register_command(const RegisterCommand& command);

struct DeregisterCommand {
  std::string kubeconfig;
  std::string context;
  std::string cluster;
  std::string cluster_kubeconfig;
  std::string cluster_context;
  std::string account = "projectsveltos/projectsveltos";
  bool forget = false;
};
int deregister_command(const DeregisterCommand& command);

}  // namespace lesto::app
