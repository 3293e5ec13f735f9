#include "fleet/model/crds.h"

#include "fleet/model/crd_schemas.h"
#include "fleet/model/names.h"

namespace lesto::model {
namespace {

std::vector<KindSchema> kinds() {
  return {sveltos_cluster_schema(),
          event_source_schema(),
          event_trigger_schema(),
          event_based_add_on_schema(),
          event_report_schema(),
          cluster_profile_schema(),
          profile_schema(),
          cluster_summary_schema(),
          cluster_configuration_schema(),
          cluster_report_schema(),
          cluster_set_schema(),
          set_schema(),
          resource_summary_schema(),
          reloader_schema(),
          reloader_report_schema()};
}

json::Value root_schema(const KindSchema& kind) {
  std::vector<Field> fields = {optional("apiVersion", string("Group and version of the object.")),
                               optional("kind", string("Kind of the object.")),
                               optional("metadata", Schema(json::object({{"type", "object"}})))};
  if (kind.spec) fields.push_back(optional("spec", *kind.spec));
  if (kind.status) fields.push_back(optional("status", *kind.status));
  return object(kind.description, fields).json();
}

json::Value columns_of(const KindSchema& kind) {
  json::Value columns = json::Value::array();
  for (const PrinterColumn& column : kind.columns) {
    json::Value item = json::object({{"name", column.name},
                                     {"type", column.type},
                                     {"jsonPath", column.path},
                                     {"description", column.description}});
    if (column.priority > 0) item.set("priority", column.priority);
    columns.push(std::move(item));
  }
  return columns;
}

json::Value version_of(const KindSchema& kind, std::string_view name, bool storage) {
  json::Value version =
      json::object({{"name", name},
                    {"served", true},
                    {"storage", storage},
                    {"schema", json::object({{"openAPIV3Schema", root_schema(kind)}})}});
  if (kind.subresource == Subresource::Status) {
    version.set("subresources", json::object({{"status", json::Value::object()}}));
  }
  if (!kind.columns.empty()) version.set("additionalPrinterColumns", columns_of(kind));
  return version;
}

json::Value definition_of(const KindSchema& kind) {
  json::Value versions = json::Value::array();
  if (kind.versions == Versions::Both) versions.push(version_of(kind, kVersion, true));
  versions.push(version_of(kind, kOldVersion, kind.versions == Versions::OldOnly));
  json::Value names = json::object({{"kind", kind.kind},
                                    {"listKind", std::string(kind.kind) + "List"},
                                    {"plural", kind.plural},
                                    {"singular", kind.singular}});
  json::Value spec =
      json::object({{"group", kind.group},
                    {"names", std::move(names)},
                    {"scope", kind.scope == kube::Scope::Cluster ? "Cluster" : "Namespaced"},
                    {"conversion", json::object({{"strategy", "None"}})},
                    {"versions", std::move(versions)}});
  std::string name = std::string(kind.plural) + "." + std::string(kind.group);
  return json::object({{"apiVersion", "apiextensions.k8s.io/v1"},
                       {"kind", "CustomResourceDefinition"},
                       {"metadata", json::object({{"name", name}})},
                       {"spec", std::move(spec)}});
}

}  // namespace

std::vector<json::Value> crds() {
  std::vector<json::Value> all;
  for (const KindSchema& kind : kinds()) all.push_back(definition_of(kind));
  return all;
}

json::Value crd(std::string_view kind) {
  for (const KindSchema& candidate : kinds()) {
    if (candidate.kind == kind) return definition_of(candidate);
  }
  return {};
}

std::vector<kube::Resource> resources() {
  std::vector<kube::Resource> all;
  for (const KindSchema& kind : kinds()) {
    kube::Resource resource;
    resource.group = kind.group;
    resource.version = kind.versions == Versions::OldOnly ? kOldVersion : kVersion;
    resource.plural = kind.plural;
    resource.kind = kind.kind;
    resource.scope = kind.scope;
    all.push_back(std::move(resource));
  }
  return all;
}

}  // namespace lesto::model
