#include "kube/apiserver/namespaces.h"

#include "kube/apiserver/metadata.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kTable = "core/namespaces";

json::Value new_object(Core& core, std::string_view kind, std::string_view ns, std::string_view name) {
  json::Value metadata = json::object({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  json::Value object = json::object({{"apiVersion", "v1"}, {"kind", kind}, {"metadata", std::move(metadata)}});
  fill_new(core, object);
  return object;
}

}  // namespace

Namespaces::Namespaces(Core& core) : core_(core) {
  core_.store.listen([this](const Table& table, const Event& event) { on_event(table, event); });
}

void Namespaces::start() {
  for (const char* name : {"default", "kube-node-lease", "kube-public", "kube-system"}) {
    Key key = make_key("", name);
    if (core_.store.newest(kTable, key)) continue;
    json::Value object = new_object(core_, "Namespace", "", name);
    object.set_path({"metadata", "labels"}, json::object({{"kubernetes.io/metadata.name", name}}));
    object.set("spec", json::object({{"finalizers", json::array({"kubernetes"})}}));
    object.set("status", json::object({{"phase", "Active"}}));
    core_.store.put(kTable, key, std::move(object));
  }
  std::vector<std::string> names;
  for (const auto& [key, object] : core_.store.table(kTable).objects) {
    names.emplace_back(key_name(key));
    if (being_deleted(object)) terminating_.insert(names.back());
  }
  for (const std::string& name : names) {
    if (terminating_.contains(name)) empty(name);
    else furnish(name);
  }
}

void Namespaces::on_event(const Table& table, const Event& event) {
  if (table.name == kTable) {
    std::string name(key_name(event.key));
    if (event.change == Change::Deleted) {
      terminating_.erase(name);
    } else if (being_deleted(event.object)) {
      terminating_.insert(name);
      empty(name);
    } else if (event.change == Change::Added) {
      furnish(name);
    }
    return;
  }
  std::string_view ns = key_namespace(event.key);
  if (ns.empty() || event.change != Change::Deleted) return;
  if (terminating_.contains(ns)) {
    empty(std::string(ns));
  } else if ((table.name == "core/serviceaccounts" && key_name(event.key) == "default") ||
             (table.name == "core/configmaps" && key_name(event.key) == "kube-root-ca.crt")) {
    furnish(ns);
  }
}

void Namespaces::furnish(std::string_view name) {
  auto ns = core_.store.newest(kTable, make_key("", name));
  if (!ns || being_deleted(*ns)) return;
  Key account = make_key(name, "default");
  if (!core_.store.newest("core/serviceaccounts", account)) {
    core_.store.put("core/serviceaccounts", account, new_object(core_, "ServiceAccount", name, "default"));
  }
  Key roots = make_key(name, "kube-root-ca.crt");
  if (!core_.store.newest("core/configmaps", roots)) {
    json::Value object = new_object(core_, "ConfigMap", name, "kube-root-ca.crt");
    object.set_path({"metadata", "annotations"},
                    json::object({{"kubernetes.io/description",
                                   "Contains a CA bundle that can be used to verify the kube-apiserver when using "
                                   "internal endpoints such as the internal service IP or kubernetes.default.svc. No "
                                   "other usage is guaranteed across distributions of Kubernetes clusters."}}));
    object.set("data", json::object({{"ca.crt", core_.options.ca_certificate}}));
    core_.store.put("core/configmaps", roots, std::move(object));
  }
}

namespace {

json::Value condition(std::string_view type, bool holds, std::string_view reason, const std::string& message,
                      const std::string& time) {
  return json::object({{"type", type},
                       {"status", holds ? "True" : "False"},
                       {"lastTransitionTime", time},
                       {"reason", reason},
                       {"message", message}});
}

// What keeps a namespace: "configmaps. has 2 resource instances", "example.com/f in 2 resource instances".
struct Remains {
  std::map<std::string, int> resources;
  std::map<std::string, int> finalizers;

  static std::string list(const std::map<std::string, int>& counts, std::string_view between) {
    std::string out;
    for (const auto& [name, count] : counts) {
      out += (out.empty() ? "" : ", ") + name + std::string(between) + std::to_string(count) + " resource instances";
    }
    return out;
  }
};

json::Value conditions(const Remains& remains, const std::string& now) {
  json::Value out = json::array(
      {condition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered", now),
       condition("NamespaceDeletionGroupVersionParsingFailure", false, "ParsedGroupVersions", "All legacy kube types successfully parsed", now),
       condition("NamespaceDeletionContentFailure", false, "ContentDeleted", "All content successfully deleted, may be waiting on finalization", now)});
  out.push(condition("NamespaceContentRemaining", true, "SomeResourcesRemain",
                     "Some resources are remaining: " + Remains::list(remains.resources, " has "), now));
  if (remains.finalizers.empty()) {
    out.push(condition("NamespaceFinalizersRemaining", false, "ContentHasNoFinalizers", "All content-preserving finalizers finished", now));
  } else {
    out.push(condition("NamespaceFinalizersRemaining", true, "SomeFinalizersRemain",
                       "Some content in the namespace has finalizers remaining: " + Remains::list(remains.finalizers, " in "), now));
  }
  return out;
}

}  // namespace

void Namespaces::empty(const std::string& name) {
  std::string prefix = name + "/";
  Remains remains;
  for (const ResourceRef& resource : core_.registry.all()) {
    if (!resource->namespaced || !resource->stored) continue;
    if (resource->group == "events.k8s.io") continue;  // the same objects as core/v1
    std::vector<std::pair<Key, json::Value>> found;
    core_.store.each_newest(resource->table, prefix, [&](const Key& key, const json::Value& object) {
      found.emplace_back(key, object);
    });
    for (const auto& [key, object] : found) {
      Deleted deleted{object, false};
      if (!being_deleted(object)) deleted = delete_object(core_, *resource, key, object, {.policy = "Background", .grace = 0});
      if (deleted.gone) continue;
      ++remains.resources[resource->plural + "." + resource->group];
      for (const std::string& finalizer : finalizers(deleted.object)) ++remains.finalizers[finalizer];
    }
  }
  ResourceRef kind = core_.registry.find("", "namespaces");
  std::string now = core_.now_text();
  change_object(core_, *kind, make_key("", name), [&](json::Value& fresh) {
    if (!remains.resources.empty()) {
      json::Value told = conditions(remains, now);
      // The time of a condition is that of its last change.
      const json::Value before = fresh["status"]["conditions"];
      for (std::size_t i = 0; i < told.size(); ++i) {
        for (const json::Value& old : before.items()) {
          if (old["type"] == told[i]["type"] && old["status"] == told[i]["status"]) told.edit(i)->set("lastTransitionTime", old["lastTransitionTime"]);
        }
      }
      fresh.set_path({"status", "conditions"}, std::move(told));
      return;
    }
    json::Value kept = json::Value::array();
    for (const json::Value& finalizer : fresh["spec"]["finalizers"].items()) {
      if (finalizer.text() != "kubernetes") kept.push(finalizer);
    }
    if (kept.empty()) fresh.at("spec").erase("finalizers");
    else fresh.at("spec").set("finalizers", std::move(kept));
  });
}

}  // namespace lesto::apiserver
