// The controllers, wired: everything between a management cluster's client and the clusters of the fleet.
#pragma once

#include <memory>
#include <string>

#include "fleet/cluster/registry.h"
#include "fleet/ledger/ledger.h"
#include "steps/deploy/reconcile.h"
#include "steps/event/reconcile.h"
#include "steps/profile/reconcile.h"
#include "steps/trigger/reconcile.h"

namespace lesto::app {

struct ManagerOptions {
  std::string own_namespace = "projectsveltos";
  cluster::ProbeTimes probes;
  // Cluster API clusters without this annotation are not looked at; "" looks at all.
  std::string capi_onboard_annotation;
  deploy::DeleteLimits deletes;
  ledger::Bounds ledger;
};

// Loop, exchange, dialer, storage and log outlive the manager. Thread: the loop's.
class Manager {
 public:
  // `management` reaches the management cluster; `ledger_storage` is the causal log's own.
  Manager(io::Loop& loop, Log& log, io::Exchange& management, cluster::Dialer& dialer,
          io::Storage& ledger_storage, ManagerOptions options);
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // Makes the own namespace where it is missing, waits until the management cluster's objects are known, then the
  // steps begin. Ends when they have begun.
  io::Task<Result<void>> start();
  // Cancels everything and waits for its end; then the manager may be destroyed.
  io::Task<void> stop();

  ledger::Ledger& ledger() { return ledger_; }

 private:
  client::Client client_;
  cluster::Management management_;
  cluster::Registry registry_;
  ledger::Ledger ledger_;
  event::Step event_;
  trigger::Step trigger_;
  profile::Step profile_;
  deploy::Step deploy_;
  io::TaskScope scope_;
};

}  // namespace lesto::app
