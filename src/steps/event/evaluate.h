// Does an object match a source? Value in, value out; runs on pool threads.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engines/lua/engine.h"
#include "fleet/model/event_source.h"

namespace lesto::event {

// A selector's script, compiled; null for none (all objects match).
struct Filter {
  std::shared_ptr<const lua::Script> script;
  // Why the script cannot run: then nothing new matches.
  std::optional<std::string> broken;
};
Filter compile_filter(const model::ResourceSelector& selector);

struct Verdict {
  bool matching = false;
  std::optional<std::string> error;  // the verdict is unknown
  bool exhausted = false;            // a budget was hit
};

// Lua states are expensive to make and belong to one thread at a time: evaluations borrow one. Thread: any.
class Engines {
 public:
  Verdict evaluate(const Filter& filter, const json::Value& object, Time now);
  // The aggregatedSelection script over all selected objects.
  Result<std::vector<json::Value>> aggregate(const std::shared_ptr<const lua::Script>& script, const std::vector<json::Value>& objects,
                                             Time now);

 private:
  class Borrowed;
  std::mutex mutex_;
  std::vector<std::unique_ptr<lua::Engine>> idle_;
};

}  // namespace lesto::event
