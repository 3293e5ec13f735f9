#include "steps/deploy/status.h"

#include "foundation/base/hash.h"
#include "kube/control/conditions.h"

namespace lesto::deploy {
namespace {

// Only a change of the input can help: shown as upstream's FailedNonRetriable.
bool is_final(const Error& error) {
  return error.code() == Code::Invalid || error.code() == Code::TooLarge || error.code() == Code::NotFound;
}

model::FeatureStatus feature_status(const Outcome& outcome) {
  switch (outcome.phase) {
    case Phase::Waiting: return model::FeatureStatus::Provisioning;
    case Phase::Deployed: return model::FeatureStatus::Provisioned;
    case Phase::Leaving: return model::FeatureStatus::Removing;
    case Phase::Failed: break;
  }
  bool final = outcome.error && is_final(*outcome.error);
  return final ? model::FeatureStatus::FailedNonRetriable : model::FeatureStatus::Failed;
}

control::Condition ready(const Outcome& outcome) {
  control::Condition condition{.type = "Ready", .status = control::ConditionStatus::Unknown, .reason = {}, .message = {}};
  if (outcome.error) condition.message = outcome.error->text();
  switch (outcome.phase) {
    case Phase::Waiting: condition.reason = "Waiting"; break;
    case Phase::Leaving: condition.reason = "Withdrawing"; break;
    case Phase::Deployed:
      condition.status = control::ConditionStatus::True;
      condition.reason = "Deployed";
      condition.message = "everything is deployed";
      break;
    case Phase::Failed:
      condition.status = control::ConditionStatus::False;
      condition.reason = outcome.held_elsewhere ? "Conflict" : "Failed";
      break;
  }
  return condition;
}

json::Value feature_summary(const Outcome& outcome, const json::Value& before, Time now) {
  json::Value feature = json::object({{"featureID", model::to_string(model::FeatureId::Resources)},
                                      {"status", model::to_string(feature_status(outcome))}});
  bool deployed = outcome.phase == Phase::Deployed;
  // The hash is that of the last success: what is not deployed yet has none.
  if (deployed) {
    feature.set("hash", base64_encode(outcome.hash));
    bool same = before["hash"] == feature["hash"] && before["status"] == feature["status"];
    feature.set("lastAppliedTime", same ? before["lastAppliedTime"] : json::Value(rfc3339(now)));
  } else if (!before["lastAppliedTime"].is_null()) {
    feature.set("lastAppliedTime", before["lastAppliedTime"]);
  }
  feature.set("consecutiveFailures", 0);
  if (outcome.error) {
    feature.set("failureMessage", outcome.error->text());
    if (outcome.phase == Phase::Failed) {
      bool repeated = before["failureMessage"] == feature["failureMessage"];
      feature.set("consecutiveFailures", repeated ? std::max<std::int64_t>(1, before["consecutiveFailures"].integer()) : 1);
    }
  }
  return feature;
}

json::Value deployed_kinds(const Outcome& outcome) {
  json::Value kinds = json::array({});
  for (const std::string& kind : outcome.kinds) kinds.push(kind);
  json::Value entry = json::object({{"featureID", model::to_string(model::FeatureId::Resources)},
                                    {"deployedGroupVersionKind", std::move(kinds)}});
  return json::array({std::move(entry)});
}

}  // namespace

std::string kind_text(const std::string& kind, const std::string& version, const std::string& group) {
  return kind + "." + version + "." + group;
}

json::Value decide_status(const Outcome& outcome, const json::Value& summary, Time now) {
  const json::Value& before = summary["status"];
  json::Value features = json::array({feature_summary(outcome, before["featureSummaries"][0], now)});
  json::Value kinds = deployed_kinds(outcome);
  json::Value conditions = control::with_condition(before["conditions"], ready(outcome),
                                                   outcome.generation, now);
  bool same = before["featureSummaries"] == features && before["deployedGVKs"] == kinds &&
              control::same_conditions(before["conditions"], conditions);
  if (same) return {};
  return json::object({{"featureSummaries", std::move(features)},
                       {"deployedGVKs", std::move(kinds)},
                       {"conditions", std::move(conditions)}});
}

}  // namespace lesto::deploy
