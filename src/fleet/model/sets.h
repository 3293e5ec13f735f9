// ClusterSet and Set: a number of healthy clusters out of those that match.
#pragma once

#include <cstdint>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/reference.h"
#include "fleet/model/values.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct SetSpec {
  Selector cluster_selector;
  std::vector<ObjectReference> cluster_refs;
  // How many are selected; 0 selects none.
  std::int64_t max_replicas = 0;
  friend bool operator==(const SetSpec&, const SetSpec&) = default;
};

struct SetStatus {
  std::vector<ObjectReference> matching_clusters;
  std::vector<ObjectReference> selected_clusters;
  Conditions conditions;
  friend bool operator==(const SetStatus&, const SetStatus&) = default;
};

enum class SetScope : std::uint8_t { Cluster, Namespace };

// A ClusterSet, or a Set, which knows the clusters of its namespace only.
struct Set {
  SetScope scope = SetScope::Cluster;
  Meta meta;
  SetSpec spec;
  SetStatus status;
  friend bool operator==(const Set&, const Set&) = default;
};

// Reads a ClusterSet or a Set.
Result<Set> parse_set(const json::Value& object);
json::Value to_json(const Set& set);
json::Value to_json(const SetStatus& status);

}  // namespace lesto::model
