// How long to wait before the next try.
#pragma once

#include <algorithm>

#include "foundation/base/result.h"
#include "foundation/base/time.h"

namespace lesto::control {

// Doubles from `first` to `max`; what the other side asked for (Retry-After) goes before.
class Backoff {
 public:
  Backoff(Duration first, Duration max) : first_(first), max_(max), next_(first) {}

  Duration next(const Error& error) {
    Duration wait = std::exchange(next_, std::min(next_ * 2, max_));
    if (error.retry_after()) wait = std::max<Duration>(wait, *error.retry_after());
    return wait;
  }
  void reset() { next_ = first_; }

 private:
  Duration first_;
  Duration max_;
  Duration next_;
};

}  // namespace lesto::control
