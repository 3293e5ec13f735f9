#include "steps/trigger/unit.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::trigger {
namespace {

std::string_view form_text(model::TriggerForm form) {
  return form == model::TriggerForm::EventTrigger ? "EventTrigger" : "EventBasedAddOn";
}

model::ClusterType parse_cluster_type(std::string_view text) {
  return text == model::to_string(model::ClusterType::Capi) ? model::ClusterType::Capi : model::ClusterType::Sveltos;
}

std::optional<Unit> from_labels(const json::Value& object) {
  std::string_view trigger = kube::label_of(object, model::label::kTriggerName);
  if (trigger.empty()) return std::nullopt;
  Unit unit;
  unit.trigger = trigger;
  unit.cluster = {std::string(kube::label_of(object, model::label::kTriggerClusterNamespace)),
                  std::string(kube::label_of(object, model::label::kTriggerClusterName)),
                  parse_cluster_type(kube::label_of(object, model::label::kTriggerClusterType))};
  unit.source = kube::label_of(object, model::label::kTriggerEventReportName);
  unit.object.key = {std::string(kube::label_of(object, model::label::kTriggerResourceNamespace)),
                     std::string(kube::label_of(object, model::label::kTriggerResourceName))};
  return unit;
}

}  // namespace

std::string unit_text(const Unit& unit) {
  json::Value value = json::object({{"trigger", std::string(form_text(unit.form)) + " " + unit.trigger},
                                    {"cluster", json::array({unit.cluster.ns, unit.cluster.name,
                                                             model::to_string(unit.cluster.type)})},
                                    {"source", unit.source}});
  if (!unit.object.key.name.empty()) {
    value.set("object", json::array({unit.object.group, unit.object.kind, unit.object.key.ns, unit.object.key.name}));
  }
  return json::write(value);
}

std::optional<Unit> unit_of(const json::Value& object) {
  const json::Value* annotation = kube::annotation_of(object, kUnitAnnotation);
  if (!annotation) return from_labels(object);
  auto value = json::parse(annotation->text());
  if (!value) return from_labels(object);
  std::string trigger = (*value)["trigger"].string();
  auto blank = trigger.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  Unit unit;
  unit.form = trigger.substr(0, blank) == form_text(model::TriggerForm::EventTrigger)
                  ? model::TriggerForm::EventTrigger
                  : model::TriggerForm::EventBasedAddOn;
  unit.trigger = trigger.substr(blank + 1);
  const json::Value& cluster = (*value)["cluster"];
  unit.cluster = {cluster[0].string(), cluster[1].string(), parse_cluster_type(cluster[2].text())};
  unit.source = (*value)["source"].string();
  const json::Value& of = (*value)["object"];
  unit.object = {of[0].string(), of[1].string(), {of[2].string(), of[3].string()}};
  return unit;
}

json::Value unit_labels(const Unit& unit) {
  using model::label_value;
  json::Value labels = json::object({{model::label::kTriggerName, label_value(unit.trigger)},
                                     {model::label::kTriggerClusterNamespace, label_value(unit.cluster.ns)},
                                     {model::label::kTriggerClusterName, label_value(unit.cluster.name)},
                                     {model::label::kTriggerClusterType, model::to_string(unit.cluster.type)},
                                     {model::label::kTriggerEventReportName, label_value(unit.source)},
                                     {model::label::kTriggerEventSourceName, label_value(unit.source)}});
  if (!unit.object.key.name.empty()) {
    labels.set(model::label::kTriggerResourceName, label_value(unit.object.key.name));
    if (!unit.object.key.ns.empty()) {
      labels.set(model::label::kTriggerResourceNamespace, label_value(unit.object.key.ns));
    }
  }
  return labels;
}

std::string derived_name(const Unit& unit, std::string_view product) {
  return "sveltos-" + name_hash(unit_text(unit) + "\n" + std::string(product));
}

bool same_unit(const Unit& a, const Unit& b) {
  if (a == b) return true;
  bool unknown_kind = a.object.kind.empty() != b.object.kind.empty();
  return unknown_kind && a.object.key == b.object.key && a.trigger == b.trigger && a.cluster == b.cluster &&
         a.source == b.source;
}

}  // namespace lesto::trigger
