#include "steps/trigger/gather.h"

#include "fleet/cluster/probe.h"
#include "fleet/cluster/reference.h"
#include "fleet/model/names.h"

namespace lesto::trigger {
namespace {

const std::string kByUnit = "trigger/unit";
const std::string kByTrigger = "trigger/trigger";

// What upstream generated names no form and no kind: it is found under both ways of asking.
std::string unit_index(const Unit& unit) {
  return unit.trigger + "|" + model::to_string(unit.cluster) + "|" + unit.source + "|" + unit.object.key.text();
}

void add_indexes(control::Store& store) {
  store.add_index(kByUnit, [](const json::Value& object) -> std::vector<std::string> {
    auto unit = unit_of(object);
    if (!unit) return {};
    return {unit_index(*unit)};
  });
  store.add_index(kByTrigger, [](const json::Value& object) -> std::vector<std::string> {
    auto unit = unit_of(object);
    if (!unit) return {};
    return {unit->trigger};
  });
}

// Only what lies in `ns` was generated: elsewhere the labels are somebody's copies.
std::vector<kube::ObjectKey> of_unit(const control::Store& store, const std::string& ns, const Unit& unit) {
  std::vector<kube::ObjectKey> keys;
  for (kube::ObjectKey& key : store.by_index(kByUnit, unit_index(unit))) {
    if (key.ns != ns) continue;
    auto found = unit_of(store.get(key));
    if (found && same_unit(*found, unit)) keys.push_back(std::move(key));
  }
  return keys;
}

void add_units(const control::Store& store, const std::string& ns, const TriggerKey& key, std::set<Unit>& units) {
  for (const kube::ObjectKey& object : store.by_index(kByTrigger, key.name)) {
    if (object.ns != ns) continue;
    auto unit = unit_of(store.get(object));
    if (unit && unit->form == key.form) units.insert(std::move(*unit));
  }
}

std::map<kube::ObjectId, Event> events_of(const model::EventReport& report) {
  std::map<kube::ObjectId, Event> events;
  for (const model::ObjectReference& reference : report.spec.matching_resources) {
    kube::GroupVersionKind gvk = kube::parse_gvk(reference.api_version, reference.kind);
    events[{gvk.group, gvk.kind, {reference.ns, reference.name}}].reference = reference;
  }
  auto objects = model::decode_resources(report.spec.resources);
  if (!objects) return events;
  for (json::Value& resource : *objects) {
    auto event = events.find(kube::id_of(resource));
    if (event != events.end()) event->second.object = std::move(resource);
  }
  return events;
}

}  // namespace

Events::Events(cluster::Management& management, Changed changed)
    : management_(management), changed_(std::move(changed)) {
  management.event_reports.store().listen([this](const control::Change& change) { hear(change); });
}

void Events::hear(const control::Change& change) {
  if (change.before["spec"] == change.after["spec"]) return;
  std::shared_ptr<const model::EventReport> report;
  if (!change.after.is_null()) {
    report = management_.event_reports.get(kube::key_of(change.after));
  } else if (auto last = model::parse_event_report(change.before)) {
    report = std::make_shared<const model::EventReport>(std::move(*last));
  }
  if (!report) return;
  SourceKey key{report->spec.cluster, report->spec.event_source_name};
  const std::string& name = report->meta.name;
  OfSource& source = sources_[key];
  OfReport& present = source.reports[name];
  OfReport next;
  if (!change.after.is_null()) next = events_of(*report);
  std::vector<kube::ObjectId> changed;
  for (const auto& [id, event] : present) {
    if (next.contains(id)) continue;
    changed.push_back(id);
    auto where = source.where.find(id);
    where->second.erase(name);
    if (where->second.empty()) source.where.erase(where);
  }
  for (const auto& [id, event] : next) {
    auto before = present.find(id);
    if (before == present.end()) source.where[id].insert(name);
    if (before == present.end() || before->second.object != event.object) changed.push_back(id);
  }
  present = std::move(next);
  if (present.empty()) source.reports.erase(name);
  // A source is reported when its first report is there; the others come and go with the number of matches.
  bool fresh = change.before.is_null() && name == model::event_report_name(key.cluster, key.source, 0);
  changed_(key, changed, fresh);
}

const Event* Events::find(const SourceKey& key, const kube::ObjectId& id) const {
  auto source = sources_.find(key);
  if (source == sources_.end()) return nullptr;
  auto where = source->second.where.find(id);
  if (where == source->second.where.end()) return nullptr;
  return &source->second.reports.at(*where->second.begin()).at(id);
}

bool Events::any(const SourceKey& key) const {
  auto source = sources_.find(key);
  return source != sources_.end() && !source->second.where.empty();
}

std::vector<std::pair<kube::ObjectId, const Event*>> Events::all(const SourceKey& key) const {
  std::vector<std::pair<kube::ObjectId, const Event*>> all;
  auto source = sources_.find(key);
  if (source == sources_.end()) return all;
  for (const auto& [name, events] : source->second.reports) {
    for (const auto& [id, event] : events) all.emplace_back(id, &event);
  }
  std::ranges::sort(all, {}, [](const auto& entry) -> const kube::ObjectId& { return entry.first; });
  return all;
}

Scope gather_scope(const cluster::Registry& registry, const model::EventTrigger& trigger) {
  Scope scope;
  auto clusters = registry.match(trigger.spec.source_cluster_selector);
  if (!clusters) {
    scope.error = std::move(clusters.error()).during("spec.sourceClusterSelector");
    return scope;
  }
  scope.clusters = std::move(*clusters);
  for (const model::ClusterRef& ref : scope.clusters) {
    auto name = cluster::event_source_name(trigger.spec.event_source_name, registry.find(ref)->object());
    if (name) {
      scope.sources.insert({ref, std::move(*name)});
    } else {
      scope.errors.emplace(ref, std::move(name).error());
    }
  }
  auto destination = cluster::compile(trigger.spec.destination_cluster_selector);
  if (!trigger.spec.destination_cluster_selector.empty() && !destination) {
    scope.error = std::move(destination.error()).during("spec.destinationClusterSelector");
  }
  return scope;
}

void index_units(cluster::Management& management) {
  add_indexes(management.cluster_profiles.store());
  add_indexes(management.config_maps.store());
  add_indexes(management.secrets.store());
}

std::vector<kube::ObjectKey> profiles_of_unit(const cluster::Management& management, const Unit& unit) {
  return of_unit(management.cluster_profiles.collection.store(), {}, unit);
}
std::vector<kube::ObjectKey> config_maps_of_unit(const cluster::Management& management, const Unit& unit) {
  return of_unit(management.config_maps.store(), management.own_namespace(), unit);
}
std::vector<kube::ObjectKey> secrets_of_unit(const cluster::Management& management, const Unit& unit) {
  return of_unit(management.secrets.store(), management.own_namespace(), unit);
}

std::set<Unit> existing_units(const cluster::Management& management, const TriggerKey& key) {
  std::set<Unit> units;
  add_units(management.cluster_profiles.collection.store(), {}, key, units);
  add_units(management.config_maps.store(), management.own_namespace(), key, units);
  add_units(management.secrets.store(), management.own_namespace(), key, units);
  return units;
}

std::set<Unit> all_existing_units(const cluster::Management& management) {
  std::set<Unit> units;
  auto add = [&](const control::Store& store, const std::string& ns) {
    for (const auto& [key, object] : store.all()) {
      if (key.ns != ns) continue;
      auto unit = unit_of(object);
      if (unit) units.insert(std::move(*unit));
    }
  };
  add(management.cluster_profiles.collection.store(), {});
  add(management.config_maps.store(), management.own_namespace());
  add(management.secrets.store(), management.own_namespace());
  return units;
}

std::vector<kube::ObjectKey> profiles_of_trigger(const cluster::Management& management, const TriggerKey& key) {
  std::vector<kube::ObjectKey> keys;
  const control::Store& store = management.cluster_profiles.collection.store();
  for (kube::ObjectKey& object : store.by_index(kByTrigger, key.name)) {
    auto unit = unit_of(store.get(object));
    if (unit && unit->form == key.form) keys.push_back(std::move(object));
  }
  return keys;
}

const json::Value& content_of(const cluster::Management& management, const Reference& reference) {
  bool secret = reference.kind == model::RefKind::Secret;
  return (secret ? management.secrets : management.config_maps).get(reference.key);
}

}  // namespace lesto::trigger
