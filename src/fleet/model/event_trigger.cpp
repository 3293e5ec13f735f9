#include "fleet/model/event_trigger.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<Generator> Value>
void fields(Io& io, Value& value) {
  io.optional("namespace", value.ns);
  io.filled("name", value.name);
  io.filled("nameFormat", value.name_format);
  io.optional("optional", value.optional);
}

template <class Io, Is<EventTriggerSpec> Value>
void fields(Io& io, Value& value) {
  io.required("sourceClusterSelector", value.source_cluster_selector);
  io.optional("clusterSetRefs", value.cluster_set_refs);
  io.optional("destinationClusterSelector", value.destination_cluster_selector);
  io.optional("destinationCluster", value.destination_cluster);
  io.optional("oneForEvent", value.one_for_event);
  io.optional("profileNameFormat", value.profile_name_format);
  io.filled("eventSourceName", value.event_source_name);
  io.optional("configMapGenerator", value.config_map_generator);
  io.optional("secretGenerator", value.secret_generator);
  io.defaulted("cloudEventAction", value.cloud_event_action, std::string(kCloudEventActionDefault));
  add_on_fields(io, value);
}

template <class Io, Is<ClusterInfo> Value>
void fields(Io& io, Value& value) {
  io.required("cluster", value.cluster);
  io.required("hash", value.hash);
  io.optional("status", value.status);
  io.optional("failureMessage", value.failure_message);
}

template <class Io, Is<EventTriggerStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("matchingClusters", value.matching_clusters);
  io.optional("destinationMatchingClusterRefs", value.destination_matching_clusters);
  io.optional("clusterInfo", value.cluster_info);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<EventTrigger> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.required("spec", value.spec);
  io.status("status", value.status);
}

namespace {

// The first EventBasedAddOn said clusterSelector, and meant oneForEvent where nothing else was
// said.
json::Value modernize(const json::Value& object) {
  const json::Value& spec = object["spec"];
  if (object["kind"].text() != "EventBasedAddOn" || spec["clusterSelector"].is_null())
    return object;
  json::Value changed = spec;
  if (spec["sourceClusterSelector"].is_null())
    changed.set("sourceClusterSelector", spec["clusterSelector"]);
  if (spec["oneForEvent"].is_null()) changed.set("oneForEvent", true);
  changed.erase("clusterSelector");
  json::Value result = object;
  result.set("spec", std::move(changed));
  return result;
}

void check_trigger(const EventTrigger& trigger, Problems& problems) {
  const Path root;
  check_add_ons(trigger.spec, Path{&root, "spec"}, problems);
}

}  // namespace

std::string_view kind_of(const EventTrigger& trigger) {
  return trigger.form == TriggerForm::EventBasedAddOn ? "EventBasedAddOn" : "EventTrigger";
}

std::string_view api_version_of(const EventTrigger& trigger) {
  return trigger.form == TriggerForm::EventBasedAddOn ? kLibOldApiVersion : kLibApiVersion;
}

Result<EventTrigger> parse_event_trigger(const json::Value& object) {
  Result<EventTrigger> trigger = read_object<EventTrigger>(
      modernize(object), {"EventTrigger", "EventBasedAddOn"}, check_trigger);
  if (trigger && object["kind"].text() == "EventBasedAddOn")
    trigger->form = TriggerForm::EventBasedAddOn;
  return trigger;
}

json::Value to_json(const EventTrigger& trigger) {
  return write_object(api_version_of(trigger), kind_of(trigger), trigger);
}
json::Value to_json(const EventTriggerStatus& status) { return write(status); }

namespace {

Schema generators(std::string_view description) {
  return array(
      description,
      object({},
             {optional("namespace", string("Namespace of the source; empty for the cluster's.")),
              required("name", string("Name of the source. A template.").min_length(1)),
              required("nameFormat", string("Name of the copy. A template.").min_length(1)),
              optional("optional", boolean("A missing source is no error.").fallback(false))}));
}

std::vector<Field> own_fields(const Schema& one_for_event) {
  return {
      optional("clusterSetRefs", texts("ClusterSets whose selected clusters are watched, too.")),
      optional("destinationCluster",
               object_reference("Deploy to this cluster. Its fields are templates.")),
      optional("oneForEvent", one_for_event),
      optional("profileNameFormat", string("Name of the ClusterProfile that is made. A template.")),
      required("eventSourceName",
               string("Name of the EventSource. A template over the cluster.").min_length(1)),
      optional("configMapGenerator", generators("ConfigMaps to make rendered copies of.")),
      optional("secretGenerator", generators("Secrets to make rendered copies of.")),
      optional("cloudEventAction", string("Create or Delete, for CloudEvents. A template.")
                                       .fallback(kCloudEventActionDefault))};
}

Schema trigger_status() {
  Schema info =
      object({}, {required("cluster", object_reference("The cluster.")),
                  required("hash", bytes("Hash of what is there.")),
                  optional("status", string("How far the cluster is.")
                                         .one_of({"Provisioning", "Provisioned", "Failed",
                                                  "FailedNonRetriable", "Removing", "Removed"})),
                  optional("failureMessage", string("What failed first."))});
  return object("How far the trigger is.",
                {optional("matchingClusters", object_references("Clusters that are watched.")),
                 optional("destinationMatchingClusterRefs",
                          object_references("Clusters that are deployed to.")),
                 optional("clusterInfo", array("How far each watched cluster is.", info).atomic()),
                 optional("conditions", conditions())});
}

std::vector<PrinterColumn> trigger_columns() {
  return {{"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status",
           "Whether all events are handled", 0},
          {"EventSource", "string", ".spec.eventSourceName", "What the trigger waits for", 0},
          {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0},
          {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message",
           "What failed first", 1}};
}

constexpr std::string_view kOneForEvent =
    "Make one profile for each object, instead of one for all.";

}  // namespace

KindSchema event_trigger_schema() {
  Schema one_for_event = boolean(kOneForEvent).rule("self == oldSelf", "Value is immutable");
  Schema spec = object(
      "Where to watch, and what to deploy.",
      fields_of(
          {{required(
                "sourceClusterSelector",
                cluster_selector("Clusters that are watched. An empty selector chooses none.")),
            optional("destinationClusterSelector",
                     cluster_selector(
                         "Clusters that are deployed to; the cluster of the event when empty."))},
           own_fields(one_for_event),
           add_on_schema()}));
  return {"lib.projectsveltos.io",
          "EventTrigger",
          "eventtriggers",
          "eventtrigger",
          kube::Scope::Cluster,
          "What to deploy when something happens.",
          spec,
          trigger_status(),
          Subresource::Status,
          trigger_columns()};
}

KindSchema event_based_add_on_schema() {
  Schema spec = object(
      "Where to watch, and what to deploy.",
      fields_of(
          {{optional("clusterSelector",
                     string("Clusters that are watched, as in the very first version.")),
            optional("sourceClusterSelector", string("Clusters that are watched, such as "
                                                     "env=production. An empty one chooses none.")),
            optional(
                "destinationClusterSelector",
                string("Clusters that are deployed to; the cluster of the event when empty."))},
           own_fields(boolean(kOneForEvent)),
           add_on_schema()}));
  return {"lib.projectsveltos.io",
          "EventBasedAddOn",
          "eventbasedaddons",
          "eventbasedaddon",
          kube::Scope::Cluster,
          "What to deploy when something happens. EventTrigger is its name of today.",
          spec,
          trigger_status(),
          Subresource::Status,
          trigger_columns(),
          Versions::OldOnly};
}

}  // namespace lesto::model
