#include "fleet/model/event_report.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"
#include "foundation/json/text.h"

namespace lesto::model {

template <class Io, Is<EventReportSpec> Value>
void fields(Io& io, Value& value) {
  cluster_fields(io, value.cluster);
  io.required("eventSourceName", value.event_source_name);
  io.optional("matchingResources", value.matching_resources);
  io.optional("resources", value.resources);
  io.optional("cloudEvents", value.cloud_events);
}

template <class Io, Is<EventReportStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("phase", value.phase);
  io.optional("failureMessage", value.failure_message);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<EventReport> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.required("spec", value.spec);
  io.status("status", value.status);
}

namespace {

constexpr std::string_view kSeparator = "---";

// Length of the JSON object that `text` begins with; 0 when it begins with none or is cut short.
std::size_t object_length(std::string_view text) {
  if (!text.starts_with('{')) return 0;
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (in_text) {
      if (c == '\\') i += 1;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{') {
      depth += 1;
    } else if (c == '}' && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

}  // namespace

Bytes encode_resources(const std::vector<json::Value>& objects) {
  Bytes bytes;
  for (const json::Value& object : objects) {
    json::append(bytes.data, object);
    bytes.data += kSeparator;
  }
  return bytes;
}

Result<std::vector<json::Value>> decode_resources(const Bytes& bytes) {
  std::vector<json::Value> objects;
  std::string_view rest = bytes.data;
  while (true) {
    std::size_t blank = rest.find_first_not_of(" \t\r\n");
    rest.remove_prefix(std::min(blank, rest.size()));
    if (rest.empty()) return objects;
    if (rest.starts_with(kSeparator)) {
      rest.remove_prefix(kSeparator.size());
      continue;
    }
    if (objects.size() == kReportResourcesMax) {
      return fail(Code::TooLarge,
                  "resources hold more than " + std::to_string(kReportResourcesMax) + " objects");
    }
    std::size_t length = object_length(rest);
    std::string where = "object " + std::to_string(objects.size()) + " of resources";
    if (length == 0) return fail(Code::Invalid, where + " is no complete JSON object");
    TRY_ASSIGN(json::Value object, during(json::parse(rest.substr(0, length)), where));
    objects.push_back(std::move(object));
    rest.remove_prefix(length);
  }
}

Result<EventReport> parse_event_report(const json::Value& object) {
  return read_object<EventReport>(object, {"EventReport"}, nullptr);
}

json::Value to_json(const EventReport& report) {
  return write_object(kLibApiVersion, "EventReport", report);
}
json::Value to_json(const EventReportStatus& status) { return write(status); }

KindSchema event_report_schema() {
  std::vector<Field> more = {
      required("eventSourceName", string("The EventSource that this is about.")),
      optional("matchingResources", array("Objects that match.", object_reference({})).atomic()),
      optional("resources", bytes("The objects themselves: JSON texts, each followed by ---.")),
      optional("cloudEvents", array("CloudEvents that match.", bytes({})))};
  Schema spec = object("What matches one EventSource in one cluster.",
                       fields_of({cluster_ref_fields(), more}));
  Schema status =
      object("How far the report was handled.",
             {optional("phase", string("How far the report was handled.")
                                    .one_of({"WaitingForDelivery", "Delivering", "Processed"})),
              optional("failureMessage", string("What failed first.")),
              optional("conditions", conditions())});
  return {"lib.projectsveltos.io",
          "EventReport",
          "eventreports",
          "eventreport",
          kube::Scope::Namespaced,
          "The objects of one cluster that match one EventSource.",
          spec,
          status,
          Subresource::Status,
          {{"EventSource", "string", ".spec.eventSourceName", "What is reported about", 0},
           {"Cluster", "string", ".spec.clusterName", "Where", 0},
           {"Phase", "string", ".status.phase", "How far it was handled", 0},
           {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0}}};
}

}  // namespace lesto::model
