// The named limits of the schema engine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lesto::apiserver::schema {

// All annotations of one object, keys and values.
inline constexpr std::size_t kAnnotationsMax = 256 << 10;
inline constexpr std::size_t kFieldManagerMax = 128;
// How deep schemas may be nested.
inline constexpr int kSchemaDepthMax = 200;
inline constexpr std::size_t kSelectableFieldsMax = 8;
// CEL cost of one rule, and of all rules of one object.
inline constexpr std::int64_t kRuleCostMax = 1'000'000;
inline constexpr std::int64_t kObjectCostMax = 10'000'000;
// The text of a messageExpression.
inline constexpr std::size_t kMessageMax = 5 << 10;

}  // namespace lesto::apiserver::schema
