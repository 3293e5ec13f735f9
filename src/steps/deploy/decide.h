// What is to be applied, left, and deleted. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "steps/deploy/owned.h"
#include "steps/deploy/render.h"

namespace lesto::deploy {

// An object with the collection that serves it, namespace settled.
struct Placed {
  json::Value object;
  kube::Resource resource;
  std::size_t content = 0;
  std::string where;

  kube::ObjectId id() const { return {resource.group, resource.kind, kube::key_of(object)}; }
};

// A namespaced object without a namespace goes to `default`; a cluster-scoped one loses its namespace (reference/core.md
// hard case 16).
Placed place(Desired desired, kube::Resource resource);

// Objects before which everything earlier must be in the cluster: kinds and namespaces are there before their use.
bool is_barrier(const json::Value& object);

struct Rules {
  Owner owner;
  model::ClusterRef cluster;
  std::int64_t tier = 100;
  bool continue_on_conflict = false;
  bool continue_on_error = false;
  // Whether a cluster with this mark is registered now.
  std::function<bool(const std::string& mark)> registered;
};

struct Conflict {
  kube::ObjectId id;
  std::string message;
};

// Two references of one profile that hold the same object: the lower policyRef tier wins, else the earlier one; the other
// is a conflict (reference/core.md hard case 19). Drops those that lose.
std::vector<Conflict> settle_duplicates(std::vector<Placed>& objects, const std::vector<Content>& contents);
// The same before it is known how the cluster serves each kind, so that barriers hide nothing. An object without a
// namespace counts as one of `default`.
std::vector<Conflict> settle_duplicates(std::vector<Desired>& objects, const std::vector<Content>& contents);

// Whether somebody else holds the object: another profile whose tier is not higher, or the same profile through another
// registration of this cluster. `live` is what is known of the object, or null. Nothing when it may be written.
std::optional<Conflict> conflict(const Rules& rules, const Placed& object, const OwnedObject* live);

// Whether the object is there as this owner and tier deployed it, from content of that hash (annotation
// projectsveltos.io/hash). It may be left as it is then, edits by hand included. What another owner took or withdrew
// meanwhile, what a new cluster of that name never had, and what a crash left half changed is not.
bool is_held(const Holder& holder, std::int64_t tier, std::string_view hash, const OwnedObject* live);

// Which of the owner's objects are not wanted any more. `wanted` are all objects of the plan, conflicts included.
std::vector<kube::ObjectId> stale(const std::vector<kube::ObjectId>& owned, const std::vector<Placed>& wanted);

}  // namespace lesto::deploy
