// The small values that fields of our kinds hold.
#pragma once

#include <cstdint>
#include <string>

#include "foundation/base/result.h"
#include "foundation/json/value.h"
#include "kube/object/selector.h"

namespace lesto::model {

// Raw bytes; base64 in JSON.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

// How many clusters may change at a time: a number of clusters, or a share of the matching ones.
struct MaxUpdate {
  enum class Unit : std::uint8_t { Clusters, Percent };
  std::int64_t amount = 0;
  Unit unit = Unit::Clusters;
  friend bool operator==(const MaxUpdate&, const MaxUpdate&) = default;
};

// Chooses clusters by their labels: a LabelSelector (v1beta1) or a selector text such as
// "env=production" (v1alpha1). An empty one chooses no cluster, the reverse of Kubernetes'
// convention (reference/core.md hard case 1).
struct Selector {
  // As it was written: an object, a text, or null.
  json::Value source;

  // True when nothing is asked for: null, "", {}, or empty lists.
  bool empty() const;
  // Ready to match labels; of an empty one, the selector that matches nothing. Objects that were
  // read have been checked: it fails only for a source that was put in by hand.
  Result<kube::LabelSelector> compiled() const;
  friend bool operator==(const Selector&, const Selector&) = default;
};

// Kubernetes' LabelSelector with Kubernetes' convention: an empty one chooses everything.
struct LabelSelector {
  json::Value source;

  // As Selector's, but an empty one matches everything.
  Result<kube::LabelSelector> compiled() const;
  friend bool operator==(const LabelSelector&, const LabelSelector&) = default;
};

}  // namespace lesto::model
