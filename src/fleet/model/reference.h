// References to objects and to clusters.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>

#include "fleet/model/enums.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

// Kubernetes' ObjectReference.
struct ObjectReference {
  std::string kind;
  std::string ns;
  std::string name;
  std::string uid;
  std::string api_version;
  std::string resource_version;
  std::string field_path;
  friend bool operator==(const ObjectReference&, const ObjectReference&) = default;
};

// Which cluster. SveltosCluster and Cluster API's Cluster with the same namespace and name are two
// clusters, so the type belongs to the identity (reference/periphery.md 10.1 case 4).
struct ClusterRef {
  std::string ns;
  std::string name;
  ClusterType type = ClusterType::Sveltos;
  friend auto operator<=>(const ClusterRef&, const ClusterRef&) = default;
};

// "sveltos:default/gke", for messages and keys.
std::string to_string(const ClusterRef& cluster);
ObjectReference to_reference(const ClusterRef& cluster);
// The same as statuses show it.
json::Value reference_json(const ClusterRef& cluster);
// Invalid when the reference's kind is neither SveltosCluster nor Cluster.
Result<ClusterRef> to_cluster(const ObjectReference& reference);

}  // namespace lesto::model

template <>
struct std::hash<lesto::model::ClusterRef> {
  std::size_t operator()(const lesto::model::ClusterRef& cluster) const noexcept;
};
