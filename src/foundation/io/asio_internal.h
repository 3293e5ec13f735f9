// What the Asio adapters of this room share. Included by .cpp files of this room only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/thread_pool.hpp>

#include "foundation/io/asio_loop.h"

namespace lesto::io {

struct AsioLoop::State {
  using SteadyTime = std::chrono::steady_clock::time_point;

  explicit State(std::size_t threads)
      : pool_threads(threads), work(context.get_executor()), timer(context), signals(context) {}

  void drain();
  void arm();
  void fire();
  void listen();

  std::size_t pool_threads;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  std::optional<boost::asio::thread_pool> pool;

  std::mutex posted_mutex;
  std::vector<Job> posted;  // under posted_mutex

  // One Asio timer serves all: it stands at `armed`, which is never later than the first of
  // `timers`.
  boost::asio::steady_timer timer;
  SteadyTime armed = SteadyTime::max();
  std::uint64_t next_timer = 1;
  std::map<std::pair<SteadyTime, std::uint64_t>, Job> timers;
  std::unordered_map<std::uint64_t, SteadyTime> due;

  boost::asio::signal_set signals;
  std::move_only_function<void(int)> signal_job;

  // What a read lands in before it is handed on: one for all connections, so that an idle one costs
  // no buffer.
  std::vector<char> read_buffer = std::vector<char>(64 << 10);
};

}  // namespace lesto::io
