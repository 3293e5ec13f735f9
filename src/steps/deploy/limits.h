// Bounds of step 4.
#pragma once

#include <cstddef>

#include "foundation/base/time.h"

namespace lesto::deploy {

// Objects that one profile may hold in one cluster.
inline constexpr std::size_t kObjectsMax = 10'000;
// Summaries of one cluster that are worked on at a time, and objects of one summary that are on their way at a time.
inline constexpr std::size_t kSummariesParallel = 32;
inline constexpr std::size_t kObjectsParallel = 16;
// The delete budget (design section 8): beyond it deletes are held, and the status says so.
inline constexpr std::size_t kDeletesPerProfile = 2'000;
inline constexpr std::size_t kDeletesOfFleet = 20'000;
inline constexpr Duration kDeleteWindow = std::chrono::minutes(1);

// The inventory of a cluster is one object that lists all others: a change waits so long for more of them, and so long
// for each object in the list.
inline constexpr Duration kInventoryPause = std::chrono::seconds(1);
inline constexpr Duration kInventoryPauseEach = std::chrono::milliseconds(1);

}  // namespace lesto::deploy
