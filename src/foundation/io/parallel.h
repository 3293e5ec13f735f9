// Runs many tasks, at most some at a time, and keeps the first error in the order in which they were given.
#pragma once

#include <vector>

#include "foundation/io/task.h"

namespace lesto::io {

// Every task that was given runs to its end, also after another one has failed. Thread: the loop's. join() must be
// awaited before it is destroyed.
class Parallel {
 public:
  Parallel(Loop& loop, std::size_t tasks_max) : tasks_max_(tasks_max), scope_(loop), room_(loop) {}

  // Waits until there is room for one more.
  Task<void> spawn(Task<Result<void>> task) {
    while (running_ >= tasks_max_) {
      auto woken = co_await room_.wait({});
      (void)woken;
    }
    ++running_;
    results_.emplace_back();
    scope_.spawn(run(results_.size() - 1, std::move(task)));
  }
  Task<Result<void>> join() {
    co_await scope_.join();
    for (Result<void>& result : results_) {
      if (!result) co_return std::move(result);
    }
    co_return {};
  }

 private:
  Task<void> run(std::size_t index, Task<Result<void>> task) {
    auto result = co_await std::move(task);
    results_[index] = std::move(result);
    --running_;
    room_.notify();
  }

  std::size_t tasks_max_;
  std::vector<Result<void>> results_;
  TaskScope scope_;
  Signal room_;
  std::size_t running_ = 0;
};

}  // namespace lesto::io
