// Step 2: which change wakes which key.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "kube/control/passing.h"
#include "steps/trigger/act.h"
#include "steps/trigger/status.h"

namespace lesto::trigger {

// Thread: the loop's.
class Step {
 public:
  Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
       ledger::Ledger& ledger);
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  // After the management cluster's stores are synced.
  void start(io::TaskScope& scope);

 private:
  void listen();
  void listen_content(control::Collection& collection, model::RefKind kind);
  void hear_freed_name(const control::Change& change);
  void rescope();
  void rescope_all();
  void wake_units(const TriggerKey& key);
  std::set<Unit> units_of(const TriggerKey& key) const;
  void hear_events(const SourceKey& source, const std::vector<kube::ObjectId>& changed, bool fresh);

  // Whether the unit's object matches now, by trigger, source and reports.
  enum class Wanted { Yes, No, Unknown };
  Wanted wanted(const Unit& unit, std::string& why) const;

  io::Task<Result<control::Again>> reconcile(io::Context context, Unit unit);
  io::Task<Result<control::Again>> settle(io::Context context, Unit unit);
  io::Task<Result<void>> make(io::Context context, Unit unit);
  io::Task<Result<control::Again>> reconcile_trigger(io::Context context, TriggerKey key);
  io::Task<Result<bool>> settle_finalizer(io::Context context, TriggerKey key);
  EventData event_data(const Unit& unit, const model::EventTrigger& trigger) const;
  void remember_uses(const Unit& unit, const std::vector<Reference>& references);
  void remember_outcome(const Unit& unit, std::optional<std::string> error);
  void hear_profile(const Unit& unit);
  json::Value status_of(const TriggerKey& key);
  void forget(const TriggerKey& key);

  io::Loop& loop_;
  Log& log_;
  cluster::Management& management_;
  cluster::Registry& registry_;
  ledger::Ledger& ledger_;
  gotemplate::Cache templates_;
  Events events_;
  io::TaskScope* scope_ = nullptr;
  control::Soon rescope_soon_;
  std::map<TriggerKey, Scope> scopes_;
  std::map<SourceKey, std::set<TriggerKey>> triggers_of_;
  // Which units used which content when they were last rendered, and the reverse.
  std::map<std::pair<model::RefKind, kube::ObjectKey>, std::set<Unit>> users_;
  std::map<Unit, std::vector<std::pair<model::RefKind, kube::ObjectKey>>> uses_;
  // How each wanted unit stands.
  std::map<TriggerKey, std::map<Unit, UnitState>> states_;
  std::map<TriggerKey, control::Passing> deploying_;
  // Units whose name somebody else's object has.
  std::map<kube::ObjectId, std::set<Unit>> name_waiters_;
  // Units that nobody has looked at since the start: until then a status would not be the truth.
  std::map<TriggerKey, std::set<Unit>> unseen_;
  control::Queue<Unit> units_;
  control::Queue<TriggerKey> triggers_;
};

}  // namespace lesto::trigger
