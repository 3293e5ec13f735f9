// Reads what step 2 decides from. Stores only, no decisions.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "fleet/cluster/management.h"
#include "fleet/cluster/registry.h"
#include "steps/trigger/unit.h"

namespace lesto::trigger {

// A source in a cluster, as reports name it.
struct SourceKey {
  model::ClusterRef cluster;
  std::string source;
  auto operator<=>(const SourceKey&) const = default;
};

// The matching objects of every source, as the reports say, kept in step with them. Thread: the loop's.
class Events {
 public:
  // Called with the objects that appeared, changed or went; before the caller's own listeners hear of the report.
  // `fresh`: the source had no report before, so that of units of earlier reports only now something is known.
  using Changed = std::function<void(const SourceKey&, const std::vector<kube::ObjectId>&, bool fresh)>;
  Events(cluster::Management& management, Changed changed);

  // Null when the object does not match.
  const Event* find(const SourceKey& key, const kube::ObjectId& id) const;
  bool any(const SourceKey& key) const;
  // In the order of their identities, over all reports of the source.
  std::vector<std::pair<kube::ObjectId, const Event*>> all(const SourceKey& key) const;

 private:
  using OfReport = std::map<kube::ObjectId, Event>;
  struct OfSource {
    std::map<std::string, OfReport> reports;
    // The reports that hold an object: mostly one, two while it moves from one to the other.
    std::unordered_map<kube::ObjectId, std::set<std::string>> where;
  };
  void hear(const control::Change& change);

  const cluster::Management& management_;
  Changed changed_;
  std::map<SourceKey, OfSource> sources_;
};

struct TriggerKey {
  model::TriggerForm form = model::TriggerForm::EventTrigger;
  std::string name;
  auto operator<=>(const TriggerKey&) const = default;
};

// Where a trigger looks, or why that is not known.
struct Scope {
  std::vector<model::ClusterRef> clusters;
  std::set<SourceKey> sources;
  // The first thing that is wrong with the trigger as a whole, and per cluster.
  std::optional<Error> error;
  std::map<model::ClusterRef, Error> errors;
};

Scope gather_scope(const cluster::Registry& registry, const model::EventTrigger& trigger);

// Generated objects by unit: indexes to add before the stores are filled.
void index_units(cluster::Management& management);
std::vector<kube::ObjectKey> profiles_of_unit(const cluster::Management& management, const Unit& unit);
std::vector<kube::ObjectKey> config_maps_of_unit(const cluster::Management& management, const Unit& unit);
std::vector<kube::ObjectKey> secrets_of_unit(const cluster::Management& management, const Unit& unit);
// All units for which something exists that this trigger generated.
std::set<Unit> existing_units(const cluster::Management& management, const TriggerKey& key);
// The same of all triggers, also of those that are gone: read once, at the start.
std::set<Unit> all_existing_units(const cluster::Management& management);
std::vector<kube::ObjectKey> profiles_of_trigger(const cluster::Management& management, const TriggerKey& key);

const json::Value& content_of(const cluster::Management& management, const Reference& reference);

}  // namespace lesto::trigger

template <>
struct std::hash<lesto::trigger::TriggerKey> {
  std::size_t operator()(const lesto::trigger::TriggerKey& key) const noexcept {
    return std::hash<std::string>()(key.name) ^ static_cast<std::size_t>(key.form);
  }
};
