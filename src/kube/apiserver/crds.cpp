#include "kube/apiserver/crds.h"

#include "kube/apiserver/metadata.h"
#include "kube/apiserver/schema/schema.h"
#include "kube/apiserver/types.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kTable = "apiextensions.k8s.io/customresourcedefinitions";
constexpr std::string_view kCleanup = "customresourcecleanup.apiextensions.k8s.io";

std::vector<std::string> texts(const json::Value& list) {
  std::vector<std::string> out;
  for (const json::Value& item : list.items()) out.push_back(item.string());
  return out;
}

json::Value condition(std::string_view type, std::string_view status, std::string_view reason,
                      std::string_view message, const std::string& time) {
  return json::object({{"type", type},
                       {"status", status},
                       {"lastTransitionTime", time},
                       {"reason", reason},
                       {"message", message}});
}

Version read_version(const json::Value& source) {
  Version version;
  version.name = source["name"].string();
  version.served = source["served"].boolean();
  version.schema = source["schema"]["openAPIV3Schema"];
  version.columns = source["additionalPrinterColumns"];
  version.subresources = source["subresources"];
  version.selectable = source["selectableFields"];
  version.deprecated = source["deprecated"].boolean();
  version.deprecation_warning = source["deprecationWarning"].string();
  return version;
}

void compile(const Resource& resource, Version& version, const Types& types) {
  schema::Kind kind{resource.group, version.name, resource.kind,
                    resource.namespaced ? schema::Scope::Namespaced : schema::Scope::Cluster};
  auto compiled = schema::Schema::compile(version.schema, kind, types);
  version.compiled = compiled ? *compiled : std::make_shared<const schema::Schema>(kind, types);
  auto merge = patch::schema_from_crd(version.schema);
  if (merge) version.merge = *merge;
}

}  // namespace

Resource custom_resource(const json::Value& definition, const Types& types) {
  const json::Value& spec = definition["spec"];
  const json::Value& names = definition["status"]["acceptedNames"].is_object() ? definition["status"]["acceptedNames"]
                                                                              : spec["names"];
  Resource resource;
  resource.custom = true;
  resource.generation = true;
  resource.unconditional_update = false;
  resource.group = spec["group"].string();
  resource.plural = spec["names"]["plural"].string();
  resource.singular = names["singular"].string();
  resource.kind = spec["names"]["kind"].string();
  resource.list_kind = spec["names"]["listKind"].string();
  resource.namespaced = spec["scope"].text() == "Namespaced";
  resource.short_names = texts(names["shortNames"]);
  resource.categories = texts(names["categories"]);
  resource.verbs = {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
  for (const json::Value& version : spec["versions"].items()) {
    resource.versions.push_back(read_version(version));
    compile(resource, resource.versions.back(), types);
    if (version["storage"].boolean()) resource.storage_version = version["name"].string();
  }
  std::sort(resource.versions.begin(), resource.versions.end(),
            [](const Version& a, const Version& b) { return version_before(a.name, b.name); });
  bool status = false;
  bool scale = false;
  for (const Version& version : resource.versions) {
    status = status || version.subresources.contains("status");
    scale = scale || version.subresources.contains("scale");
  }
  if (status) resource.subresources.push_back({"status", {"get", "patch", "update"}, "", "", ""});
  if (scale) resource.subresources.push_back({"scale", {"get", "patch", "update"}, "autoscaling", "v1", "Scale"});
  resource.table = resource.group + "/" + resource.plural;
  resource.terminating = being_deleted(definition);
  return resource;
}

Crds::Crds(Core& core) : core_(core) {
  core_.store.listen([this](const Table& table, const Event& event) { on_event(table, event); });
}

void Crds::start() {
  const Table& table = core_.store.table(kTable);
  for (const auto& [key, definition] : table.objects) {
    install(definition);
    if (being_deleted(definition)) clean_up(definition);
  }
}

void Crds::on_event(const Table& table, const Event& event) {
  if (table.name == kTable) {
    if (event.change == Change::Deleted) {
      core_.registry.remove(event.object["spec"]["group"].text(), event.object["spec"]["names"]["plural"].text());
      return;
    }
    install(event.object);
    establish(event.key, event.object);
    if (being_deleted(event.object)) clean_up(event.object);
    return;
  }
  if (event.change != Change::Deleted || emptying_.empty()) return;
  auto waiting = emptying_.find(table.name);
  if (waiting == emptying_.end() || !table.objects.empty()) return;
  if (const json::Value* definition = core_.store.get(kTable, waiting->second)) clean_up(*definition);
}

void Crds::install(const json::Value& definition) { core_.registry.put(custom_resource(definition, *core_.types)); }

void Crds::establish(std::string_view key, const json::Value& definition) {
  ResourceRef resource = core_.registry.find("apiextensions.k8s.io", "customresourcedefinitions");
  std::string now = core_.now_text();
  change_object(core_, *resource, key, [&](json::Value& fresh) {
    if (!fresh["status"].is_object()) fresh.set("status", json::Value::object());
    json::Value& status = fresh.at("status");
    status.set("acceptedNames", fresh["spec"]["names"]);
    json::Value stored = status["storedVersions"].is_array() ? status["storedVersions"] : json::Value::array();
    for (const json::Value& version : definition["spec"]["versions"].items()) {
      if (!version["storage"].boolean()) continue;
      bool known = std::any_of(stored.items().begin(), stored.items().end(),
                               [&](const json::Value& name) { return name == version["name"]; });
      if (!known) stored.push(version["name"]);
    }
    status.set("storedVersions", std::move(stored));
    if (status["conditions"].empty()) {
      status.set("conditions",
                 json::array({condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now),
                              condition("Established", "True", "InitialNamesAccepted",
                                        "the initial names have been accepted", now)}));
    }
  });
}

void Crds::clean_up(const json::Value& definition) {
  ResourceRef resource = core_.registry.find(definition["spec"]["group"].text(), definition["spec"]["names"]["plural"].text());
  if (!resource) return;
  std::vector<std::pair<Key, json::Value>> left;
  core_.store.each_newest(resource->table, "", [&](const Key& key, const json::Value& object) {
    left.emplace_back(key, object);
  });
  Key key = make_key("", definition["metadata"]["name"].text());
  if (left.empty() && core_.store.table(resource->table).objects.empty()) {
    emptying_.erase(resource->table);
    ResourceRef kind = core_.registry.find("apiextensions.k8s.io", "customresourcedefinitions");
    core_.watches.close_table(resource->table);
    change_object(core_, *kind, key, [](json::Value& fresh) {
      json::Value kept = json::Value::array();
      for (const std::string& finalizer : finalizers(fresh)) {
        if (finalizer != kCleanup) kept.push(json::Value(finalizer));
      }
      fresh.at("metadata").set("finalizers", std::move(kept));
    });
    return;
  }
  emptying_[resource->table] = key;
  for (const auto& [object_key, object] : left) {
    if (!being_deleted(object)) delete_object(core_, *resource, object_key, object, {});
  }
}

}  // namespace lesto::apiserver
