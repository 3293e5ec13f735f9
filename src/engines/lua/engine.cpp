#include "engines/lua/engine.h"

#include <utility>

#include "engines/lua/vm.h"

namespace lesto::lua {

Engine::Engine() : vm_(std::make_unique<Vm>()) {}
Engine::~Engine() = default;

Outcome<std::shared_ptr<const Script>> Engine::compile(std::string_view text) {
  auto known = compiled_.find(text);
  if (known != compiled_.end()) {
    known->second.used = ++clock_;
    return known->second.script;
  }
  auto script = Script::compile(text);
  if (!script) return script;
  if (compiled_.size() >= kScriptsKept) {
    auto oldest = compiled_.begin();
    for (auto it = compiled_.begin(); it != compiled_.end(); ++it) {
      if (it->second.used < oldest->second.used) oldest = it;
    }
    compiled_.erase(oldest);
  }
  compiled_[std::string(text)] = {*script, ++clock_};
  return script;
}

Outcome<json::Value> Engine::evaluate(const std::shared_ptr<const Script>& script,
                                      const Input& input) {
  return vm_->evaluate(script, input);
}

namespace {

template <class Decode>
auto fitted(Outcome<json::Value> table, Decode decode) -> decltype(decode(*table)) {
  if (!table) return std::unexpected(std::move(table.error()));
  return decode(*table);
}

}  // namespace

Outcome<EventVerdict> Engine::evaluate_event(const std::shared_ptr<const Script>& script,
                                             const json::Value& object, Time now) {
  return fitted(
      evaluate(script,
               {.entry = Entry::Event, .value = object, .metrics = {}, .now = now, .rng = nullptr}),
      decode_event);
}

Outcome<AggregateVerdict> Engine::evaluate_aggregate(const std::shared_ptr<const Script>& script,
                                                     const json::Value& resources, Time now) {
  return fitted(evaluate(script, {.entry = Entry::Aggregate,
                                  .value = resources,
                                  .metrics = {},
                                  .now = now,
                                  .rng = nullptr}),
                decode_aggregate);
}

Outcome<HealthVerdict> Engine::evaluate_health(const std::shared_ptr<const Script>& script,
                                               const json::Value& object,
                                               const json::Value& metrics, Time now) {
  return fitted(evaluate(script, {.entry = Entry::Health,
                                  .value = object,
                                  .metrics = metrics,
                                  .now = now,
                                  .rng = nullptr}),
                decode_health);
}

Outcome<HealthCheckVerdict> Engine::evaluate_health_check(
    const std::shared_ptr<const Script>& script, const json::Value& resources, Time now) {
  return fitted(evaluate(script, {.entry = Entry::HealthCheck,
                                  .value = resources,
                                  .metrics = {},
                                  .now = now,
                                  .rng = nullptr}),
                decode_health_check);
}

Outcome<ClusterCheckVerdict> Engine::evaluate_cluster_check(
    const std::shared_ptr<const Script>& script, const json::Value& resources, Time now) {
  return fitted(evaluate(script, {.entry = Entry::ClusterCheck,
                                  .value = resources,
                                  .metrics = {},
                                  .now = now,
                                  .rng = nullptr}),
                decode_cluster_check);
}

Outcome<std::string> Engine::evaluate_policy(const std::shared_ptr<const Script>& script,
                                             const json::Value& resources, Time now) {
  return fitted(
      evaluate(
          script,
          {.entry = Entry::Policy, .value = resources, .metrics = {}, .now = now, .rng = nullptr}),
      decode_policy);
}

}  // namespace lesto::lua
