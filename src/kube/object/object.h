// Kubernetes objects as values: identity, metadata, references. No I/O.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::kube {

struct GroupKind {
  std::string group;  // "" is the core group
  std::string kind;
  auto operator<=>(const GroupKind&) const = default;
};

struct GroupVersionKind {
  std::string group;
  std::string version;
  std::string kind;
  auto operator<=>(const GroupVersionKind&) const = default;

  // "v1" or "apps/v1".
  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  GroupKind group_kind() const { return {group, kind}; }
};

// Splits "apps/v1" or "v1".
GroupVersionKind parse_gvk(std::string_view api_version, std::string_view kind);

enum class Scope { Cluster, Namespaced };

// A collection that an API server serves.
struct Resource {
  std::string group;
  std::string version;
  std::string plural;  // "services"
  std::string kind;
  Scope scope = Scope::Namespaced;
  auto operator<=>(const Resource&) const = default;

  GroupVersionKind gvk() const { return {group, version, kind}; }
  std::string api_version() const { return gvk().api_version(); }
};

// Namespace and name of an object; the namespace of a cluster-scoped one is "".
struct ObjectKey {
  std::string ns;
  std::string name;
  auto operator<=>(const ObjectKey&) const = default;

  // "namespace/name" or "name".
  std::string text() const { return ns.empty() ? name : ns + "/" + name; }
};

// What names one object of any kind in a cluster, whatever version serves it.
struct ObjectId {
  std::string group;
  std::string kind;
  ObjectKey key;
  auto operator<=>(const ObjectId&) const = default;

  // "Service default/web".
  std::string text() const { return kind + " " + key.text(); }
};

// Reads of common fields; absent ones read as "".
inline std::string_view name_of(const json::Value& object) { return object["metadata"]["name"].text(); }
inline std::string_view namespace_of(const json::Value& object) {
  return object["metadata"]["namespace"].text();
}
inline std::string_view uid_of(const json::Value& object) { return object["metadata"]["uid"].text(); }
inline std::string_view resource_version_of(const json::Value& object) {
  return object["metadata"]["resourceVersion"].text();
}
inline std::int64_t generation_of(const json::Value& object) {
  return object["metadata"]["generation"].integer();
}
inline std::string_view label_of(const json::Value& object, std::string_view key) {
  return object["metadata"]["labels"][key].text();
}
inline const json::Value* annotation_of(const json::Value& object, std::string_view key) {
  return object["metadata"]["annotations"].find(key);
}
inline bool is_deleting(const json::Value& object) {
  return !object["metadata"]["deletionTimestamp"].is_null();
}
bool has_finalizer(const json::Value& object, std::string_view finalizer);

ObjectKey key_of(const json::Value& object);
GroupVersionKind gvk_of(const json::Value& object);
ObjectId id_of(const json::Value& object);

// "Service default/web": how messages name an object.
std::string text_of(const json::Value& object);

// Resource versions of one API server grow; "" is older than all.
bool is_newer(std::string_view resource_version, std::string_view than);

}  // namespace lesto::kube

template <>
struct std::hash<lesto::kube::ObjectKey> {
  std::size_t operator()(const lesto::kube::ObjectKey& key) const noexcept {
    std::size_t seed = std::hash<std::string>()(key.ns);
    return seed * 1099511628211u ^ std::hash<std::string>()(key.name);
  }
};
template <>
struct std::hash<lesto::kube::ObjectId> {
  std::size_t operator()(const lesto::kube::ObjectId& id) const noexcept {
    std::size_t seed = std::hash<std::string>()(id.kind);
    seed = seed * 1099511628211u ^ std::hash<std::string>()(id.group);
    return seed * 1099511628211u ^ std::hash<lesto::kube::ObjectKey>()(id.key);
  }
};
