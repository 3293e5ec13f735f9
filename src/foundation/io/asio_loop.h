// The real loop: one thread that runs it, over Boost.Asio's io_context; real time; a pool for CPU
// work.
#pragma once

#include <memory>

#include "foundation/io/loop.h"
#include "foundation/io/task.h"

namespace lesto::io {

// Construct and run it on one thread. post() and stop() may be called from any thread.
// What was built on the loop (servers, exchanges, storages) must be gone before the loop is.
class AsioLoop final : public Loop {
 public:
  // The pool's threads start at the first offload().
  explicit AsioLoop(std::size_t pool_threads = 2);
  ~AsioLoop() override;
  AsioLoop(const AsioLoop&) = delete;
  AsioLoop& operator=(const AsioLoop&) = delete;

  // The wall clock. Timers follow the monotonic clock: a jump of the wall clock does not move them.
  Time now() const override;
  void post(Job job) override;
  TimerId after(Duration delay, Job job) override;
  void cancel(TimerId timer) override;
  void offload(Job work, Job done) override;

  // Runs jobs until stop() is called. Thread: the loop's, from outside of any job.
  void run();
  // Makes run() return after the job that runs now; run_until() and run(task) go on. Thread: any.
  void stop();
  // Runs jobs until `done` says true, asked after every job.
  void run_until(const std::function<bool()>& done);

  // Runs a task to its end and gives its result: for command lines and tests.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    TaskScope scope(*this);
    scope.spawn(keep(std::move(task), result));
    run_until([&] { return scope.running() == 0; });
    return std::move(*result);
  }

  // Calls `job` with SIGINT or SIGTERM, each time that one arrives, on the loop's thread. At most
  // one job.
  void on_signal(std::move_only_function<void(int)> job);

  // For the other adapters of this room.
  struct State;
  State& state() { return *state_; }

 private:
  template <class T>
  static Task<void> keep(Task<T> task, std::optional<T>& result) {
    auto value = co_await std::move(task);
    result.emplace(std::move(value));
  }

  std::unique_ptr<State> state_;
};

}  // namespace lesto::io
