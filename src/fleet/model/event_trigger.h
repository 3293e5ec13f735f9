// EventTrigger: where to watch, and what to deploy. EventBasedAddOn is its name of old and reads
// into the same value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/profile.h"
#include "fleet/model/reference.h"
#include "fleet/model/values.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

// A ConfigMap or Secret of the management cluster of which rendered copies are made.
struct Generator {
  std::string ns;
  std::string name;
  // Name of the copy, a template.
  std::string name_format;
  bool optional = false;
  friend bool operator==(const Generator&, const Generator&) = default;
};

inline constexpr std::string_view kCloudEventActionDefault = "Create";

struct EventTriggerSpec : AddOns {
  Selector source_cluster_selector;
  std::vector<std::string> cluster_set_refs;
  // Empty, with no destination cluster: the cluster of the event.
  Selector destination_cluster_selector;
  std::optional<ObjectReference> destination_cluster;
  bool one_for_event = false;
  std::string profile_name_format;
  // A template over the cluster.
  std::string event_source_name;
  std::vector<Generator> config_map_generator;
  std::vector<Generator> secret_generator;
  // A template that gives Create or Delete.
  std::string cloud_event_action = std::string(kCloudEventActionDefault);
  friend bool operator==(const EventTriggerSpec&, const EventTriggerSpec&) = default;
};

// How one cluster stands.
struct ClusterInfo {
  ObjectReference cluster;
  Bytes hash;
  std::optional<FeatureStatus> status;
  std::optional<std::string> failure_message;
  friend bool operator==(const ClusterInfo&, const ClusterInfo&) = default;
};

struct EventTriggerStatus {
  std::vector<ObjectReference> matching_clusters;
  std::vector<ObjectReference> destination_matching_clusters;
  std::vector<ClusterInfo> cluster_info;
  Conditions conditions;
  friend bool operator==(const EventTriggerStatus&, const EventTriggerStatus&) = default;
};

enum class TriggerForm : std::uint8_t { EventTrigger, EventBasedAddOn };

struct EventTrigger {
  // An EventBasedAddOn renders every ConfigMap and Secret that it refers to, and a missing key is
  // no error (reference/core.md 1.14).
  TriggerForm form = TriggerForm::EventTrigger;
  Meta meta;
  EventTriggerSpec spec;
  EventTriggerStatus status;
  friend bool operator==(const EventTrigger&, const EventTrigger&) = default;
};

// "EventTrigger" or "EventBasedAddOn"; the API version under which the kind is served.
std::string_view kind_of(const EventTrigger& trigger);
std::string_view api_version_of(const EventTrigger& trigger);

// Reads an EventTrigger or an EventBasedAddOn.
Result<EventTrigger> parse_event_trigger(const json::Value& object);
json::Value to_json(const EventTrigger& trigger);
json::Value to_json(const EventTriggerStatus& status);

}  // namespace lesto::model
