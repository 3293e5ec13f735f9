// How a cluster is reached: a dialer makes exchanges from kubeconfigs, and a Link keeps one client usable for the life
// of a cluster while its credentials and connections come and go under it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "foundation/io/http.h"
#include "kube/client/client.h"
#include "kube/client/mapper.h"
#include "kube/object/kubeconfig.h"

namespace lesto::cluster {

// Real: TLS connections. `lesto up`: straight into its own API servers where the kubeconfig is theirs. Simulated: the
// simulated network.
class Dialer {
 public:
  virtual ~Dialer() = default;
  // Makes no connection yet; errors are what is wrong with the kubeconfig itself (Invalid).
  virtual Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) = 0;
};

// One cluster's client. Thread: the loop's.
class Link final : private io::Exchange {
 public:
  Link(io::Loop& loop, std::string user_agent);
  ~Link() override = default;

  // From now on requests go through `exchange`. What runs over the one before ends with Unavailable.
  void connect(std::unique_ptr<io::Exchange> exchange);
  // Requests fail with Unavailable and this reason until the next connect().
  void disconnect(std::string reason);
  bool connected() const { return exchange_ != nullptr; }

  client::Client& cluster_client() { return client_; }
  client::Mapper& mapper() { return mapper_; }

 private:
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override;

  class Stream;
  // Shared with the requests that run over it, so that it outlives them.
  std::shared_ptr<io::Exchange> exchange_;
  io::CancelSource current_;
  std::string reason_ = "the cluster is not connected yet";
  client::Client client_;
  client::Mapper mapper_;
};

}  // namespace lesto::cluster
