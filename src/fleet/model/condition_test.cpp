#include "fleet/model/condition.h"

#include <gtest/gtest.h>

namespace lesto::model {
namespace {

constexpr Time kEarly{std::chrono::seconds(1000)};
constexpr Time kLate{std::chrono::seconds(2000)};

Condition ready(ConditionStatus status, std::string message) {
  return {std::string(kConditionReady), status, "Reason", std::move(message), std::nullopt, 1};
}

TEST(Condition, time_moves_with_the_status_only) {
  Conditions conditions;
  EXPECT_TRUE(set_condition(conditions, ready(ConditionStatus::False, "a"), kEarly));
  EXPECT_FALSE(set_condition(conditions, ready(ConditionStatus::False, "a"), kLate));
  EXPECT_TRUE(set_condition(conditions, ready(ConditionStatus::False, "b"), kLate));
  ASSERT_EQ(conditions.size(), 1U);
  EXPECT_EQ(conditions[0].last_transition_time, kEarly);
  EXPECT_EQ(conditions[0].message, "b");
  EXPECT_TRUE(set_condition(conditions, ready(ConditionStatus::True, "b"), kLate));
  EXPECT_EQ(conditions[0].last_transition_time, kLate);
}

TEST(Condition, others_are_left_alone) {
  Conditions conditions;
  set_condition(conditions, ready(ConditionStatus::True, ""), kEarly);
  set_condition(
      conditions,
      {std::string(kConditionUnsupported), ConditionStatus::True, "R", "m", std::nullopt, 1},
      kEarly);
  EXPECT_EQ(conditions.size(), 2U);
  EXPECT_TRUE(remove_condition(conditions, kConditionUnsupported));
  EXPECT_FALSE(remove_condition(conditions, kConditionUnsupported));
  ASSERT_NE(find_condition(conditions, kConditionReady), nullptr);
  EXPECT_EQ(find_condition(conditions, kConditionUnsupported), nullptr);
}

}  // namespace
}  // namespace lesto::model
