// `lesto up`: everything in one process, and `lesto apiserver`, one embedded cluster alone.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/cluster_host.h"

namespace lesto::app {

struct UpCluster {
  std::string name;
  std::map<std::string, std::string> labels;
};
// "gke,env=production", each. Invalid for a bad name or label, and for a name that comes twice.
Result<void> parse_clusters(const std::vector<std::string>& texts, std::vector<UpCluster>& out);

struct UpOptions {
  std::string data = "lesto-data";
  std::vector<UpCluster> clusters;
  std::string kubeconfig = "lesto.kubeconfig";
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // of the management cluster; the others take any
  LoadBalancers load_balancers = LoadBalancers::StandIn;
};
// Runs until SIGINT or SIGTERM; prints "ready" once everything answers. The exit status.
int up(const UpOptions& options);

struct ApiserverOptions {
  std::string name = "apiserver";
  std::string data = "memory";
  std::string kubeconfig = "lesto.kubeconfig";
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  LoadBalancers load_balancers = LoadBalancers::StandIn;
};
int apiserver(const ApiserverOptions& options);

}  // namespace lesto::app
