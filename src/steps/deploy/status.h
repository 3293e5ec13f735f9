// What the status of a ClusterSummary says. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "fleet/model/cluster_summary.h"
#include "foundation/base/time.h"

namespace lesto::deploy {

enum class Phase { Waiting, Deployed, Failed, Leaving };

struct Outcome {
  Phase phase = Phase::Waiting;
  std::optional<Error> error;        // Failed: the first thing that failed; Waiting: what it waits for
  std::string hash;                  // Deployed: of what was deployed
  std::set<std::string> kinds;       // "Service.v1.", deployed in this pass or before
  std::int64_t generation = 0;       // of the spec that it is about
  bool held_elsewhere = false;       // Failed, since somebody else holds an object: not a 409 of the cluster
};

// The status to merge into the summary, or null when it says so already.
json::Value decide_status(const Outcome& outcome, const json::Value& summary, Time now);

// "Kind.version.group", as upstream names kinds in the status.
std::string kind_text(const std::string& kind, const std::string& version, const std::string& group);

}  // namespace lesto::deploy
