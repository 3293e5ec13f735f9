// Which ClusterProfile and copies one unit must have. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/profile.h"
#include "steps/trigger/render.h"

namespace lesto::trigger {

// A trigger × a source cluster × one object, or all objects of the source when `object` is empty.
struct Unit {
  model::TriggerForm form = model::TriggerForm::EventTrigger;
  std::string trigger;
  model::ClusterRef cluster;
  std::string source;
  kube::ObjectId object;
  auto operator<=>(const Unit&) const = default;
};

// An object of the management cluster that the trigger refers to, as content for this unit.
struct Reference {
  model::RefKind kind = model::RefKind::ConfigMap;
  kube::ObjectKey key;
  bool optional = false;
  // Rendered for each event: the instantiate annotation, an EventBasedAddOn, or a generator.
  std::optional<std::string> generated_name;  // of a generator's output
  std::size_t index = 0;                      // in the list of its field
  bool generator = false;
};

struct Inputs {
  Unit unit;
  std::shared_ptr<const model::EventTrigger> trigger;
  EventData data;
  std::string own_namespace;
  // Filled between the two stages: the objects that plan_references() asked for, in its order; null where absent.
  std::vector<json::Value> contents;
  // What exists for this unit now.
  std::string existing_profile;  // name of a profile found by its labels, "" for none
  Time now;
};

// Stage one: names and namespaces rendered, so that the contents can be gathered.
Result<std::vector<Reference>> plan_references(const Inputs& inputs, gotemplate::Cache& templates);

struct Decision {
  json::Value profile;              // the ClusterProfile that must exist
  std::vector<json::Value> copies;  // rendered ConfigMaps and Secrets that must exist
};

// Stage two. Errors name the field or the template, with line, column and the failing value.
Result<Decision> decide(const Inputs& inputs, const std::vector<Reference>& references,
                        gotemplate::Cache& templates);

}  // namespace lesto::trigger

template <>
struct std::hash<lesto::trigger::Unit> {
  std::size_t operator()(const lesto::trigger::Unit& unit) const noexcept {
    std::size_t seed = std::hash<std::string>()(unit.trigger) ^ static_cast<std::size_t>(unit.form);
    seed = seed * 1099511628211u ^ std::hash<lesto::model::ClusterRef>()(unit.cluster);
    seed = seed * 1099511628211u ^ std::hash<std::string>()(unit.source);
    return seed * 1099511628211u ^ std::hash<lesto::kube::ObjectId>()(unit.object);
  }
};
