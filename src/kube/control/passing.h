// Holds back a status that is about to be overtaken: "deploying" is mostly over before anybody could read it.
#pragma once

#include <optional>

#include "foundation/base/time.h"

namespace lesto::control {

// How long a state that passes may go unwritten, and how often its progress is written when it lasts.
inline constexpr Duration kPassingMax = std::chrono::seconds(1);

// Of one object. Thread: the loop's.
class Passing {
 public:
  // How long to wait before `passing` is worth a write; nothing when it is to be written now.
  std::optional<Duration> hold(bool passing, Time now) {
    if (!passing) {
      since_.reset();
      return std::nullopt;
    }
    if (!since_) since_ = now;
    Duration waited = now - *since_;
    if (waited < kPassingMax) return kPassingMax - waited;
    since_ = now;
    return std::nullopt;
  }

 private:
  std::optional<Time> since_;
};

}  // namespace lesto::control
