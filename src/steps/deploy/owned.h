// What of ours is in one cluster: kept by one watch a kind on our label, identities and ownership only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "fleet/cluster/registry.h"
#include "kube/control/reflector.h"
#include "steps/deploy/ownership.h"

namespace lesto::deploy {

struct OwnedObject {
  Ownership ownership;
  kube::GroupVersionKind gvk;
  std::string uid;
  std::string resource_version;
  bool deleting = false;
};

// Thread: the loop's.
class Owned {
 public:
  // Called when an object appears, changes its owner or the registration that it came through, or goes; null for "no
  // owner".
  using Changed = std::function<void(const kube::ObjectId&, const Owner* before, const Owner* after)>;

  Owned(io::Loop& loop, std::shared_ptr<cluster::Cluster> of, Changed changed);
  ~Owned();
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  // Finds the collection of a kind and watches it, up to the first complete list. NotFound when the cluster does not
  // serve the kind.
  io::Task<Result<kube::Resource>> ensure(io::Context context, kube::GroupVersionKind gvk);

  // Null when there is no such object of ours, or its kind is not watched.
  const OwnedObject* find(const kube::ObjectId& id) const;
  std::size_t size() const { return objects_.size(); }
  std::vector<kube::ObjectId> held_by(const Holder& holder) const;
  const std::map<Owner, std::set<kube::ObjectId>>& by_owner() const { return by_owner_; }

  // The answer to a write of ours.
  void absorb(const kube::GroupVersionKind& gvk, json::Value object);
  void absorb_gone(const kube::GroupVersionKind& gvk, const kube::ObjectKey& key, std::string_view version);

  // A write of that kind had no answer: it may have happened, although the watch has not said so yet.
  void doubt(const kube::GroupVersionKind& gvk) { ++doubts_[gvk]; }
  // Before absence means anything: asks the cluster about the kinds in doubt, so that everything of ours is known.
  io::Task<Result<void>> verify(io::Context context);
  // Whether each of these kinds is known to its last object, or not served by the cluster.
  bool is_complete(const std::vector<kube::GroupVersionKind>& kinds) const;

  // Ends the watches; join before destruction.
  void cancel() { scope_.cancel(); }
  io::Task<void> join() { return scope_.join(); }

 private:
  class KindWatch;
  void set(const kube::ObjectId& id, OwnedObject object);
  void erase(const kube::ObjectId& id);

  io::Loop& loop_;
  std::shared_ptr<cluster::Cluster> cluster_;
  Changed changed_;
  std::map<kube::GroupVersionKind, std::unique_ptr<KindWatch>> watches_;
  // Kinds that the cluster did not serve when it was asked last.
  std::set<kube::GroupVersionKind> unserved_;
  std::map<kube::GroupVersionKind, std::uint64_t> doubts_;
  std::map<kube::ObjectId, OwnedObject> objects_;
  std::map<Owner, std::set<kube::ObjectId>> by_owner_;
  io::TaskScope scope_;
};

}  // namespace lesto::deploy
