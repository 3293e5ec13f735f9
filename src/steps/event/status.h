// What the conditions of an EventSource say. Pure.
#pragma once

#include <string>
#include <vector>

#include "fleet/model/event_source.h"
#include "foundation/base/time.h"

namespace lesto::event {

// So many objects that a script failed on are named beside the first one.
inline constexpr std::size_t kFailuresNamed = 4;

// How a source stands in one cluster.
struct SourceState {
  std::string cluster;  // "namespace/name"
  std::size_t matches = 0;
  std::size_t failures = 0;
  std::string first_failure;  // with the object and the field
  std::vector<std::string> others;  // some of the other objects that failed
  // The first list is still under way: what matches is not known yet.
  bool listing = false;
  std::string waiting;  // why the list is not complete
};

struct SourceInputs {
  const model::EventSource& source;
  bool wanted = false;
  std::string refused;
  std::vector<SourceState> clusters;
};

// The conditions to write, or null when they say so already.
json::Value decide_status(const SourceInputs& inputs, const json::Value& conditions, Time now);

}  // namespace lesto::event
