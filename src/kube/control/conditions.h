// metav1.Condition lists, and finalizers, as values.
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::control {

enum class ConditionStatus { True, False, Unknown };

struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::Unknown;
  std::string reason;   // CamelCase, for programs
  std::string message;  // for people
};

// Messages longer than this are cut (the API's own limit is 32 KiB).
inline constexpr std::size_t kConditionMessageMax = 4096;

// The list with that condition set: lastTransitionTime moves only when the status does.
json::Value with_condition(const json::Value& conditions, const Condition& condition,
                           std::int64_t observed_generation, Time now);
// True when a and b say the same, times aside.
bool same_conditions(const json::Value& a, const json::Value& b);

// "" when there is no such condition.
std::string_view reason_of(const json::Value& conditions, std::string_view type);

json::Value with_finalizer(json::Value object, std::string_view finalizer);
json::Value without_finalizer(json::Value object, std::string_view finalizer);

}  // namespace lesto::control
