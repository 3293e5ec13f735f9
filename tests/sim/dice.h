// Chance for the simulation, from the seed alone.
#pragma once

#include <string>
#include <vector>

#include "foundation/io/sim/sim_rng.h"

namespace lesto::sim {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : rng_(seed) {}

  // Of 0 … count - 1.
  std::size_t below(std::size_t count) { return io::sim::below(rng_, count); }
  bool chance(double probability) { return io::sim::chance(rng_, probability); }
  Duration between(Duration least, Duration most) { return io::sim::between(rng_, least, most); }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }
  template <class T>
  T& pick(std::vector<T>& items) {
    return items[below(items.size())];
  }
  template <class T>
  T pick(std::initializer_list<T> items) {
    return items.begin()[below(items.size())];
  }
  std::uint64_t next() { return rng_.next(); }

 private:
  io::sim::SimRng rng_;
};

}  // namespace lesto::sim
