// Runs simulated lives of fleets, each decided by its seed alone, and says which broke an invariant.
//
//   sim_test                                 the regression list: what CI plays, the same each time
//   sim_test --seed 7 [--trace] [--log]      one seed, with every request and action, and the manager's log
//   sim_test --seed 1000 --seeds 200         so many from there on
//   sim_test --minutes 10                    fresh seeds for that long
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/sim/regressions.h"
#include "tests/sim/run.h"

namespace lesto::sim {
namespace {

struct Flags {
  std::uint64_t seed = 0;
  bool one = false;
  std::uint64_t seeds = 1;
  double minutes = 0;
  int rounds = 3;
  bool trace = false;
  bool twice = false;
  bool log = false;
};

double seconds() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

void show(const RunResult& result, std::uint64_t seed, double took) {
  std::printf("seed %llu: %s, %llu requests, %llu writes, %.0f virtual s, %.2f s, trace %016llx\n",
              static_cast<unsigned long long>(seed), result.wrong.empty() ? "ok" : "FAILED",
              static_cast<unsigned long long>(result.requests), static_cast<unsigned long long>(result.writes),
              std::chrono::duration<double>(result.virtual_time).count(), took,
              static_cast<unsigned long long>(result.hash));
  std::fflush(stdout);
}

// True when the seed holds.
bool play(std::uint64_t seed, const Flags& flags) {
  RunOptions options{.seed = seed, .rounds = flags.rounds, .trace = {}};
  if (flags.trace) options.trace = [](const std::string& line) { std::printf("%s\n", line.c_str()); };
  double begin = seconds();
  RunResult result = run(options);
  show(result, seed, seconds() - begin);
  if (result.wrong.empty() && flags.twice) {
    RunResult again = run({.seed = seed, .rounds = flags.rounds, .trace = {}});
    if (again.hash != result.hash) result.wrong.push_back("the same seed gave another trace: the run is not determined by it");
  }
  for (const std::string& what : result.wrong) std::printf("  %s\n", what.c_str());
  if (result.wrong.empty()) return true;
  if (flags.log) std::printf("--- the end of the manager's log ---\n%s", result.log.c_str());
  std::printf("again: sim_test --seed %llu --rounds %d [--trace]\n", static_cast<unsigned long long>(seed), flags.rounds);
  return false;
}

std::uint64_t fresh_seed() {
  std::random_device device;
  return device() % 1'000'000'000;
}

int play_all(const Flags& flags) {
  std::uint64_t failed = 0;
  std::uint64_t played = 0;
  auto one = [&](std::uint64_t seed, const Flags& how) {
    ++played;
    if (!play(seed, how)) ++failed;
  };
  double end = seconds() + flags.minutes * 60;
  if (flags.minutes > 0) {
    std::uint64_t seed = flags.one ? flags.seed : fresh_seed();
    while (seconds() < end) one(seed++, flags);
  } else if (flags.one) {
    for (std::uint64_t i = 0; i < flags.seeds; ++i) one(flags.seed + i, flags);
  } else {
    Flags twice = flags;
    twice.twice = true;
    for (std::uint64_t seed : kRegressions) one(seed, flags);
    one(kDetermined, twice);
  }
  std::printf("%llu lives, %llu failed\n", static_cast<unsigned long long>(played), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

bool parse(int argc, char** argv, Flags& flags) {
  for (int i = 1; i < argc; ++i) {
    std::string flag = argv[i];
    bool* found = flag == "--trace" ? &flags.trace : flag == "--twice" ? &flags.twice : flag == "--log" ? &flags.log : nullptr;
    if (found) {
      *found = true;
      continue;
    }
    if (i + 1 == argc) return false;
    std::string value = argv[++i];
    if (flag == "--seed") {
      flags.one = true;
      flags.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (flag == "--seeds") {
      flags.seeds = std::strtoull(value.c_str(), nullptr, 10);
    } else if (flag == "--minutes") {
      flags.minutes = std::atof(value.c_str());
    } else if (flag == "--rounds") {
      flags.rounds = std::atoi(value.c_str());
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace lesto::sim

int main(int argc, char** argv) {
  lesto::sim::Flags flags;
  if (!lesto::sim::parse(argc, argv, flags)) {
    std::fprintf(stderr, "usage: sim_test [--seed N [--seeds COUNT]] [--minutes M] [--rounds R] [--trace] [--log] [--twice]\n");
    return 2;
  }
  return lesto::sim::play_all(flags);
}
