#include "steps/event/evaluate.h"

namespace lesto::event {

Filter compile_filter(const model::ResourceSelector& selector) {
  if (selector.evaluate.empty()) return {};
  auto script = lua::Script::compile(selector.evaluate);
  if (!script) return {nullptr, script.error().message};
  return {std::move(*script), std::nullopt};
}

// Takes an idle engine, or makes one, and gives it back.
class Engines::Borrowed {
 public:
  explicit Borrowed(Engines& engines) : engines_(engines) {
    std::lock_guard lock(engines_.mutex_);
    if (engines_.idle_.empty()) return;
    engine_ = std::move(engines_.idle_.back());
    engines_.idle_.pop_back();
  }
  ~Borrowed() {
    std::lock_guard lock(engines_.mutex_);
    engines_.idle_.push_back(std::move(engine_));
  }
  lua::Engine& get() {
    if (!engine_) engine_ = std::make_unique<lua::Engine>();
    return *engine_;
  }

 private:
  Engines& engines_;
  std::unique_ptr<lua::Engine> engine_;
};

Verdict Engines::evaluate(const Filter& filter, const json::Value& object, Time now) {
  if (filter.broken) return {.matching = false, .error = filter.broken, .exhausted = false};
  if (!filter.script) return {.matching = true, .error = std::nullopt, .exhausted = false};
  Borrowed engine(*this);
  auto verdict = engine.get().evaluate_event(filter.script, object, now);
  if (!verdict) {
    return {.matching = false,
            .error = verdict.error().message,
            .exhausted = verdict.error().code == Code::TooLarge};
  }
  return {.matching = verdict->matching, .error = std::nullopt, .exhausted = false};
}

Result<std::vector<json::Value>> Engines::aggregate(const std::shared_ptr<const lua::Script>& script,
                                                    const std::vector<json::Value>& objects, Time now) {
  Borrowed engine(*this);
  auto verdict = engine.get().evaluate_aggregate(script, json::Value::array(objects), now);
  if (!verdict) return fail(verdict.error().code, verdict.error().message);
  return std::move(verdict->resources);
}

}  // namespace lesto::event
