// The loop: one thread that owns all mutable state of a shard. Real form: asio_loop.h; simulated: sim/sim_loop.h.
#pragma once

#include <cstdint>
#include <functional>

#include "foundation/base/time.h"

namespace lesto::io {

using Job = std::move_only_function<void()>;
enum class TimerId : std::uint64_t { None = 0 };

class Loop : public Clock {
 public:
  // Runs the job on the loop's thread, after what was posted before. Thread: any.
  virtual void post(Job job) = 0;
  // Runs the job on the loop's thread once `delay` has passed. Thread: the loop's.
  virtual TimerId after(Duration delay, Job job) = 0;
  // Does nothing for a timer that has fired. Thread: the loop's.
  virtual void cancel(TimerId timer) = 0;
  // Runs `work` on a pool thread, then `done` on the loop's thread. `work` takes values and gives values: it must
  // not touch state of the loop. Thread: the loop's.
  virtual void offload(Job work, Job done) = 0;
};

}  // namespace lesto::io
