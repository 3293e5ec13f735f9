// What the status of a profile says. Pure.
#pragma once

#include "steps/profile/decide.h"

namespace lesto::profile {

struct StatusInputs {
  std::int64_t generation = 0;
  std::string refused;  // does not parse, a wrong selector, or what is not served
  std::vector<Target> matching;
  std::map<model::ClusterRef, std::shared_ptr<const model::ClusterSummary>> summaries;
  // The spec that summaries must hold to count as current; null when the profile does not parse.
  std::shared_ptr<const model::Profile> profile;
  bool suspended = false;
};

// The reason of Ready while something is on its way: it is over in an instant, or worth a write if it is not.
inline constexpr std::string_view kDeploying = "Deploying";

// The status to merge into the profile, or null when it says so already.
json::Value decide_status(const StatusInputs& inputs, const json::Value& status, Time now);

}  // namespace lesto::profile
