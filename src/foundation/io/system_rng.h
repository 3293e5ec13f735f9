// Chance from the operating system.
#pragma once

#include <array>

#include "foundation/base/time.h"

namespace lesto::io {

// Unpredictable: fit for uids, tokens and jitter. Thread: one at a time.
class SystemRng final : public Rng {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 64> numbers_{};
  std::size_t left_ = 0;
};

}  // namespace lesto::io
