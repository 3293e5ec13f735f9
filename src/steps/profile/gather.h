// Reads what step 3 decides from. Stores only, no decisions.
#pragma once

#include "fleet/cluster/management.h"
#include "fleet/cluster/registry.h"
#include "steps/profile/decide.h"

namespace lesto::profile {

struct ProfileKey {
  model::ProfileScope scope = model::ProfileScope::Cluster;
  kube::ObjectKey key;
  auto operator<=>(const ProfileKey&) const = default;
};

// The profile that a summary belongs to, by its controller reference.
std::optional<ProfileKey> owner_of(const json::Value& summary);

// The index over ClusterSummaries that gather() reads; added once, before the store is filled.
void index_summaries(cluster::Management& management);

// Invalid when a selector or reference is wrong.
Result<std::vector<Target>> gather_matching(const cluster::Registry& registry, const model::Profile& profile);
std::map<model::ClusterRef, std::shared_ptr<const model::ClusterSummary>> gather_summaries(
    const cluster::Management& management, const ProfileKey& key);

}  // namespace lesto::profile

template <>
struct std::hash<lesto::profile::ProfileKey> {
  std::size_t operator()(const lesto::profile::ProfileKey& key) const noexcept {
    return std::hash<lesto::kube::ObjectKey>()(key.key) ^ static_cast<std::size_t>(key.scope);
  }
};
