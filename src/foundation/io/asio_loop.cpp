#include "foundation/io/asio_loop.h"

#include <csignal>

#include <boost/asio/post.hpp>

#include "foundation/io/asio_internal.h"

namespace lesto::io {

AsioLoop::AsioLoop(std::size_t pool_threads)
    : state_(std::make_unique<State>(std::max<std::size_t>(1, pool_threads))) {}

AsioLoop::~AsioLoop() {
  // Work that runs on the pool posts to the loop when it ends, so the pool goes first.
  if (state_->pool) state_->pool->join();
}

Time AsioLoop::now() const {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

void AsioLoop::post(Job job) {
  bool first;
  {
    std::lock_guard lock(state_->posted_mutex);
    first = state_->posted.empty();
    state_->posted.push_back(std::move(job));
  }
  // One turn of Asio's own queue runs a whole burst.
  if (first) boost::asio::post(state_->context, [state = state_.get()] { state->drain(); });
}

void AsioLoop::State::drain() {
  std::vector<Job> jobs;
  {
    std::lock_guard lock(posted_mutex);
    jobs.swap(posted);
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (context.stopped()) {
      // stop() was called by one of them: the rest waits for the next run().
      std::lock_guard lock(posted_mutex);
      bool first = posted.empty();
      posted.insert(posted.begin(),
                    std::make_move_iterator(jobs.begin() + static_cast<std::ptrdiff_t>(i)),
                    std::make_move_iterator(jobs.end()));
      if (first) boost::asio::post(context, [this] { drain(); });
      return;
    }
    Job job = std::move(jobs[i]);
    job();
  }
}

TimerId AsioLoop::after(Duration delay, Job job) {
  auto now = std::chrono::steady_clock::now();
  delay = std::max(delay, Duration(0));
  // A deadline of Time::max() minus now must not wrap around.
  auto farthest = State::SteadyTime::max() - now;
  auto due = now + std::min<State::SteadyTime::duration>(delay, farthest);
  std::uint64_t id = state_->next_timer++;
  state_->timers.emplace(std::pair(due, id), std::move(job));
  state_->due.emplace(id, due);
  if (due < state_->armed) state_->arm();
  return static_cast<TimerId>(id);
}

void AsioLoop::cancel(TimerId timer) {
  auto id = static_cast<std::uint64_t>(timer);
  auto found = state_->due.find(id);
  if (found == state_->due.end()) return;
  state_->timers.erase({found->second, id});
  state_->due.erase(found);
}

void AsioLoop::State::arm() {
  if (timers.empty()) {
    armed = SteadyTime::max();
    return;
  }
  armed = timers.begin()->first.first;
  timer.expires_at(armed);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) fire();
  });
}

void AsioLoop::State::fire() {
  auto now = std::chrono::steady_clock::now();
  // Timers that the jobs add, even with no delay, wait for the next turn.
  std::uint64_t last = next_timer;
  while (!timers.empty() && timers.begin()->first.first <= now &&
         timers.begin()->first.second < last) {
    auto first = timers.begin();
    due.erase(first->first.second);
    Job job = std::move(first->second);
    timers.erase(first);
    job();
    if (context.stopped()) break;
  }
  arm();
}

void AsioLoop::offload(Job work, Job done) {
  try {
    if (!state_->pool) state_->pool.emplace(state_->pool_threads);
  } catch (const std::system_error&) {
    // The system gives no more threads: slow beats dead.
    work();
    return post(std::move(done));
  }
  boost::asio::post(*state_->pool,
                    [this, work = std::move(work), done = std::move(done)]() mutable {
                      work();
                      work = nullptr;
                      post(std::move(done));
                    });
}

void AsioLoop::run() {
  state_->context.restart();
  state_->context.run();
}

void AsioLoop::stop() { state_->context.stop(); }

void AsioLoop::run_until(const std::function<bool()>& done) {
  state_->context.restart();
  while (!done()) {
    // Stopped: that is meant for run().
    if (state_->context.run_one() == 0) state_->context.restart();
  }
}

void AsioLoop::on_signal(std::move_only_function<void(int)> job) {
  state_->signal_job = std::move(job);
  boost::system::error_code ignored;
  state_->signals.clear(ignored);
  if (!state_->signal_job) return;
  state_->signals.add(SIGINT, ignored);
  state_->signals.add(SIGTERM, ignored);
  state_->listen();
}

void AsioLoop::State::listen() {
  signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (error || !signal_job) return;
    listen();
    signal_job(number);
  });
}

}  // namespace lesto::io
