// What the status of a trigger says. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "fleet/model/event_trigger.h"
#include "foundation/base/time.h"
#include "steps/trigger/gather.h"

namespace lesto::trigger {

enum class ProfileState { Waiting, Deployed, Failed };

// How one unit stands.
struct UnitState {
  // Why its profile could not be made or updated, if so.
  std::optional<std::string> error;
  // What its profile says.
  ProfileState profile = ProfileState::Waiting;
  std::string message;  // of a failed profile
};

struct StatusInputs {
  std::shared_ptr<const model::EventTrigger> trigger;  // null when it does not parse
  std::int64_t generation = 0;
  std::string refused;  // does not parse, or uses what is not served
  const Scope* scope = nullptr;
  // A source of the scope that does not exist, if any.
  std::optional<SourceKey> missing_source;
  const std::map<Unit, UnitState>* units = nullptr;
};

// The reason of Ready while something is on its way: it is over in an instant, or worth a write if it is not.
inline constexpr std::string_view kDeploying = "Deploying";

// The status to merge into the object, or null when it says so already. Not null in `units` and `scope`.
json::Value decide_status(const StatusInputs& inputs, const json::Value& status, Time now);

}  // namespace lesto::trigger
