#include "steps/trigger/status.h"

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "kube/control/conditions.h"

namespace lesto::trigger {
namespace {

struct Tally {
  std::size_t units = 0;
  std::size_t deployed = 0;
  std::string first_failure;
};

std::string object_text(const Unit& unit) {
  return unit.object.key.name.empty() ? "" : unit.object.text() + ": ";
}

std::map<model::ClusterRef, Tally> tally(const StatusInputs& inputs) {
  std::map<model::ClusterRef, Tally> tallies;
  for (const model::ClusterRef& ref : inputs.scope->clusters) tallies[ref];
  for (const auto& [ref, error] : inputs.scope->errors) tallies[ref].first_failure = error.text();
  for (const auto& [unit, state] : *inputs.units) {
    Tally& of = tallies[unit.cluster];
    ++of.units;
    if (state.error) {
      if (of.first_failure.empty()) of.first_failure = object_text(unit) + *state.error;
    } else if (state.profile == ProfileState::Failed) {
      if (of.first_failure.empty()) of.first_failure = object_text(unit) + state.message;
    } else if (state.profile == ProfileState::Deployed) {
      ++of.deployed;
    }
  }
  return tallies;
}

// Of the spec that is in force, as upstream keeps it there.
std::string hash_of(const StatusInputs& inputs) {
  if (!inputs.trigger) return {};
  Digest digest = sha256(json::canonical(model::to_json(*inputs.trigger)["spec"]));
  return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

json::Value cluster_info(const model::ClusterRef& ref, const Tally& of, const std::string& hash) {
  bool failed = !of.first_failure.empty();
  model::FeatureStatus status = failed                    ? model::FeatureStatus::Failed
                                : of.deployed == of.units ? model::FeatureStatus::Provisioned
                                                          : model::FeatureStatus::Provisioning;
  json::Value info = json::object(
      {{"cluster", model::reference_json(ref)}, {"hash", hash}, {"status", model::to_string(status)}});
  if (failed) info.set("failureMessage", of.first_failure);
  return info;
}

control::Condition ready(const StatusInputs& inputs, const std::map<model::ClusterRef, Tally>& tallies) {
  control::Condition condition{.type = "Ready", .status = control::ConditionStatus::False, .reason = {}, .message = {}};
  if (!inputs.refused.empty()) {
    condition.reason = inputs.trigger ? "Unsupported" : "Invalid";
    condition.message = inputs.refused;
    return condition;
  }
  if (inputs.scope->error) {
    condition.reason = "Invalid";
    condition.message = inputs.scope->error->text();
    return condition;
  }
  std::size_t units = 0;
  std::size_t deployed = 0;
  for (const auto& [ref, of] : tallies) {
    units += of.units;
    deployed += of.deployed;
    if (of.first_failure.empty() || !condition.message.empty()) continue;
    condition.reason = "Failed";
    condition.message = "event in cluster " + ref.ns + "/" + ref.name + ": " + of.first_failure;
  }
  if (!condition.message.empty()) return condition;
  if (inputs.scope->clusters.empty()) {
    condition.status = control::ConditionStatus::Unknown;
    condition.reason = "NoMatchingCluster";
    condition.message = "no ready cluster matches sourceClusterSelector";
    return condition;
  }
  if (units == 0 && inputs.missing_source) {
    const SourceKey& missing = *inputs.missing_source;
    condition.status = control::ConditionStatus::Unknown;
    condition.reason = "NoEventSource";
    condition.message = "cluster " + missing.cluster.ns + "/" + missing.cluster.name + ": EventSource " +
                        missing.source + " does not exist";
    return condition;
  }
  bool all = deployed == units;
  std::size_t clusters = inputs.scope->clusters.size();
  // No number of events once all is well: it would cost a write for each of them.
  std::string events = all ? "all events" : std::to_string(deployed) + " of " + std::to_string(units) + " events";
  condition.message = events + " deployed, from " + std::to_string(clusters) +
                      (clusters == 1 ? " matching cluster" : " matching clusters");
  condition.reason = all ? "Deployed" : kDeploying;
  if (all) condition.status = control::ConditionStatus::True;
  return condition;
}

}  // namespace

json::Value decide_status(const StatusInputs& inputs, const json::Value& status, Time now) {
  std::map<model::ClusterRef, Tally> tallies = tally(inputs);
  json::Value matching = json::array({});
  for (const model::ClusterRef& ref : inputs.scope->clusters) matching.push(model::reference_json(ref));
  json::Value infos = json::array({});
  std::string hash = hash_of(inputs);
  for (const auto& [ref, of] : tallies) {
    if (!hash.empty()) infos.push(cluster_info(ref, of, hash));
  }
  json::Value conditions =
      control::with_condition(status["conditions"], ready(inputs, tallies), inputs.generation, now);
  auto same_list = [](const json::Value& a, const json::Value& b) { return a == b || (a.empty() && b.empty()); };
  bool same = same_list(status["matchingClusters"], matching) && same_list(status["clusterInfo"], infos) &&
              control::same_conditions(status["conditions"], conditions);
  if (same) return {};
  return json::object({{"matchingClusters", std::move(matching)},
                       {"clusterInfo", std::move(infos)},
                       {"conditions", std::move(conditions)}});
}

}  // namespace lesto::trigger
