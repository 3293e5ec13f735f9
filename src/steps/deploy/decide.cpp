#include "steps/deploy/decide.h"

#include <algorithm>
#include <set>

namespace lesto::deploy {

Placed place(Desired desired, kube::Resource resource) {
  json::Value& metadata = desired.object.at("metadata");
  if (resource.scope == kube::Scope::Cluster) {
    metadata.erase("namespace");
  } else if (metadata["namespace"].text().empty()) {
    metadata.set("namespace", "default");
  }
  return {std::move(desired.object), std::move(resource), desired.content, std::move(desired.where)};
}

bool is_barrier(const json::Value& object) {
  kube::GroupVersionKind gvk = kube::gvk_of(object);
  return (gvk.group.empty() && gvk.kind == "Namespace") ||
         (gvk.group == "apiextensions.k8s.io" && gvk.kind == "CustomResourceDefinition");
}

namespace {

kube::ObjectId identity(const Placed& object) { return object.id(); }

kube::ObjectId identity(const Desired& desired) {
  kube::ObjectId id = kube::id_of(desired.object);
  if (id.key.ns.empty()) id.key.ns = "default";
  return id;
}

template <class Object>
std::vector<Conflict> settle(std::vector<Object>& objects, const std::vector<Content>& contents) {
  std::map<kube::ObjectId, std::size_t> first;
  std::vector<Conflict> conflicts;
  std::set<std::size_t> dropped;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    kube::ObjectId id = identity(objects[i]);
    auto [held, fresh] = first.try_emplace(id, i);
    if (fresh) continue;
    std::size_t winner = held->second;
    std::size_t loser = i;
    const Content& of_winner = contents[objects[winner].content];
    const Content& of_loser = contents[objects[loser].content];
    // The same object twice in one reference: the later document replaces the earlier one.
    bool same_reference = objects[winner].content == objects[loser].content;
    if (same_reference || of_loser.ref.tier < of_winner.ref.tier) std::swap(winner, loser);
    held->second = winner;
    dropped.insert(loser);
    bool chosen = of_loser.ref.tier != of_winner.ref.tier;
    if (same_reference || chosen) continue;
    conflicts.push_back({id, id.text() + " stands in " + objects[winner].where + " and in " + objects[loser].where +
                                 ": give one of the policyRefs a lower tier to choose it"});
  }
  if (dropped.empty()) return conflicts;
  std::vector<Object> kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (!dropped.contains(i)) kept.push_back(std::move(objects[i]));
  }
  objects = std::move(kept);
  return conflicts;
}

}  // namespace

std::vector<Conflict> settle_duplicates(std::vector<Placed>& objects, const std::vector<Content>& contents) {
  return settle(objects, contents);
}
std::vector<Conflict> settle_duplicates(std::vector<Desired>& objects, const std::vector<Content>& contents) {
  return settle(objects, contents);
}

std::optional<Conflict> conflict(const Rules& rules, const Placed& object, const OwnedObject* live) {
  if (!live) return std::nullopt;
  const Ownership& held = live->ownership;
  kube::ObjectId id = object.id();
  if (held.owner == rules.owner) {
    // What came through a registration that is gone is taken over.
    bool ours = Holder{rules.owner, cluster_mark(rules.cluster)}.holds(held);
    if (ours || !rules.registered(held.cluster)) return std::nullopt;
    return Conflict{id, id.text() + " was deployed by this profile through another registration of this cluster (" +
                            held.cluster + "), so it stays there. Wanted by " + object.where};
  }
  if (held.owner_tier == 0 || rules.tier < held.owner_tier) return std::nullopt;
  return Conflict{id, id.text() + " is managed by " + held.owner.text() + " (tier " + std::to_string(held.owner_tier) +
                          "); this profile's tier " + std::to_string(rules.tier) +
                          " is not lower, so it stays there. Wanted by " + object.where};
}

bool is_held(const Holder& holder, std::int64_t tier, std::string_view hash, const OwnedObject* live) {
  if (!live || live->deleting) return false;
  const Ownership& ownership = live->ownership;
  return holder.holds(ownership) && ownership.owner_tier == tier && ownership.hash == hash;
}

std::vector<kube::ObjectId> stale(const std::vector<kube::ObjectId>& owned, const std::vector<Placed>& wanted) {
  std::set<kube::ObjectId> present;
  for (const Placed& object : wanted) present.insert(object.id());
  std::vector<kube::ObjectId> gone;
  for (const kube::ObjectId& id : owned) {
    if (!present.contains(id)) gone.push_back(id);
  }
  return gone;
}

}  // namespace lesto::deploy
