// EventSource: what is an event.
#pragma once

#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/resource_selector.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

// Each member is a regular expression; an empty one fits everything, and all must fit.
struct MessagingMatchCriteria {
  std::string subject;
  std::string cloud_event_source;
  std::string cloud_event_type;
  std::string cloud_event_subject;
  friend bool operator==(const MessagingMatchCriteria&, const MessagingMatchCriteria&) = default;
};

struct EventSourceSpec {
  // What each one matches is put together.
  std::vector<ResourceSelector> resource_selectors;
  // Lua over everything that the selectors matched; empty: none.
  std::string aggregated_selection;
  // Reports carry the whole objects.
  bool collect_resources = false;
  std::vector<MessagingMatchCriteria> messaging_match_criteria;
  friend bool operator==(const EventSourceSpec&, const EventSourceSpec&) = default;
};

struct EventSourceStatus {
  Conditions conditions;
  friend bool operator==(const EventSourceStatus&, const EventSourceStatus&) = default;
};

struct EventSource {
  Meta meta;
  EventSourceSpec spec;
  EventSourceStatus status;
  friend bool operator==(const EventSource&, const EventSource&) = default;
};

// Reads today's form, and the flat one of v1alpha1 (group, version, kind, labelFilters, namespace,
// script beside spec), which becomes the first resource selector.
Result<EventSource> parse_event_source(const json::Value& object);
json::Value to_json(const EventSource& source);
json::Value to_json(const EventSourceStatus& status);

}  // namespace lesto::model
