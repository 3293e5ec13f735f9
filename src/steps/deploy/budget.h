// How many deletes are allowed in a window of time, per profile and in the whole fleet (design section 8).
#pragma once

#include <deque>
#include <map>
#include <string>

#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "steps/deploy/limits.h"

namespace lesto::deploy {

struct DeleteLimits {
  std::size_t per_profile = kDeletesPerProfile;
  std::size_t of_fleet = kDeletesOfFleet;
  Duration window = kDeleteWindow;
};

// Thread: the loop's.
class DeleteBudget {
 public:
  explicit DeleteBudget(DeleteLimits limits = {}) : limits_(limits) {}

  // Takes `count` deletes of a profile, or refuses all of them: Unavailable, with the numbers and when to try again.
  Result<void> take(const std::string& profile, std::size_t count, Time now);

 private:
  struct Entry {
    Time time;
    std::string profile;
    std::size_t count;
  };
  DeleteLimits limits_;
  std::deque<Entry> entries_;
  std::map<std::string, std::size_t> of_profile_;
  std::size_t of_fleet_ = 0;
};

}  // namespace lesto::deploy
