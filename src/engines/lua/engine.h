// Runs compiled scripts in prepared, sandboxed states.
//
//   Engine engine;
//   auto verdict = engine.evaluate_event(*engine.compile(text), object, now);
//
// Each evaluation starts from fresh globals and never sees what another left. Inputs are not
// converted: a script pays for what it reads. Whatever a script does ends within the limits of
// limits.h, and the engine stays usable.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engines/lua/failure.h"
#include "engines/lua/script.h"
#include "engines/lua/verdict.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::lua {

// What a script is asked for: decides the global that holds the input, and the modules that there
// are.
enum class Entry : std::uint8_t {
  Value,         // obj → any table
  Event,         // obj → {matching, message}
  Aggregate,     // resources, a list → {resources, message}
  Health,        // obj and the global table metrics → {healthy, message}
  HealthCheck,   // resources, a list → {resources: {resource, status, message}, ...}
  ClusterCheck,  // resources, a list → {pass, message}
  Policy,        // resources by identifier → {resources: text}
};

struct Input {
  Entry entry = Entry::Value;
  // The object, the list or the map; null is nil.
  json::Value value;
  // Health only.
  json::Value metrics;
  // What os.time and os.date tell.
  Time now{};
  // For the random functions of module sprig, which fail without it. Borrowed.
  Rng* rng = nullptr;
};

class Vm;

// Thread: one engine belongs to one thread at a time. Scripts may be shared between engines.
class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Compiles, or finds the same text again (at most kScriptsKept are kept).
  Outcome<std::shared_ptr<const Script>> compile(std::string_view text);

  // The table that `evaluate` returns, as JSON, before it is fitted to a verdict.
  Outcome<json::Value> evaluate(const std::shared_ptr<const Script>& script, const Input& input);

  Outcome<EventVerdict> evaluate_event(const std::shared_ptr<const Script>& script,
                                       const json::Value& object, Time now);
  Outcome<AggregateVerdict> evaluate_aggregate(const std::shared_ptr<const Script>& script,
                                               const json::Value& resources, Time now);
  Outcome<HealthVerdict> evaluate_health(const std::shared_ptr<const Script>& script,
                                         const json::Value& object, const json::Value& metrics,
                                         Time now);
  Outcome<HealthCheckVerdict> evaluate_health_check(const std::shared_ptr<const Script>& script,
                                                    const json::Value& resources, Time now);
  Outcome<ClusterCheckVerdict> evaluate_cluster_check(const std::shared_ptr<const Script>& script,
                                                      const json::Value& resources, Time now);
  // The text of the resources that a generator script makes.
  Outcome<std::string> evaluate_policy(const std::shared_ptr<const Script>& script,
                                       const json::Value& resources, Time now);

 private:
  struct Compiled {
    std::shared_ptr<const Script> script;
    std::uint64_t used = 0;
  };
  std::unique_ptr<Vm> vm_;
  std::map<std::string, Compiled, std::less<>> compiled_;
  std::uint64_t clock_ = 0;
};

}  // namespace lesto::lua
