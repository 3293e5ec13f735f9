// The dialers of the product: over the network, and straight into clusters of the same process.
#pragma once

#include <vector>

#include "app/cluster_host.h"
#include "fleet/cluster/connection.h"
#include "foundation/io/asio_loop.h"
#include "foundation/io/http_client.h"

namespace lesto::app {

// An exchange over the network with the kubeconfig's credentials; `options` says all that a kubeconfig does not.
Result<std::unique_ptr<io::Exchange>> connect(io::AsioLoop& loop, const kube::Kubeconfig& config,
                                              io::ClientOptions options = {});

// Shows a bearer token with each request, as HttpExchange does by itself.
std::unique_ptr<io::Exchange> with_token(std::unique_ptr<io::Exchange> inner, std::string token);

// An exchange into a handler of this process that shows the same token as a client from outside would.
std::unique_ptr<io::Exchange> connect_in_process(io::Handler& handler, std::string token);

class NetworkDialer final : public cluster::Dialer {
 public:
  explicit NetworkDialer(io::AsioLoop& loop, io::ClientOptions options = {}) : loop_(loop), options_(std::move(options)) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override;

 private:
  io::AsioLoop& loop_;
  io::ClientOptions options_;
};

// Reaches the given hosts without a socket when a kubeconfig is exactly theirs, all else over the network.
class HostDialer final : public cluster::Dialer {
 public:
  HostDialer(io::AsioLoop& loop, const std::vector<std::unique_ptr<ClusterHost>>& hosts)
      : network_(loop), hosts_(hosts) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override;

 private:
  NetworkDialer network_;
  const std::vector<std::unique_ptr<ClusterHost>>& hosts_;
};

}  // namespace lesto::app
