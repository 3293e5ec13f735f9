// Embedded clusters: an API server each, on its own storage, bound to a socket for everybody outside the process.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http_server.h"
#include "foundation/io/storage.h"
#include "foundation/io/tls.h"
#include "kube/apiserver/server.h"
#include "kube/object/kubeconfig.h"

namespace lesto::app {

enum class LoadBalancers { StandIn, None };

struct HostOptions {
  std::string name;
  std::string data;  // a directory, or "memory"
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: that of last time if it is free, else any
  LoadBalancers load_balancers = LoadBalancers::StandIn;
};

// What all clusters of one data directory share: the authority of their certificates and the administrator's token.
// Made at the first start, kept in the directory with mode 0600.
struct Identity {
  io::KeyPair authority;
  std::string token;
};
// Invalid when a part of it is lost: a new one in its place would shut out everybody who holds a kubeconfig.
Result<Identity> load_identity(const std::string& data, Rng& rng, Time now);

// A cluster's name is the name of files, of a context and of a SveltosCluster. Invalid for what cannot be all of these.
Result<void> check_host_name(const std::string& name);

// One cluster that runs. Thread: the loop's. stop() must have ended before it is destroyed.
class ClusterHost {
 public:
  static Result<std::unique_ptr<ClusterHost>> start(io::AsioLoop& loop, Rng& rng, const Identity& identity,
                                                    HostOptions options);
  ~ClusterHost();
  ClusterHost(const ClusterHost&) = delete;
  ClusterHost& operator=(const ClusterHost&) = delete;

  const std::string& name() const { return name_; }
  // How an administrator reaches it from outside.
  const kube::Kubeconfig& kubeconfig() const { return kubeconfig_; }
  io::Handler& handler() { return *server_; }

  io::Task<void> stop();

 private:
  ClusterHost() = default;
  static io::Task<Result<void>> stop_server(apiserver::ApiServer& server);

  std::string name_;
  kube::Kubeconfig kubeconfig_;
  std::unique_ptr<io::Storage> storage_;
  std::unique_ptr<apiserver::ApiServer> server_;
  std::unique_ptr<io::HttpServer> socket_;
};

}  // namespace lesto::app
