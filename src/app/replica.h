// One of several managers of a management cluster: it acts while it holds the lease, and only then.
#pragma once

#include <memory>

#include "app/fence.h"
#include "app/manager.h"
#include "kube/control/lease.h"

namespace lesto::app {

enum class ReplicaState {
  Starting,
  Waiting,  // another process has the lease, or the API server does not answer
  Acting,   // the controllers have begun
};

struct ReplicaOptions {
  ManagerOptions manager;
  std::string identity;  // of this process, never used by another one
  control::LeaseTimes lease;
  // Called after each change.
  std::function<void(ReplicaState)> changed;
};

// Loop, log, exchange, dialer and storage outlive the replica. Thread: the loop's.
class Replica {
 public:
  Replica(io::Loop& loop, Log& log, io::Exchange& management, cluster::Dialer& dialer,
          io::Storage& ledger_storage, ReplicaOptions options);
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Waits for the lease, acts, waits again when it is lost; until the context is cancelled, which
  // is success. Errors are those that only a person can mend.
  io::Task<Result<void>> run(io::Context context);

  bool leads() const { return lease_.held(); }
  ReplicaState state() const { return state_; }

 private:
  io::Task<Result<void>> lead(io::Context context);
  void become(ReplicaState state);
  bool may_pass(const Error& error);
  io::Task<void> start(Manager& manager, Result<void>& started);

  io::Loop& loop_;
  Log& log_;
  io::Storage& ledger_storage_;
  ReplicaOptions options_;
  client::Client lease_client_;
  control::Lease lease_;
  FencedExchange management_;
  FencedDialer dialer_;
  ReplicaState state_ = ReplicaState::Starting;
  bool has_worked_ = false;
  std::optional<Time> refused_since_;
  std::string told_;
  // Ends keep() when the controllers could not start.
  std::unique_ptr<io::CancelSource> stop_;
};

}  // namespace lesto::app
