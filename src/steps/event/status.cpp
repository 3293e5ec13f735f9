#include "steps/event/status.h"

#include "kube/control/conditions.h"

namespace lesto::event {
namespace {

// "2 more objects: Service shop/a, Service shop/b".
std::string more(const SourceState& state) {
  std::string text = std::to_string(state.failures - 1) + (state.failures == 2 ? " more object" : " more objects");
  for (std::size_t i = 0; i < state.others.size(); ++i) text += (i == 0 ? ": " : ", ") + state.others[i];
  if (!state.others.empty() && state.others.size() + 1 < state.failures) text += ", ...";
  return text;
}

control::Condition ready(const SourceInputs& inputs) {
  control::Condition condition{
      .type = "Ready", .status = control::ConditionStatus::False, .reason = {}, .message = {}};
  if (!inputs.refused.empty()) {
    condition.reason = "Unsupported";
    condition.message = inputs.refused;
    return condition;
  }
  if (!inputs.wanted) {
    condition.status = control::ConditionStatus::Unknown;
    condition.reason = "NotUsed";
    condition.message = "no EventTrigger uses this source in any matching cluster";
    return condition;
  }
  for (const SourceState& state : inputs.clusters) {
    if (state.failures == 0 || !condition.message.empty()) continue;
    condition.reason = "EvaluationFailed";
    condition.message = "cluster " + state.cluster + ": " + state.first_failure;
    if (state.failures > 1) condition.message += " (and " + more(state) + ")";
  }
  if (!condition.message.empty()) return condition;
  for (const SourceState& state : inputs.clusters) {
    if (state.waiting.empty()) continue;
    condition.reason = "Waiting";
    condition.message = "cluster " + state.cluster + ": " + state.waiting;
    return condition;
  }
  condition.status = control::ConditionStatus::True;
  condition.reason = "Watching";
  // No number of matches: it would cost a write for each event. The EventReports have them.
  condition.message = "watching " + std::to_string(inputs.clusters.size()) +
                      (inputs.clusters.size() == 1 ? " cluster" : " clusters");
  return condition;
}

}  // namespace

json::Value decide_status(const SourceInputs& inputs, const json::Value& conditions, Time now) {
  json::Value wanted = control::with_condition(conditions, ready(inputs), inputs.source.meta.generation, now);
  if (control::same_conditions(conditions, wanted)) return {};
  return wanted;
}

}  // namespace lesto::event
