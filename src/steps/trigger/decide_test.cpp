#include "steps/trigger/decide.h"

#include "fleet/model/names.h"
#include "steps/trigger/unit.h"
#include "tests/support/cases.h"

namespace lesto::trigger {
namespace {

// A trigger `t` that looks at source `s`; `form: EventBasedAddOn` for one of 2023.
std::shared_ptr<const model::EventTrigger> read_trigger(const json::Value& given, model::TriggerForm form) {
  bool old = form == model::TriggerForm::EventBasedAddOn;
  json::Value spec = given;
  spec.set("eventSourceName", "s");
  spec.set("sourceClusterSelector", json::object({{"matchLabels", json::object({{"role", "source"}})}}));
  json::Value object = json::object(
      {{"apiVersion", old ? model::kLibOldApiVersion : model::kLibApiVersion},
       {"kind", old ? "EventBasedAddOn" : "EventTrigger"},
       {"metadata", json::object({{"name", "t"}})},
       {"spec", std::move(spec)}});
  auto trigger = model::parse_event_trigger(object);

  CHECK(trigger.has_value());
  return std::make_shared<const model::EventTrigger>(std::move(*trigger));
}

Event read_event(const json::Value& object) {
  Event event;
  event.reference.api_version = object["apiVersion"].string();
  event.reference.kind = object["kind"].string();
  event.reference.ns = object["metadata"]["namespace"].string();
  event.reference.name = object["metadata"]["name"].string();
  event.object = object;
  return event;
}

Inputs read_inputs(const json::Value& given) {
  Inputs inputs;
  bool old = given["form"].text() == "EventBasedAddOn";
  inputs.unit.form = old ? model::TriggerForm::EventBasedAddOn : model::TriggerForm::EventTrigger;
  inputs.unit.trigger = "t";
  inputs.unit.cluster = {"clusters", "east", model::ClusterType::Sveltos};
  inputs.unit.source = "s";
  inputs.trigger = read_trigger(given["trigger"], inputs.unit.form);
  inputs.data.one_for_event = inputs.trigger->spec.one_for_event;
  inputs.data.form = inputs.unit.form;
  inputs.data.cluster = json::object({{"metadata", json::object({{"name", "east"}})}});
  for (const json::Value& object : given["events"].items()) inputs.data.events.push_back(read_event(object));
  if (inputs.data.one_for_event) inputs.unit.object = kube::id_of(given["events"][0]);
  inputs.own_namespace = "projectsveltos";
  inputs.existing_profile = given["existing"].string();
  return inputs;
}

// Names that are derived are shown as what they are derived from.
std::string shown_name(const Inputs& inputs, const std::string& name, const json::Value& contents) {
  if (name == derived_name(inputs.unit, "")) return "(derived)";
  for (const json::Value& content : contents.items()) {
    if (name == derived_name(inputs.unit, kube::text_of(content))) return "(derived of " + kube::text_of(content) + ")";
  }
  return name;
}

json::Value shown_copy(const Inputs& inputs, const json::Value& copy, const json::Value& contents) {
  json::Value shown = json::object({{"kind", copy["kind"]},
                                    {"namespace", copy["metadata"]["namespace"]},
                                    {"name", shown_name(inputs, copy["metadata"]["name"].string(), contents)},
                                    {"data", copy["data"]}});
  if (!copy["type"].is_null()) shown.set("type", copy["type"]);
  return shown;
}

// {trigger: spec, events: [objects], contents: [ConfigMaps and Secrets that exist]}
json::Value decide_case(const json::Value& given) {
  Inputs inputs = read_inputs(given);
  gotemplate::Cache templates;
  auto references = plan_references(inputs, templates);
  if (!references) return json::object({{"error", references.error().text()}});
  for (const Reference& reference : *references) {
    json::Value found;
    for (const json::Value& content : given["contents"].items()) {
      bool same_kind = content["kind"].text() == model::to_string(reference.kind);
      if (same_kind && kube::key_of(content) == reference.key) found = content;
    }
    inputs.contents.push_back(std::move(found));
  }
  auto decision = decide(inputs, *references, templates);
  if (!decision) return json::object({{"error", decision.error().text()}});
  json::Value spec = decision->profile["spec"];
  json::Value refs = json::array({});
  for (json::Value ref : spec["policyRefs"].items()) {
    ref.set("name", shown_name(inputs, ref["name"].string(), given["contents"]));
    refs.push(std::move(ref));
  }
  if (!refs.empty()) spec.set("policyRefs", std::move(refs));
  json::Value decided = json::object(
      {{"profile", shown_name(inputs, decision->profile["metadata"]["name"].string(), given["contents"])},
       {"spec", std::move(spec)}});
  for (const json::Value& copy : decision->copies) decided.at("copies").push(shown_copy(inputs, copy, given["contents"]));
  return decided;
}

}  // namespace
}  // namespace lesto::trigger

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("steps/trigger", lesto::trigger::decide_case);
  return RUN_ALL_TESTS();
}
