// Chance that repeats: the same seed gives the same numbers on every machine.
#pragma once

#include "foundation/base/time.h"

namespace lesto::io::sim {

class SimRng final : public Rng {
 public:
  explicit SimRng(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

 private:
  std::uint64_t state_;
};

// Of 0 … count - 1; 0 when there is nothing to choose.
inline std::uint64_t below(Rng& rng, std::uint64_t count) {
  return count == 0 ? 0 : rng.next() % count;
}

// True with this probability. Takes a number in any case, so that a changed rate leaves later
// choices alone.
inline bool chance(Rng& rng, double probability) {
  return static_cast<double>(rng.next() >> 11) * 0x1p-53 < probability;
}

// Least and most included.
inline Duration between(Rng& rng, Duration least, Duration most) {
  std::uint64_t span = most > least ? static_cast<std::uint64_t>((most - least).count()) + 1 : 1;
  return least + Duration(static_cast<std::int64_t>(rng.next() % span));
}

}  // namespace lesto::io::sim
