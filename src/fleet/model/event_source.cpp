#include "fleet/model/event_source.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<MessagingMatchCriteria> Value>
void fields(Io& io, Value& value) {
  io.optional("subject", value.subject);
  io.optional("cloudEventSource", value.cloud_event_source);
  io.optional("cloudEventType", value.cloud_event_type);
  io.optional("cloudEventSubject", value.cloud_event_subject);
}

template <class Io, Is<EventSourceSpec> Value>
void fields(Io& io, Value& value) {
  io.optional("resourceSelectors", value.resource_selectors);
  io.optional("aggregatedSelection", value.aggregated_selection);
  io.optional("collectResources", value.collect_resources);
  io.optional("messagingMatchCriteria", value.messaging_match_criteria);
}

template <class Io, Is<EventSourceStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("conditions", value.conditions);
}

template <class Io, Is<EventSource> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.optional("spec", value.spec);
  io.status("status", value.status);
}

namespace {

constexpr std::string_view kFlat[] = {"group",        "version",   "kind",
                                      "labelFilters", "namespace", "script"};

// The flat form, written as the first of resourceSelectors.
json::Value unflatten(const json::Value& object) {
  const json::Value& spec = object["spec"];
  bool flat = std::any_of(std::begin(kFlat), std::end(kFlat),
                          [&](std::string_view name) { return !spec[name].is_null(); });
  if (!flat || !spec.is_object()) return object;
  json::Value selector = json::Value::object();
  json::Value rest = spec;
  for (std::string_view name : kFlat) {
    if (!spec[name].is_null()) selector.set(name == "script" ? "evaluate" : name, spec[name]);
    rest.erase(name);
  }
  // v1alpha1 required them; who left them out meant the core group and v1.
  if (selector["group"].is_null()) selector.set("group", "");
  if (selector["version"].is_null()) selector.set("version", "v1");
  json::Value selectors = json::array({std::move(selector)});
  for (const json::Value& item : spec["resourceSelectors"].items()) selectors.push(item);
  rest.set("resourceSelectors", std::move(selectors));
  json::Value changed = object;
  changed.set("spec", std::move(rest));
  return changed;
}

}  // namespace

Result<EventSource> parse_event_source(const json::Value& object) {
  return read_object<EventSource>(unflatten(object), {"EventSource"}, nullptr);
}

json::Value to_json(const EventSource& source) {
  return write_object(kLibApiVersion, "EventSource", source);
}
json::Value to_json(const EventSourceStatus& status) { return write(status); }

KindSchema event_source_schema() {
  Schema criteria = object(
      {}, {optional("subject", string("NATS subject, a regular expression.")),
           optional("cloudEventSource", string("Source of the event, a regular expression.")),
           optional("cloudEventType", string("Type of the event, a regular expression.")),
           optional("cloudEventSubject", string("Subject of the event, a regular expression."))});
  Schema spec = object(
      "What is an event.",
      {optional("resourceSelectors",
                resource_selectors("Objects that are events; all selectors' objects together.")),
       optional("aggregatedSelection",
                string("Lua over all selected objects that returns {resources, message}.")),
       optional("collectResources",
                boolean("Carry the whole objects to the templates.").fallback(false)),
       optional("messagingMatchCriteria", array("CloudEvents that are events.", criteria)),
       optional("group", string("v1alpha1: API group of the objects.")),
       optional("version", string("v1alpha1: API version of the objects.")),
       optional("kind", string("v1alpha1: kind of the objects.")),
       optional("labelFilters", label_filters("v1alpha1: conditions on labels; all must hold.")),
       optional("namespace", string("v1alpha1: only objects of this namespace.")),
       optional("script",
                string("v1alpha1: Lua with a function evaluate() over the global obj."))});
  Schema status = object("Whether the source works.", {optional("conditions", conditions())});
  return {"lib.projectsveltos.io",
          "EventSource",
          "eventsources",
          "eventsource",
          kube::Scope::Cluster,
          "What is an event in a cluster.",
          spec,
          status,
          Subresource::Status,
          {{"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status",
            "Whether the source works", 0},
           {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0},
           {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message",
            "What is wrong", 1}}};
}

}  // namespace lesto::model
