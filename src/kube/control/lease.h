// Leader election over a coordination.k8s.io/v1 Lease, with the rules of Kubernetes' own components:
// one holder, who renews; others watch the record, and take it over when it has not changed for the
// time that it states. Clocks of different machines are never compared.
#pragma once

#include <string>

#include "foundation/base/log.h"
#include "kube/client/client.h"

namespace lesto::control {

struct LeaseTimes {
  // How long the others wait after the last renewal; whole seconds.
  Duration duration = std::chrono::seconds(3);
  // A holder that could not renew for this long stops by itself. Less than `duration`, so that it
  // has stopped before another begins.
  Duration renew_within = std::chrono::seconds(2);
  Duration renew_every = std::chrono::seconds(1);
  // How often those who wait look.
  Duration look_every = std::chrono::milliseconds(500);
};

struct LeaseOptions {
  kube::ObjectKey key;
  std::string identity;  // of this process, never used by another one
  LeaseTimes times;
};

// The pure part.
enum class LeaseMove {
  Create,  // there is none: write `lease`
  Take,    // free or expired: write `lease` over it
  Renew,   // ours: write `lease` over it
  Wait,    // somebody else's: look again after `wait`
};
struct LeaseDecision {
  LeaseMove move = LeaseMove::Wait;
  json::Value lease;
  Duration wait{};
};
// `lease` is null when there is none; `unchanged` is how long we have seen it as it is. What is
// written carries the resource version that was read: of two who write, one gets a Conflict.
LeaseDecision decide_lease(const json::Value& lease, Duration unchanged,
                           const LeaseOptions& options, Time now);
// The record as its holder leaves it when it ends in good order: free at once.
json::Value released_lease(json::Value lease, Time now);

// The loop part. Thread: the loop's.
class Lease {
 public:
  // The client must reach the server without a fence of this lease.
  Lease(client::Client& cluster_client, Log& log, LeaseOptions options);
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  // Ends when the lease is ours. Errors: Cancelled, and Denied when the account may not have it;
  // all others are waited out. `waiting` is called when it cannot be had at once.
  io::Task<Result<void>> acquire(io::Context context, std::function<void()> waiting = {});
  // Renews until the lease is lost, or the context is cancelled. The error says which.
  io::Task<Error> keep(io::Context context);
  // Makes room for the next at once; best effort.
  io::Task<void> release(io::Context context);

  // Whether this process may still write: asked before every write.
  bool held() const { return held_ && client_.loop().now() < valid_until_; }
  const std::string& identity() const { return options_.identity; }

 private:
  io::Task<Result<json::Value>> look(io::Context context);
  io::Task<Result<json::Value>> write(io::Context context, LeaseDecision decision);
  io::Task<Result<void>> renew(io::Context context);
  void observe(const json::Value& lease);

  client::Client& client_;
  Log& log_;
  LeaseOptions options_;
  // The record as last seen, and how long it has been so. Only waits are added up: a jump of the
  // wall clock makes no lease expire.
  json::Value seen_;
  Duration unchanged_{};
  bool held_ = false;
  Time valid_until_{};
};

}  // namespace lesto::control
