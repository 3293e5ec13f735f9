#include "steps/profile/status.h"

#include "kube/control/conditions.h"

namespace lesto::profile {
namespace {

enum class State { Waiting, Deployed, Failed };

// How the profile stands in one cluster, by its summary.
State state_of(const StatusInputs& inputs, const Target& target, std::string& message) {
  auto found = inputs.summaries.find(target.cluster);
  if (found == inputs.summaries.end() || found->second->meta.deleted) {
    if (!target.ready) message = "the cluster does not exist or is not ready";
    return target.ready ? State::Waiting : State::Failed;
  }
  const model::ClusterSummary& summary = *found->second;
  const model::Condition* ready = model::find_condition(summary.status.conditions, model::kConditionReady);
  if (!ready || ready->observed_generation != summary.meta.generation) return State::Waiting;
  if (ready->status == model::ConditionStatus::True) {
    bool current = inputs.profile && (inputs.profile->spec.sync_mode == model::SyncMode::OneTime ||
                                      summary.spec.profile_spec == inputs.profile->spec);
    return current ? State::Deployed : State::Waiting;
  }
  if (ready->status == model::ConditionStatus::Unknown) return State::Waiting;
  message = ready->message;
  return State::Failed;
}

}  // namespace

json::Value decide_status(const StatusInputs& inputs, const json::Value& status, Time now) {
  json::Value matching = json::array({});
  json::Value failed = json::array({});
  std::size_t deployed = 0;
  std::string first_failure;
  for (const Target& target : inputs.matching) {
    matching.push(model::reference_json(target.cluster));
    std::string message;
    State state = state_of(inputs, target, message);
    if (state == State::Deployed) ++deployed;
    if (state != State::Failed) continue;
    json::Value entry = json::object({{"clusterRef", model::reference_json(target.cluster)}, {"failureMessage", message}});
    failed.push(std::move(entry));
    if (first_failure.empty()) {
      first_failure = "cluster " + target.cluster.ns + "/" + target.cluster.name + ": " + message;
    }
  }
  control::Condition ready{.type = "Ready", .status = control::ConditionStatus::False, .reason = {}, .message = {}};
  if (!inputs.refused.empty()) {
    ready.reason = "Refused";
    ready.message = inputs.refused;
  } else if (inputs.suspended) {
    ready.status = control::ConditionStatus::Unknown;
    ready.reason = "Paused";
    ready.message = "annotation profile.projectsveltos.io/paused is set: nothing is changed, not even withdrawn";
  } else if (!first_failure.empty()) {
    ready.reason = "Failed";
    ready.message = first_failure;
  } else if (inputs.matching.empty()) {
    ready.status = control::ConditionStatus::Unknown;
    ready.reason = "NoMatchingCluster";
    ready.message = "no ready cluster matches";
  } else {
    bool all = deployed == inputs.matching.size();
    if (all) ready.status = control::ConditionStatus::True;
    ready.reason = all ? "Deployed" : kDeploying;
    ready.message = "deployed in " + std::to_string(deployed) + " of " + std::to_string(inputs.matching.size()) + " clusters";
  }
  json::Value conditions = control::with_condition(status["conditions"], ready, inputs.generation, now);
  auto same_list = [](const json::Value& a, const json::Value& b) { return a == b || (a.empty() && b.empty()); };
  bool same = same_list(status["matchingClusters"], matching) && same_list(status["failedClusters"], failed) &&
              control::same_conditions(status["conditions"], conditions) &&
              status["reconciliationSuspended"].boolean() == inputs.suspended;
  if (same) return {};
  return json::object({{"matchingClusters", std::move(matching)},
                       {"failedClusters", std::move(failed)},
                       {"reconciliationSuspended", inputs.suspended},
                       {"conditions", std::move(conditions)}});
}

}  // namespace lesto::profile
