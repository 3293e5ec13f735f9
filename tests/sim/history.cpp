#include "tests/sim/history.h"

#include "foundation/json/text.h"

namespace lesto::sim {
namespace {

std::string annotation(const json::Value& object, std::string_view name) {
  return object["metadata"]["annotations"][name].string();
}

// The unit annotation (docs/compatibility.md) as the oracle writes units.
std::string read_unit(const json::Value& profile) {
  auto unit = json::parse(annotation(profile, "eventtrigger.lib.projectsveltos.io/unit"));
  if (!unit) return {};
  const json::Value& cluster = (*unit)["cluster"];
  std::string where = cluster[0].string() + "/" + cluster[1].string();
  const json::Value& of = (*unit)["object"];
  kube::ObjectId id{of[0].string(), of[1].string(), {of[2].string(), of[3].string()}};
  return unit_text((*unit)["trigger"].string(), where, (*unit)["source"].string(), of.is_null() ? nullptr : &id);
}

}  // namespace

void History::changed(const Truth& truth) {
  Picture picture{.since = clock_.now(), .expected = expect(truth), .clusters = {}};
  for (const ClusterTruth& cluster : truth.clusters) {
    if (cluster.registered) {
      picture.clusters.insert(cluster_text(cluster));
    } else {
      absent_[cluster_text(cluster)] = Time::max();
    }
  }
  for (auto& [cluster, until] : absent_) {
    if (until == Time::max() && picture.clusters.contains(cluster)) until = clock_.now();
  }
  for (const auto& [text, owner] : picture.expected.owners) {
    for (const auto& [cluster, wanted] : owner.clusters) {
      for (const WantedObject& object : wanted.objects) {
        ever_[{text, cluster}].insert(object.id);
        if (owner.add_ons.leave) left_.insert(object.id);
      }
    }
    if (owner.add_ons.leave) leaves_all(text);
  }
  pictures_.push_back(std::move(picture));
}

// What an owner wanted before and has not withdrawn yet is left, too: the wish to leave things may reach the cluster
// together with the owner's end.
void History::leaves_all(const std::string& owner) {
  for (const auto& [where, objects] : ever_) {
    if (where.first == owner) left_.insert(objects.begin(), objects.end());
  }
}

void History::hear(const Write& write) {
  // What was deployed from a mixed view may be left, too, if its owner leaves things.
  std::string by = write.by_manager && write.server != kManagement ? owner_of(write.after) : "";
  for (const Picture& picture : pictures_) {
    auto owner = picture.expected.owners.find(by);
    bool leaves = !by.empty() && owner != picture.expected.owners.end() && owner->second.add_ons.leave;
    if (leaves) left_.insert(kube::id_of(write.after));
  }
  if (write.after["kind"].text() != "ClusterProfile") return;
  std::string unit = read_unit(write.after);
  if (!unit.empty()) units_[std::string(kube::name_of(write.after))] = unit;
}

std::string History::unit_of(const std::string& profile) const {
  auto found = units_.find(profile);
  return found == units_.end() ? "" : found->second;
}

std::string History::owner_of(const json::Value& object) const {
  std::string kind = annotation(object, "projectsveltos.io/owner-kind");
  std::string name = annotation(object, "projectsveltos.io/owner-name");
  if (name.empty()) return {};
  if (kind == "Profile") return kind + " " + annotation(object, "projectsveltos.io/owner-namespace") + "/" + name;
  std::string unit = unit_of(name);
  return unit.empty() ? kind + " " + name : unit;
}

bool History::ever_wanted(const std::string& owner, const std::string& cluster, const kube::ObjectId& id) const {
  auto found = ever_.find({owner, cluster});
  return found != ever_.end() && found->second.contains(id);
}

bool History::may_be_left(const kube::ObjectId& id) const { return left_.contains(id); }

Time History::absent_until(const std::string& cluster) const {
  auto found = absent_.find(cluster);
  return found == absent_.end() ? Time::min() : found->second;
}

}  // namespace lesto::sim
