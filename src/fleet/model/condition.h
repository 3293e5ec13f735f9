// status.conditions, which every kind of ours has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/model/enums.h"
#include "foundation/base/time.h"

namespace lesto::model {

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::Unknown;
  std::string reason;
  std::string message;
  // When `status` last changed.
  std::optional<Time> last_transition_time;
  // The generation of the spec that this speaks about.
  std::int64_t observed_generation = 0;
  friend bool operator==(const Condition&, const Condition&) = default;
};

using Conditions = std::vector<Condition>;

inline constexpr std::string_view kConditionReady = "Ready";
// True when the object uses fields that are not supported yet; the message names them.
inline constexpr std::string_view kConditionUnsupported = "Unsupported";

// Null when there is none of that type.
const Condition* find_condition(const Conditions& conditions, std::string_view type);
// Replaces the condition of the same type, or adds it. The time of the last transition is `now`
// when the status differs from before, else what it was. Returns true when anything but the time
// changed.
bool set_condition(Conditions& conditions, Condition condition, Time now);
// Returns true when there was one.
bool remove_condition(Conditions& conditions, std::string_view type);

}  // namespace lesto::model
