// Seeds that once found a defect, with what it was.
#pragma once

#include <cstdint>

namespace lesto::sim {

inline constexpr std::uint64_t kRegressions[] = {
    1,
};

// Played twice: the same seed must give the same trace.
inline constexpr std::uint64_t kDetermined = 2;
// So many new seeds each time.
inline constexpr int kFresh = 3;

}  // namespace lesto::sim
