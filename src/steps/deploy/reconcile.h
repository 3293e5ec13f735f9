// Step 4: which change wakes which key.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>

#include "fleet/model/unsupported.h"
#include "steps/deploy/act.h"
#include "steps/deploy/gather.h"
#include "steps/deploy/inventory.h"
#include "steps/deploy/status.h"

namespace lesto::deploy {

// Thread: the loop's.
class Step {
 public:
  Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
       ledger::Ledger& ledger, DeleteLimits deletes = {});
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  // After the management cluster's stores are synced.
  void start(io::TaskScope& scope);
  // Ends the work in all clusters; its end is joined with the scope of start().
  void cancel();

 private:
  using Summaries = control::Queue<kube::ObjectKey>;

  // One target cluster of one life, with its own queue: a slow one holds up nobody else.
  struct Lane {
    std::unique_ptr<Target> target;
    std::unique_ptr<Summaries> summaries;
    std::unique_ptr<io::TaskScope> scope;
    std::optional<Time> inventory_due;  // when a change that waits is written to the inventory
  };

  void listen();
  void wake(const kube::ObjectKey& summary);
  Lane& lane_of(const std::shared_ptr<cluster::Cluster>& of);
  void hear_owned(const model::ClusterRef& ref, const kube::ObjectId& id, const Owner* before, const Owner* after);
  void hear_cluster(cluster::ClusterChange change, cluster::Cluster& cluster);
  void end(std::unique_ptr<Lane> lane);
  static io::Task<void> reap(std::unique_ptr<Lane> lane);

  io::Task<Result<control::Again>> reconcile(io::Context context, kube::ObjectKey key);
  io::Task<Result<control::Again>> reconcile_orphan(io::Context context, kube::ObjectKey key);
  io::Task<Outcome> deploy(io::Context context, std::shared_ptr<const model::ClusterSummary> summary, Target& target);
  io::Task<Result<void>> apply_all(io::Context context, const model::ClusterSummary& summary, Target& target,
                                   const Sources& sources, Manifest manifest, bool unchanged, Outcome& outcome);
  io::Task<Result<control::Again>> withdraw(io::Context context, std::shared_ptr<const model::ClusterSummary> summary);
  io::Task<Result<void>> watch_kinds(io::Context context, Target& target, std::set<std::string> kinds);
  io::Task<Result<void>> drop_finalizer(io::Context context, kube::ObjectKey key);
  // Has the status written; the work on the summary goes on meanwhile.
  void tell(const kube::ObjectKey& key, Outcome outcome);
  io::Task<Result<control::Again>> write_status(io::Context context, kube::ObjectKey key);
  io::Task<Result<control::Again>> write_inventory(io::Context context, model::ClusterRef ref);
  model::UnsupportedFields tenant_fields(const model::ClusterSummary& summary) const;
  Rules rules_of(const model::ClusterSummary& summary, const Owner& owner) const;
  ledger::Input read_summary(const kube::ObjectKey& key) const;
  void note(const kube::ObjectKey& key, const Outcome& outcome);
  std::set<std::string> known_kinds(const model::ClusterSummary& summary) const;
  void remember_uses(const kube::ObjectKey& key, std::vector<Use> uses);

  io::Loop& loop_;
  Log& log_;
  cluster::Management& management_;
  cluster::Registry& registry_;
  ledger::Ledger& ledger_;
  gotemplate::Cache templates_;
  DeleteBudget budget_;
  io::TaskScope* scope_ = nullptr;
  std::map<model::ClusterRef, std::unique_ptr<Lane>> lanes_;
  // Summaries whose cluster does not exist.
  std::unique_ptr<Summaries> orphans_;
  // What was told last, by summary.
  std::unordered_map<kube::ObjectKey, std::shared_ptr<const Outcome>> outcomes_;
  Summaries statuses_;
  control::Queue<model::ClusterRef> inventories_;
  std::map<Use, std::set<kube::ObjectKey>> users_;
  std::unordered_map<kube::ObjectKey, std::vector<Use>> uses_;
  // Who lost which object to somebody else: woken when its owner changes.
  std::map<std::pair<model::ClusterRef, kube::ObjectId>, std::set<kube::ObjectKey>> losers_;
};

}  // namespace lesto::deploy
