// The ClusterConfiguration of a cluster: which kinds were ever deployed there, and what is there now.
#pragma once

#include <set>
#include <string>

#include "fleet/cluster/management.h"
#include "steps/deploy/owned.h"

namespace lesto::deploy {

// Holds the kinds that were ever deployed to the cluster, as "Kind.version.group" joined by commas. Written before the
// first object of a kind is applied: a withdrawal looks at all of them.
inline constexpr std::string_view kKindsAnnotation = "projectsveltos.io/deployed-kinds";

kube::ObjectKey configuration_key(const model::ClusterRef& cluster);
std::set<std::string> recorded_kinds(const json::Value& configuration);
kube::GroupVersionKind parse_kind_text(std::string_view text);

// Adds kinds to the record; durable when it returns.
io::Task<Result<void>> record_kinds(io::Context context, cluster::Management& management, model::ClusterRef cluster,
                                    std::set<std::string> kinds);

// The status to merge into the ClusterConfiguration, or null when it says so already. Pure.
// It lists what came through this registration of the cluster.
json::Value decide_inventory(const Owned& owned, const std::string& mark, const json::Value& configuration, Time now);

}  // namespace lesto::deploy
