#include "steps/profile/gather.h"

#include <set>

namespace lesto::profile {
namespace {

const std::string kByProfile = "profile/owner";

std::string index_value(const ProfileKey& key) {
  return (key.scope == model::ProfileScope::Cluster ? "c|" : "p|") + key.key.text();
}

}  // namespace

std::optional<ProfileKey> owner_of(const json::Value& summary) {
  for (const json::Value& owner : summary["metadata"]["ownerReferences"].items()) {
    if (owner["kind"].text() == "ClusterProfile") {
      return ProfileKey{model::ProfileScope::Cluster, {"", owner["name"].string()}};
    }
    if (owner["kind"].text() == "Profile") {
      return ProfileKey{model::ProfileScope::Namespace, {std::string(kube::namespace_of(summary)), owner["name"].string()}};
    }
  }
  return std::nullopt;
}

void index_summaries(cluster::Management& management) {
  management.cluster_summaries.store().add_index(kByProfile, [](const json::Value& object) -> std::vector<std::string> {
    auto owner = owner_of(object);
    if (!owner) return {};
    return {index_value(*owner)};
  });
}

Result<std::vector<Target>> gather_matching(const cluster::Registry& registry, const model::Profile& profile) {
  bool of_cluster = profile.scope == model::ProfileScope::Cluster;
  auto matching = registry.match(profile.spec.cluster_selector, of_cluster ? "" : profile.meta.ns);
  if (!matching) return fail(std::move(matching.error()).during("spec.clusterSelector"));
  std::set<model::ClusterRef> clusters(matching->begin(), matching->end());
  for (std::size_t i = 0; i < profile.spec.cluster_refs.size(); ++i) {
    model::ObjectReference reference = profile.spec.cluster_refs[i];
    if (!of_cluster && reference.ns.empty()) reference.ns = profile.meta.ns;
    auto cluster = model::to_cluster(reference);
    if (!cluster) return fail(std::move(cluster.error()).during("spec.clusterRefs[" + std::to_string(i) + "]"));
    clusters.insert(std::move(*cluster));
  }
  std::vector<Target> targets;
  for (const model::ClusterRef& ref : clusters) {
    auto cluster = registry.find(ref);
    bool ready = cluster && cluster->ready() && !kube::is_deleting(cluster->object());
    targets.push_back({ref, ready, cluster != nullptr});
  }
  return targets;
}

std::map<model::ClusterRef, std::shared_ptr<const model::ClusterSummary>> gather_summaries(
    const cluster::Management& management, const ProfileKey& key) {
  std::map<model::ClusterRef, std::shared_ptr<const model::ClusterSummary>> summaries;
  const control::Store& store = management.cluster_summaries.collection.store();
  for (const kube::ObjectKey& summary_key : store.by_index(kByProfile, index_value(key))) {
    auto summary = management.cluster_summaries.get(summary_key);
    if (summary) summaries.emplace(summary->spec.cluster, std::move(summary));
  }
  return summaries;
}

}  // namespace lesto::profile
