// Nothing leaves this process while it may not write: what stands between the controllers and every
// connection of theirs when several managers share a management cluster.
#pragma once

#include <functional>
#include <memory>

#include "fleet/cluster/connection.h"

namespace lesto::app {

// Asked at the instant of each request. Reads are stopped, too: nobody needs them.
using MayAct = std::function<bool()>;

class FencedExchange final : public io::Exchange {
 public:
  FencedExchange(io::Exchange& inner, MayAct may_act)
      : inner_(inner), may_act_(std::move(may_act)) {}
  io::Task<Result<io::Response>> send(io::Context context, io::Request request) override;

 private:
  io::Exchange& inner_;
  MayAct may_act_;
};

class FencedDialer final : public cluster::Dialer {
 public:
  FencedDialer(cluster::Dialer& inner, MayAct may_act)
      : inner_(inner), may_act_(std::move(may_act)) {}
  Result<std::unique_ptr<io::Exchange>> dial(const kube::Kubeconfig& config) override;

 private:
  cluster::Dialer& inner_;
  MayAct may_act_;
};

}  // namespace lesto::app
