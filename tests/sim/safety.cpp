#include "tests/sim/safety.h"

namespace lesto::sim {
namespace {

using namespace std::chrono_literals;

// How long the manager may act on what it saw before a change.
constexpr Duration kLag = 180s;

bool wanted_in(const Picture& picture, const History& history, const std::string& owner, const std::string& cluster,
               const kube::ObjectId& id) {
  auto found = picture.expected.owners.find(owner);
  if (found == picture.expected.owners.end()) return false;
  auto in = found->second.clusters.find(cluster);
  if (in == found->second.clusters.end()) return false;
  // What cannot be rendered stays as it was.
  if (found->second.state != OwnerState::Fine) return history.ever_wanted(owner, cluster, id);
  for (const WantedObject& object : in->second.objects) {
    if (object.id == id) return true;
  }
  return false;
}

bool is_deleted(const Write& write) {
  return write.after.is_null() || (kube::is_deleting(write.after) && !kube::is_deleting(write.before));
}

}  // namespace

void Safety::violation(const Write& write, const std::string& what) {
  violations_.push_back(what + ": " + write.method + " " + write.server + " " + write.path);
}

void Safety::hear(const Write& write) {
  if (!write.by_manager) return;
  if (write.server == kManagement) {
    hear_in_management(write);
  } else {
    hear_in_cluster(write);
  }
}

void Safety::hear_in_management(const Write& write) {
  if (write.before.is_null() || write.ours || write.subresource == "status") return;
  if (is_deleted(write) && !kube::is_deleting(write.before)) return violation(write, "deletes an object of a user");
  bool has_finalizers = write.path.find("profiles/") != std::string::npos ||
                        write.path.find("eventtriggers/") != std::string::npos ||
                        write.path.find("eventbasedaddons/") != std::string::npos;
  if (!has_finalizers) return violation(write, "changes an object of a user");
  if (!write.after.is_null() && write.before["spec"] != write.after["spec"]) {
    violation(write, "changes the spec of an object of a user");
  }
}

void Safety::hear_in_cluster(const Write& write) {
  if (write.before.is_null()) {
    std::string_view ns = kube::namespace_of(write.after);
    bool outside = ns == "private" || ns == "shop" || ns == "depot";
    if (outside) violation(write, "writes where nobody asked it to");
    return;
  }
  if (!write.ours) return violation(write, "changes or deletes an object that it has not made");
  if (is_deleted(write)) judge_delete(write);
}

// Wrong when in all that the manager can have known the object was wanted by its owner. When several things changed
// lately, it can have seen them in another order.
void Safety::judge_delete(const Write& write) {
  std::string owner = history_.owner_of(write.before);
  if (owner.empty()) return violation(write, "deletes an object without an owner");
  if (meddled_) return;
  const Duration lag = kLag + jumped_;
  std::string cluster = cluster_of(write.server);
  kube::ObjectId id = kube::id_of(write.before);
  Time from = std::min(write.made, write.at) - lag;
  int recent = 0;
  bool always = true;
  bool pruned = false;
  bool seen = false;
  bool left = true;
  const std::vector<Picture>& pictures = history_.pictures();
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    bool over = i + 1 < pictures.size() && pictures[i + 1].since < from;
    if (over) continue;
    const Picture& picture = pictures[i];
    if (picture.since > write.at - lag) ++recent;
    bool wanted = wanted_in(picture, history_, owner, cluster, id);
    bool loose = picture.expected.loose_triggers.contains(owner.substr(0, owner.find(" in ")));
    always &= wanted || loose;
    auto found = picture.expected.owners.find(owner);
    if (found == picture.expected.owners.end()) continue;
    seen = true;
    left &= found->second.add_ons.leave;
    pruned |= found->second.clusters.contains(cluster) && !wanted;
  }
  if (always && recent <= 1) violation(write, "deletes what " + owner + " wants");
  bool known = history_.ever_wanted(owner, cluster, id);
  if (known && seen && left && !pruned && recent <= 1) {
    violation(write, "deletes what LeavePolicies of " + owner + " leaves");
  }
}

std::string Safety::cluster_of(const std::string& server) const {
  const Picture& picture = history_.pictures().back();
  for (const std::string& cluster : picture.clusters) {
    if (cluster.ends_with("/" + server)) return cluster;
  }
  return "unregistered/" + server;
}

}  // namespace lesto::sim
