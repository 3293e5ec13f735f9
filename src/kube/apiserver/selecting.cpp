#include "kube/apiserver/selecting.h"

#include "kube/apiserver/tables.h"
#include "kube/object/selector.h"

namespace lesto::apiserver {

namespace {

// Fields that built-in kinds can be selected by, beside metadata.name and metadata.namespace; kinds that are not
// here have only those two, and say so with another text.
struct Selectable {
  const char* group;
  const char* plural;
  std::initializer_list<std::string_view> fields;
};

const Selectable kSelectable[] = {
    {"", "pods",
     {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
      "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"}},
    {"", "nodes", {"spec.unschedulable"}},
    {"", "replicationcontrollers", {"status.replicas"}},
    {"", "events",
     {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
      "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
      "reportingComponent", "source", "type"}},
    {"events.k8s.io", "events",
     {"regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
      "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type"}},
    {"", "namespaces", {"status.phase"}},
    {"", "secrets", {"type"}},
    {"", "services", {"spec.clusterIP", "spec.type"}},
    {"apps", "statefulsets", {"status.successful"}},
    {"batch", "jobs", {"status.successful"}},
    {"certificates.k8s.io", "certificatesigningrequests", {"spec.signerName"}},
};

const Selectable* selectable(const Resource& resource) {
  for (const Selectable& row : kSelectable) {
    if (resource.group == row.group && resource.plural == row.plural) return &row;
  }
  return nullptr;
}

Outcome<void> check_field(const Call& call, std::string_view field) {
  if (field == "metadata.name" || (field == "metadata.namespace" && (call.resource->namespaced || !call.resource->custom))) return {};
  if (call.resource->custom) {
    const Version* version = call.resource->version(call.version);
    if (version) {
      for (const json::Value& item : version->selectable.items()) {
        std::string_view path = item["jsonPath"].text();
        if (path.starts_with('.')) path.remove_prefix(1);
        if (path == field) return {};
      }
    }
    return refuse(bad_request("field label not supported: " + std::string(field)));
  }
  const Selectable* row = selectable(*call.resource);
  if (!row) {
    return refuse(bad_request(quoted(field) + " is not a known field selector: only \"metadata.name\", \"metadata.namespace\""));
  }
  if (std::find(row->fields.begin(), row->fields.end(), field) != row->fields.end()) return {};
  return refuse(bad_request("field label not supported: " + std::string(field)));
}

const json::Value& at_path(const json::Value& object, std::string_view path) {
  const json::Value* place = &object;
  while (!path.empty()) {
    std::size_t end = std::min(path.find('.'), path.size());
    place = &(*place)[path.substr(0, end)];
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return *place;
}

std::string field_text(const json::Value& object, std::string_view field, bool event) {
  if (event && field == "source") {
    std::string_view component = object["source"]["component"].text();
    return std::string(component.empty() ? object["reportingComponent"].text() : component);
  }
  if (event && field.starts_with("regarding.")) return at_path(object["involvedObject"], field.substr(10)).string();
  if (event && field == "reportingController") return object["reportingComponent"].string();
  const json::Value& value = at_path(object, field);
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  if (value.is_int()) return std::to_string(value.integer());
  if (value.is_null() && field == "spec.unschedulable") return "false";
  if (value.is_null() && field == "spec.hostNetwork") return "false";
  return value.string();
}

// "unable to parse requirement: ..." and the like come as they are; the frame is ours.
Status bad_selector(const Error& error) { return bad_request(error.message()); }

}  // namespace

Outcome<Filter> read_filter(Core&, const Call& call) {
  Filter filter;
  if (call.resource->namespaced) filter.ns = call.route.ns;
  filter.name = call.route.name;
  auto labels = kube::parse_label_selector(call.route.query.get("labelSelector"));
  if (!labels) return refuse(bad_selector(labels.error()));
  auto fields = kube::parse_field_selector(call.route.query.get("fieldSelector"));
  if (!fields) return refuse(bad_selector(fields.error()));
  for (const kube::FieldRequirement& requirement : fields->requirements()) {
    auto known = check_field(call, requirement.field);
    if (!known) return refuse(known.error());
  }
  if (labels->empty() && fields->empty()) return filter;
  bool event = call.resource->table == "core/events";
  filter.matches = [labels = std::move(*labels), fields = std::move(*fields), event](const json::Value& object) {
    if (!labels.matches_object(object)) return false;
    return fields.matches([&](std::string_view field) { return field_text(object, field, event); });
  };
  return filter;
}

std::function<json::Value(const json::Value&)> watch_view(const Core& core, const Call& call, const Accept& accept,
                                                          json::Value& bookmark) {
  ResourceRef resource = call.resource;
  std::string version = call.version;
  if (accept.view == View::PartialMetadata) {
    bookmark = json::object({{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/" + accept.meta_version}});
    return [meta = accept.meta_version](const json::Value& object) { return partial_metadata(object, meta); };
  }
  if (accept.view == View::Table) {
    auto maker = std::make_shared<const TableMaker>(core, call, accept.meta_version);
    return [maker, resource, version, first = true](const json::Value& object) mutable {
      auto columns = first ? TableMaker::Columns::Show : TableMaker::Columns::Leave;
      json::Value table = maker->table({present(*resource, version, object)}, columns);
      first = false;
      return table;
    };
  }
  bool as_stored = version == resource->storage_version && resource->group != "events.k8s.io";
  if (as_stored) return {};
  return [resource, version](const json::Value& object) { return present(*resource, version, object); };
}

}  // namespace lesto::apiserver
