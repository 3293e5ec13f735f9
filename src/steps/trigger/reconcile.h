// Step 2: which change wakes which key.
#pragma once

#include <map>
#include <unordered_map>

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
  void rescope();
  void rescope_all();
  void wake_units(const TriggerKey& key);
  void hear_events(const SourceKey& source, const std::vector<kube::ObjectId>& changed);

  // Whether the unit's object matches now, by trigger, source and reports.
  enum class Wanted { Yes, No, Unknown };
  Wanted wanted(const Unit& unit, std::string& why) const;

  io::Task<Result<control::Again>> reconcile(io::Context context, Unit unit);
  io::Task<Result<void>> make(io::Context context, Unit unit);
  io::Task<Result<control::Again>> reconcile_trigger(io::Context context, TriggerKey key);
  io::Task<Result<bool>> settle_finalizer(io::Context context, TriggerKey key);
  EventData event_data(const Unit& unit, const model::EventTrigger& trigger) const;
  void remember_uses(const Unit& unit, const std::vector<Reference>& references);
  void remember_outcome(const Unit& unit, std::optional<std::string> error);
  StatusInputs status_inputs(const TriggerKey& key) const;

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
  // How each wanted unit ended last.
  std::map<TriggerKey, std::map<Unit, std::optional<std::string>>> outcomes_;
  control::Queue<Unit> units_;
  control::Queue<TriggerKey> triggers_;
};

}  // namespace lesto::trigger
