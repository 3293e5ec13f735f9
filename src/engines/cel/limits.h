// The named limits of CEL.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lesto::cel {

inline constexpr std::size_t kTextMax = 100'000;     // code points of an expression, as cel-go
inline constexpr int kDepthMax = 250;                // nesting of an expression, as cel-go
inline constexpr std::int64_t kCostMax = 1'000'000;  // of one run, unless the caller says otherwise
inline constexpr std::size_t kBuildMax = 64 << 20;   // bytes of one text that a run makes
inline constexpr std::size_t kErrorsMax = 100;       // that one compilation reports

}  // namespace lesto::cel
