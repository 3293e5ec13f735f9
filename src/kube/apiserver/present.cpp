#include "kube/apiserver/present.h"

namespace lesto::apiserver {

namespace {

// Parameters of one media type of an Accept header: "application/json;as=Table;v=v1;g=meta.k8s.io".
struct MediaType {
  std::string type;
  std::string as;
  std::string version;
  std::string group;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

MediaType read_media_type(std::string_view text) {
  MediaType out;
  std::size_t end = std::min(text.find(';'), text.size());
  out.type = trim(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  while (!text.empty()) {
    end = std::min(text.find(';'), text.size());
    std::string_view parameter = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (parameter.starts_with("as=")) out.as = parameter.substr(3);
    if (parameter.starts_with("v=")) out.version = parameter.substr(2);
    if (parameter.starts_with("g=")) out.group = parameter.substr(2);
  }
  return out;
}

// The same fact under the names of core/v1 and of events.k8s.io/v1.
constexpr std::pair<std::string_view, std::string_view> kEventFields[] = {
    {"involvedObject", "regarding"},
    {"message", "note"},
    {"source", "deprecatedSource"},
    {"firstTimestamp", "deprecatedFirstTimestamp"},
    {"lastTimestamp", "deprecatedLastTimestamp"},
    {"count", "deprecatedCount"},
    {"reportingComponent", "reportingController"},
};

json::Value event_from_core(const json::Value& event) {
  json::Value out = event;
  for (const auto& [core, own] : kEventFields) {
    if (const json::Value* value = event.find(core)) {
      bool empty = value->is_string() && value->text().empty();
      if (!empty) out.set(own, *value);
      out.erase(core);
    }
  }
  if (out["reportingInstance"].text().empty()) out.erase("reportingInstance");
  out.set("apiVersion", "events.k8s.io/v1");
  return out;
}

bool takes_json(std::string_view type) {
  return type == "application/json" || type == "*/*" || type == "application/*" || type.empty();
}

}  // namespace

Outcome<Accept> negotiate(std::string_view header) {
  if (trim(header).empty()) return Accept{};
  bool json_seen = false;
  while (!header.empty()) {
    std::size_t end = std::min(header.find(','), header.size());
    MediaType media = read_media_type(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    if (!takes_json(media.type)) continue;
    json_seen = true;
    if (media.as.empty()) return Accept{};
    if (media.group != "meta.k8s.io" || (media.version != "v1" && media.version != "v1beta1")) continue;
    if (media.as == "Table") return Accept{View::Table, media.version};
    if (media.as == "PartialObjectMetadata" || media.as == "PartialObjectMetadataList") {
      return Accept{View::PartialMetadata, media.version};
    }
  }
  constexpr std::string_view kTypes = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  if (json_seen) return refuse(not_acceptable("only the following media types are accepted: " + std::string(kTypes)));
  Status status = not_acceptable("406: Not Acceptable\n\nAvailable representations: " + std::string(kTypes));
  status.details = json::Value::object();
  return refuse(std::move(status));
}

void event_to_core(json::Value& event) {
  json::Value out = event;
  for (const auto& [core, own] : kEventFields) {
    if (const json::Value* value = event.find(own)) {
      out.set(core, *value);
      out.erase(own);
    }
  }
  for (const char* field : {"reportingComponent", "reportingInstance"}) {
    if (!out.contains(field)) out.set(field, "");
  }
  out.set("apiVersion", "v1");
  event = std::move(out);
}

json::Value present(const Resource& resource, std::string_view version, const json::Value& stored) {
  if (resource.group == "events.k8s.io") {
    return stored.contains("regarding") ? stored : event_from_core(stored);
  }
  json::Value out = stored;
  std::string wanted = resource.api_version(version);
  if (out["apiVersion"].text() != wanted) out.set("apiVersion", wanted);
  if (out["kind"].text() != resource.kind) out.set("kind", resource.kind);
  return out;
}

json::Value partial_metadata(const json::Value& object, const std::string& meta_version) {
  return json::object({{"kind", "PartialObjectMetadata"},
                       {"apiVersion", "meta.k8s.io/" + meta_version},
                       {"metadata", object["metadata"]}});
}

json::Value list_of(const Resource& resource, std::string_view version, std::vector<json::Value> items,
                    std::uint64_t list_version) {
  if (!resource.custom) {
    for (json::Value& item : items) {
      item.erase("kind");
      item.erase("apiVersion");
    }
  }
  return json::object({{"kind", resource.list_kind},
                       {"apiVersion", resource.api_version(version)},
                       {"metadata", json::object({{"resourceVersion", std::to_string(list_version)}})},
                       {"items", json::Value::array(std::move(items))}});
}

}  // namespace lesto::apiserver
