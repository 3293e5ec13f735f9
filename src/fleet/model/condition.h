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

// Null when there is none of that type.
const Condition* find_condition(const Conditions& conditions, std::string_view type);

}  // namespace lesto::model
