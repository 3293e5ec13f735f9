// One simulated life of a fleet, decided by a seed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "foundation/base/time.h"

namespace lesto::sim {

struct RunOptions {
  std::uint64_t seed = 1;
  int rounds = 3;
  // Each line of the trace, when set.
  std::function<void(const std::string&)> trace;
};

struct RunResult {
  std::vector<std::string> wrong;  // none: all invariants held
  std::uint64_t hash = 0;
  std::uint64_t requests = 0;  // of the manager
  std::uint64_t writes = 0;
  Duration virtual_time{};
  std::string log;  // the end of the manager's
};

RunResult run(const RunOptions& options);

}  // namespace lesto::sim
