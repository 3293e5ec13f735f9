// The simulated loop: virtual time, one thread, everything repeatable. With a seed, jobs that are ready at the same
// instant run in an order that the seed decides; without, in the order of posting. Pool work runs inline.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <vector>

#include "foundation/io/loop.h"
#include "foundation/io/task.h"

namespace lesto::io::sim {

class SimLoop final : public Loop {
 public:
  explicit SimLoop(std::optional<std::uint64_t> seed = std::nullopt, Time start = default_start());

  Time now() const override { return now_; }
  void post(Job job) override;
  TimerId after(Duration delay, Job job) override;
  void cancel(TimerId timer) override;
  void offload(Job work, Job done) override;

  // Runs one job, moving the clock to the next timer when nothing is ready. False when nothing is left at all.
  bool step();
  // Runs what is ready now, without moving the clock.
  void run_ready();
  // Runs everything due until `duration` from now, then stands at that instant.
  void run_for(Duration duration);
  // Runs until `done` says true; false when nothing is left to run or `limit` of virtual time has passed.
  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::hours(1));

  // The clock jumps ahead, as that of a machine that slept: what is overdue runs next.
  void jump(Duration ahead) { now_ += ahead; }

  // Runs a task to its end and gives its result; for tests. Aborts when it never ends.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    TaskScope scope(*this);
    scope.spawn(keep(std::move(task), result));
    CHECK(run_until([&] { return scope.running() == 0; }, std::chrono::hours(24)));
    return std::move(*result);
  }

  static Time default_start() { return Time(std::chrono::seconds(1'790'000'000)); }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    auto value = co_await std::move(task);
    result.emplace(std::move(value));
  }
  struct Timer {
    std::uint64_t id;
    Job job;
  };

  Time now_;
  std::uint64_t next_timer_ = 1;
  std::vector<Job> ready_;
  std::size_t ready_front_ = 0;
  std::multimap<Time, Timer> timers_;
  std::map<std::uint64_t, std::multimap<Time, Timer>::iterator> timers_by_id_;
  std::optional<std::mt19937_64> random_;
};

}  // namespace lesto::io::sim
