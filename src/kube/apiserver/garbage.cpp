#include "kube/apiserver/garbage.h"

#include "kube/apiserver/metadata.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

bool has_finalizer(const json::Value& object, std::string_view name) {
  for (const json::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() == name) return true;
  }
  return false;
}

void drop_finalizer(json::Value& object, std::string_view name) {
  json::Value kept = json::Value::array();
  for (const json::Value& item : object["metadata"]["finalizers"].items()) {
    if (item.text() != name) kept.push(item);
  }
  object.at("metadata").set("finalizers", std::move(kept));
}

void drop_references(json::Value& object, const std::function<bool(const json::Value&)>& drop) {
  json::Value kept = json::Value::array();
  for (const json::Value& reference : object["metadata"]["ownerReferences"].items()) {
    if (!drop(reference)) kept.push(reference);
  }
  object.at("metadata").set("ownerReferences", std::move(kept));
}

bool blocks(const json::Value& object, std::string_view owner_uid) {
  for (const json::Value& reference : object["metadata"]["ownerReferences"].items()) {
    if (reference["uid"].text() == owner_uid && reference["blockOwnerDeletion"].boolean()) return true;
  }
  return false;
}

}  // namespace

Garbage::Garbage(Core& core) : core_(core) {
  core_.store.listen([this](const Table& table, const Event& event) { on_event(table, event); });
}

void Garbage::start() {
  for (const auto& [name, table] : core_.store.tables()) {
    for (const auto& [key, object] : table->objects) learn(name, key, object);
  }
  std::vector<Place> places;
  for (const auto& [uid, dependents] : dependents_) places.insert(places.end(), dependents.begin(), dependents.end());
  for (const auto& [uid, place] : alive_) places.push_back(place);
  for (const Place& place : places) {
    if (auto object = core_.store.newest(place.table, place.key)) advance(place, *object);
    examine(place);
  }
}

ResourceRef Garbage::resource_of(const std::string& table) const {
  std::size_t slash = table.find('/');
  std::string group = table.substr(0, slash);
  return core_.registry.find(group == "core" ? "" : group, table.substr(slash + 1));
}

void Garbage::learn(const std::string& table, const Key& key, const json::Value& object) {
  alive_[object["metadata"]["uid"].string()] = {table, key};
  for (const json::Value& reference : object["metadata"]["ownerReferences"].items()) {
    dependents_[reference["uid"].string()].insert({table, key});
  }
}

void Garbage::forget(const std::string& table, const Key& key, const json::Value& object) {
  for (const json::Value& reference : object["metadata"]["ownerReferences"].items()) {
    auto found = dependents_.find(reference["uid"].text());
    if (found == dependents_.end()) continue;
    found->second.erase({table, key});
    if (found->second.empty()) dependents_.erase(found);
  }
}

std::vector<Garbage::Place> Garbage::dependents_of(std::string_view uid) const {
  auto found = dependents_.find(uid);
  if (found == dependents_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void Garbage::on_event(const Table& table, const Event& event) {
  if (event.change != Change::Added) forget(table.name, event.key, event.before);
  Place place{table.name, event.key};
  if (event.change != Change::Deleted) {
    learn(table.name, event.key, event.object);
    bool deleting = being_deleted(event.object);
    if (deleting) advance(place, event.object);
    bool owned = !event.object["metadata"]["ownerReferences"].empty();
    if (owned && !deleting) examine(place);
    if (!deleting || !owned) {
      if (event.change == Change::Added) return;
    }
    // A dependent that no longer blocks, or is being deleted, may free its owners.
  } else {
    alive_.erase(event.object["metadata"]["uid"].string());
    for (const Place& dependent : dependents_of(event.object["metadata"]["uid"].text())) examine(dependent);
  }
  for (const json::Value& reference : event.before["metadata"]["ownerReferences"].items()) {
    auto owner = alive_.find(reference["uid"].text());
    if (owner == alive_.end()) continue;
    if (auto object = core_.store.newest(owner->second.table, owner->second.key); object && being_deleted(*object)) {
      advance(Place(owner->second), *object);
    }
  }
}

bool Garbage::owner_lives(const json::Value& reference, std::string_view ns) const {
  auto found = alive_.find(reference["uid"].text());
  std::string_view group = reference["apiVersion"].text();
  group = group.find('/') == group.npos ? std::string_view() : group.substr(0, group.find('/'));
  if (found == alive_.end()) {
    // Not durable yet, perhaps: look at the newest state before anything is called gone.
    ResourceRef resource = core_.registry.find_group_kind(group, reference["kind"].text());
    if (!resource) return true;  // a kind that is not known says nothing about its objects
    auto object = core_.store.newest(resource->table, make_key(resource->namespaced ? ns : std::string_view(), reference["name"].text()));
    return object && (*object)["metadata"]["uid"] == reference["uid"];
  }
  ResourceRef resource = resource_of(found->second.table);
  if (!resource) return true;
  // References across namespaces, to another name or another kind are treated as absent.
  if (resource->namespaced && key_namespace(found->second.key) != ns) return false;
  return key_name(found->second.key) == reference["name"].text() && resource->kind == reference["kind"].text() &&
         resource->group == group;
}

void Garbage::examine(const Place& place) {
  auto object = core_.store.newest(place.table, place.key);
  ResourceRef resource = resource_of(place.table);
  if (!object || !resource || being_deleted(*object)) return;
  const json::Value& references = (*object)["metadata"]["ownerReferences"];
  if (references.empty()) return;
  std::string_view ns = key_namespace(place.key);
  std::size_t solid = 0;
  std::size_t waiting = 0;  // owners in foreground deletion that this object holds up
  for (const json::Value& reference : references.items()) {
    if (!owner_lives(reference, ns)) continue;
    auto owner = alive_.find(reference["uid"].text());
    auto state = owner == alive_.end() ? std::nullopt : core_.store.newest(owner->second.table, owner->second.key);
    if (state && being_deleted(*state) && has_finalizer(*state, kForeground) && reference["blockOwnerDeletion"].boolean()) {
      ++waiting;
    } else {
      ++solid;
    }
  }
  if (solid + waiting == references.size() && waiting == 0) return;
  if (solid > 0) {
    change_object(core_, *resource, place.key, [&](json::Value& fresh) {
      drop_references(fresh, [&](const json::Value& reference) {
        if (!owner_lives(reference, ns)) return true;
        auto owner = alive_.find(reference["uid"].text());
        auto state = owner == alive_.end() ? std::nullopt : core_.store.newest(owner->second.table, owner->second.key);
        return state && being_deleted(*state) && has_finalizer(*state, kForeground);
      });
    });
    return;
  }
  DeleteOptions options;
  options.policy = waiting > 0 && !dependents_of((*object)["metadata"]["uid"].text()).empty() ? "Foreground" : "";
  if (options.policy.empty()) {
    if (has_finalizer(*object, kForeground)) options.policy = "Foreground";
    else if (has_finalizer(*object, kOrphan)) options.policy = "Orphan";
    else options.policy = "Background";
  }
  delete_object(core_, *resource, place.key, *object, options);
}

void Garbage::advance(const Place& place, const json::Value& object) {
  if (!being_deleted(object)) return;
  ResourceRef resource = resource_of(place.table);
  if (!resource) return;
  std::string uid = object["metadata"]["uid"].string();
  if (has_finalizer(object, kOrphan)) {
    orphan_dependents(object);
    change_object(core_, *resource, place.key, [](json::Value& fresh) { drop_finalizer(fresh, kOrphan); });
    return;
  }
  if (!has_finalizer(object, kForeground)) return;
  bool blocked = false;
  for (const Place& dependent : dependents_of(uid)) {
    auto child = core_.store.newest(dependent.table, dependent.key);
    if (!child) continue;
    if (blocks(*child, uid)) blocked = true;
    examine(dependent);
  }
  if (blocked) {
    // Those that went at once no longer hold it up.
    blocked = false;
    for (const Place& dependent : dependents_of(uid)) {
      auto child = core_.store.newest(dependent.table, dependent.key);
      blocked = blocked || (child && blocks(*child, uid));
    }
  }
  if (!blocked) change_object(core_, *resource, place.key, [](json::Value& fresh) { drop_finalizer(fresh, kForeground); });
}

void Garbage::orphan_dependents(const json::Value& owner) {
  std::string_view uid = owner["metadata"]["uid"].text();
  for (const Place& dependent : dependents_of(uid)) {
    ResourceRef resource = resource_of(dependent.table);
    if (!resource) continue;
    change_object(core_, *resource, dependent.key, [&](json::Value& fresh) {
      drop_references(fresh, [&](const json::Value& reference) { return reference["uid"].text() == uid; });
    });
  }
}

}  // namespace lesto::apiserver
