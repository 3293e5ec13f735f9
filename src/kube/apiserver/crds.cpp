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
      ResourceRef gone = core_.registry.find(event.object["spec"]["group"].text(), event.object["spec"]["names"]["plural"].text());
      core_.registry.remove(event.object["spec"]["group"].text(), event.object["spec"]["names"]["plural"].text());
      if (gone) core_.watches.close_table(gone->table);
      reconsider(event.object["spec"]["group"].text());
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

void Crds::install(const json::Value& definition) {
  Resource fresh = custom_resource(definition, *core_.types);
  if (!established(definition)) return;
  ResourceRef known = core_.registry.find(fresh.group, fresh.plural);
  bool same = known && known->versions.size() == fresh.versions.size();
  for (std::size_t i = 0; same && i < fresh.versions.size(); ++i) {
    same = known->versions[i].name == fresh.versions[i].name && known->versions[i].schema == fresh.versions[i].schema;
  }
  // Objects of an older schema are read with care; the first schema has no older objects, unless it was stored before.
  if (same) fresh.schema_since = known->schema_since;
  else if (known || !core_.store.table(fresh.table).objects.empty()) fresh.schema_since = object_version(definition);
  core_.registry.put(std::move(fresh));
}

namespace {

// The names of a definition that no established definition of the group has.
struct Names {
  json::Value accepted = json::Value::object();
  std::string reason;
  std::string message;
};

void note(Names& names, std::string_view reason, const std::string& name) {
  if (names.reason.empty()) names.reason = reason;
  names.message += (names.message.empty() ? "" : ", ") + quoted(name) + " is already in use";
}

Names check_names(const Core& core, const json::Value& definition) {
  const json::Value& wanted = definition["spec"]["names"];
  std::set<std::string, std::less<>> resources;
  std::set<std::string, std::less<>> kinds;
  for (const ResourceRef& other : core.registry.all()) {
    if (other->group != definition["spec"]["group"].text() || other->plural == wanted["plural"].text()) continue;
    resources.insert({other->plural, other->singular});
    resources.insert(other->short_names.begin(), other->short_names.end());
    kinds.insert({other->kind, other->list_kind});
  }
  Names out;
  out.accepted = wanted;
  for (auto [field, used, reason] : {std::tuple("plural", &resources, "PluralConflict"), std::tuple("singular", &resources, "SingularConflict"),
                                     std::tuple("kind", &kinds, "KindConflict"), std::tuple("listKind", &kinds, "ListKindConflict")}) {
    std::string name = wanted[field].string();
    if (!used->contains(name)) continue;
    note(out, reason, name);
    out.accepted.set(field, "");
  }
  for (const json::Value& name : wanted["shortNames"].items()) {
    if (!resources.contains(name.text())) continue;
    note(out, "ShortNamesConflict", name.string());
    out.accepted.erase("shortNames");
  }
  return out;
}

void set_condition(json::Value& status, json::Value condition) {
  if (!status["conditions"].is_array()) status.set("conditions", json::Value::array());
  json::Value& list = status.at("conditions");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i]["type"] != condition["type"]) continue;
    if (list[i]["status"] == condition["status"]) condition.set("lastTransitionTime", list[i]["lastTransitionTime"]);
    *list.edit(i) = std::move(condition);
    return;
  }
  list.push(std::move(condition));
}

// Groups of the Kubernetes project want an approval; what the annotation says becomes a condition.
std::optional<json::Value> approval(const json::Value& definition, const std::string& now) {
  std::string_view group = definition["spec"]["group"].text();
  bool ours = group == "k8s.io" || group == "kubernetes.io" || group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io");
  if (!ours) return std::nullopt;
  constexpr std::string_view kType = "KubernetesAPIApprovalPolicyConformant";
  std::string text = definition["metadata"]["annotations"]["api-approved.kubernetes.io"].string();
  if (text.empty()) {
    return condition(kType, "False", "MissingAnnotation",
                     "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111", now);
  }
  if (text.starts_with("unapproved")) return condition(kType, "False", "UnapprovedAnnotation", "not approved: " + quoted(text), now);
  if (text.starts_with("http://") || text.starts_with("https://")) return condition(kType, "True", "ApprovedAnnotation", "approved in " + text, now);
  return condition(kType, "False", "InvalidAnnotation",
                   "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111", now);
}

json::Value stored_versions(const json::Value& definition) {
  const json::Value& known = definition["status"]["storedVersions"];
  json::Value stored = known.is_array() ? known : json::Value::array();
  for (const json::Value& version : definition["spec"]["versions"].items()) {
    if (!version["storage"].boolean()) continue;
    bool listed = std::any_of(stored.items().begin(), stored.items().end(), [&](const json::Value& name) { return name == version["name"]; });
    if (!listed) stored.push(version["name"]);
  }
  return stored;
}

}  // namespace

bool established(const json::Value& definition) {
  for (const json::Value& entry : definition["status"]["conditions"].items()) {
    if (entry["type"].text() == "Established") return entry["status"].text() == "True";
  }
  return false;
}

void Crds::establish(std::string_view key, const json::Value& definition) {
  if (being_deleted(definition)) return;
  ResourceRef resource = core_.registry.find("apiextensions.k8s.io", "customresourcedefinitions");
  std::string now = core_.now_text();
  Names names = check_names(core_, definition);
  change_object(core_, *resource, key, [&](json::Value& fresh) {
    if (!fresh["status"].is_object()) fresh.set("status", json::Value::object());
    json::Value& status = fresh.at("status");
    status.set("acceptedNames", names.accepted);
    status.set("storedVersions", stored_versions(fresh));
    if (names.reason.empty()) {
      set_condition(status, condition("NamesAccepted", "True", "NoConflicts", "no conflicts found", now));
      if (!established(fresh)) {
        set_condition(status, condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted", now));
      }
    } else {
      set_condition(status, condition("NamesAccepted", "False", names.reason, names.message, now));
      if (!established(fresh)) {
        set_condition(status, condition("Established", "False", "NotAccepted", "not all names are accepted", now));
      }
    }
    if (auto approved = approval(fresh, now)) set_condition(status, std::move(*approved));
  });
  // Served from now on, not only when the status is durable: a client that got its 201 may go on.
  if (auto newest = core_.store.newest(kTable, key)) install(*newest);
}

void Crds::reconsider(std::string_view group) {
  std::vector<std::pair<Key, json::Value>> waiting;
  core_.store.each_newest(kTable, "", [&](const Key& key, const json::Value& definition) {
    if (definition["spec"]["group"].text() == group && !established(definition)) waiting.emplace_back(key, definition);
  });
  for (const auto& [key, definition] : waiting) establish(key, definition);
}

void Crds::clean_up(const json::Value& definition) {
  ResourceRef resource = core_.registry.find(definition["spec"]["group"].text(), definition["spec"]["names"]["plural"].text());
  if (!resource) resource = std::make_shared<const Resource>(custom_resource(definition, *core_.types));
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
  std::string now = core_.now_text();
  ResourceRef kind = core_.registry.find("apiextensions.k8s.io", "customresourcedefinitions");
  change_object(core_, *kind, key, [&](json::Value& fresh) {
    if (!fresh["status"].is_object()) return;
    set_condition(fresh.at("status"), condition("Terminating", "True", "InstanceDeletionInProgress",
                                                "CustomResource deletion is in progress", now));
  });
  for (const auto& [object_key, object] : left) {
    if (!being_deleted(object)) delete_object(core_, *resource, object_key, object, {});
  }
}

}  // namespace lesto::apiserver
