// What Lesto writes on each deployed object to know it again (reference/core.md 4.14), as values.
#pragma once

#include <optional>
#include <string>

#include "fleet/model/cluster_summary.h"
#include "kube/object/object.h"

namespace lesto::deploy {

// The profile that an object belongs to.
struct Owner {
  std::string kind;  // "ClusterProfile" or "Profile"
  std::string ns;    // of a Profile
  std::string name;
  auto operator<=>(const Owner&) const = default;

  // "ClusterProfile web".
  std::string text() const { return kind + " " + (ns.empty() ? name : ns + "/" + name); }
};

// Nothing when the summary has no controller that is a profile.
std::optional<Owner> owner_of_summary(const json::Value& summary);

// What the annotations of a deployed object say.
struct Ownership {
  Owner owner;
  std::int64_t owner_tier = 0;  // 0: unknown, anybody wins
  std::string cluster;          // which registered cluster it was deployed through
  std::string hash;
};
// Nothing for an object that carries our label but names no owner.
std::optional<Ownership> ownership_of(const json::Value& object);

// "sveltos-NAMESPACE-NAME": names the registered cluster on its objects.
std::string cluster_mark(const model::ClusterRef& cluster);

// Who holds objects: a profile, through one registration of the cluster. A cluster may be registered twice, and what
// was deployed through one registration is not withdrawn by way of the other.
struct Holder {
  Owner owner;
  std::string mark;

  // An object without a mark is of an earlier time: its owner counts.
  bool holds(const Ownership& of) const { return of.owner == owner && (of.cluster.empty() || of.cluster == mark); }
};

struct Stamp {
  Owner owner;
  std::int64_t tier = 100;
  std::string reference_kind;
  kube::ObjectKey reference;
  std::int64_t reference_tier = 100;
  model::ClusterRef cluster;
  std::map<std::string, std::string> extra_labels;
  std::map<std::string, std::string> extra_annotations;
};
// The object as it is sent.
json::Value stamped(json::Value object, const Stamp& stamp);
// A merge patch that takes all of it off again: for LeavePolicies.
json::Value unstamp_patch();

}  // namespace lesto::deploy
