// EventReport: the objects of one cluster that match one EventSource now.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/reference.h"
#include "fleet/model/values.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct EventReportSpec {
  ClusterRef cluster;
  std::string event_source_name;
  std::vector<ObjectReference> matching_resources;
  // With collectResources: the objects, as encode_resources writes them.
  Bytes resources;
  std::vector<Bytes> cloud_events;
  friend bool operator==(const EventReportSpec&, const EventReportSpec&) = default;
};

struct EventReportStatus {
  std::optional<ReportPhase> phase;
  // What went wrong when the triggers handled it.
  std::optional<std::string> failure_message;
  Conditions conditions;
  friend bool operator==(const EventReportStatus&, const EventReportStatus&) = default;
};

struct EventReport {
  Meta meta;
  EventReportSpec spec;
  EventReportStatus status;
  friend bool operator==(const EventReport&, const EventReport&) = default;
};

// How many objects a report can hold, whatever its bytes say.
inline constexpr std::size_t kReportResourcesMax = 10000;

// Each object's JSON text followed by "---", without line breaks (reference/core.md 3.4).
Bytes encode_resources(const std::vector<json::Value>& objects);
// Reads JSON values one after the other; "---" inside a text is content. Invalid when the bytes are
// neither.
Result<std::vector<json::Value>> decode_resources(const Bytes& bytes);

Result<EventReport> parse_event_report(const json::Value& object);
json::Value to_json(const EventReport& report);
json::Value to_json(const EventReportStatus& status);

}  // namespace lesto::model
