#include "foundation/io/sim/sim_loop.h"

namespace lesto::io::sim {

SimLoop::SimLoop(std::optional<std::uint64_t> seed, Time start) : now_(start) {
  if (seed) random_.emplace(*seed);
}

void SimLoop::post(Job job) { ready_.push_back(std::move(job)); }

TimerId SimLoop::after(Duration delay, Job job) {
  std::uint64_t id = next_timer_++;
  Time due = now_ + std::max(delay, Duration(0));
  timers_by_id_[id] = timers_.emplace(due, Timer{id, std::move(job)});
  return static_cast<TimerId>(id);
}

void SimLoop::cancel(TimerId timer) {
  auto found = timers_by_id_.find(static_cast<std::uint64_t>(timer));
  if (found == timers_by_id_.end()) return;
  timers_.erase(found->second);
  timers_by_id_.erase(found);
}

void SimLoop::offload(Job work, Job done) {
  post([work = std::move(work), done = std::move(done)]() mutable {
    work();
    done();
  });
}

bool SimLoop::step() {
  if (ready_front_ == ready_.size()) {
    ready_.clear();
    ready_front_ = 0;
    if (timers_.empty()) return false;
    auto first = timers_.begin();
    now_ = std::max(now_, first->first);
    timers_by_id_.erase(first->second.id);
    Job job = std::move(first->second.job);
    timers_.erase(first);
    job();
    return true;
  }
  if (random_) {
    std::size_t choice = ready_front_ + (*random_)() % (ready_.size() - ready_front_);
    std::swap(ready_[ready_front_], ready_[choice]);
  }
  Job job = std::move(ready_[ready_front_++]);
  job();
  return true;
}

void SimLoop::run_ready() {
  while (ready_front_ < ready_.size()) step();
}

void SimLoop::run_for(Duration duration) {
  Time end = now_ + duration;
  run_ready();
  while (!timers_.empty() && timers_.begin()->first <= end) {
    step();
    run_ready();
  }
  now_ = std::max(now_, end);
}

bool SimLoop::run_until(const std::function<bool()>& done, Duration limit) {
  Time end = now_ + limit;
  while (!done()) {
    if (now_ > end || !step()) return done();
  }
  return true;
}

}  // namespace lesto::io::sim
