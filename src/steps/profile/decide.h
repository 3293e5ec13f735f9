// Which summaries a profile must have. Pure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/cluster_summary.h"
#include "fleet/model/profile.h"
#include "foundation/base/time.h"

namespace lesto::profile {

// A cluster that the profile matches, as far as it exists.
struct Target {
  model::ClusterRef cluster;
  bool ready = false;  // exists, ready, not being deleted
  bool exists = true;  // only a cluster that a profile names may be missing
};

struct Inputs {
  std::shared_ptr<const model::Profile> profile;
  std::vector<Target> matching;  // by selector and by reference, without duplicates
  // This profile's summaries, by their cluster.
  std::map<model::ClusterRef, std::shared_ptr<const model::ClusterSummary>> existing;
};

struct Decision {
  std::vector<json::Value> create;
  std::vector<json::Value> update;  // carries the resourceVersion that was read
  std::vector<std::shared_ptr<const model::ClusterSummary>> remove;
};

Decision decide(const Inputs& inputs);

// The summary of a profile for a cluster.
json::Value make_summary(const model::Profile& profile, const model::ClusterRef& cluster);

// What a Profile may hold: the references that reach out of its namespace, as a message; nothing when there are none.
std::optional<std::string> out_of_namespace(const model::Profile& profile);

}  // namespace lesto::profile
