// How a wait is told that nobody wants its outcome any more, and how long it may take.
#pragma once

#include <list>
#include <memory>

#include "foundation/base/time.h"
#include "foundation/io/loop.h"

namespace lesto::io {

// A token that every wait takes. Copies share one state. Thread: the loop's.
class Cancel {
 public:
  // A token that is never cancelled.
  Cancel() = default;

  bool requested() const { return state_ && state_->requested; }

  // Calls `job` when cancellation is requested, until the registration is destroyed. Must not be called once
  // requested() is true.
  class Registration;
  Registration on_request(Job job) const;

 private:
  friend class CancelSource;
  struct State {
    bool requested = false;
    std::list<Job> jobs;
  };
  explicit Cancel(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class [[nodiscard]] Cancel::Registration {
 public:
  Registration() = default;
  Registration(Registration&& other) noexcept
      : state_(std::move(other.state_)), position_(other.position_) {}
  Registration& operator=(Registration&&) = delete;
  ~Registration() {
    if (state_ && !state_->requested) state_->jobs.erase(position_);
  }

 private:
  friend class Cancel;
  std::shared_ptr<State> state_;
  std::list<Job>::iterator position_;
};

inline Cancel::Registration Cancel::on_request(Job job) const {
  Registration registration;
  if (!state_) return registration;
  registration.state_ = state_;
  registration.position_ = state_->jobs.insert(state_->jobs.end(), std::move(job));
  return registration;
}

class CancelSource {
 public:
  CancelSource() : state_(std::make_shared<Cancel::State>()) {}
  Cancel token() const { return Cancel(state_); }

  void request() {
    if (state_->requested) return;
    state_->requested = true;
    std::list<Job> jobs = std::move(state_->jobs);
    state_->jobs.clear();
    for (Job& job : jobs) job();
  }

 private:
  std::shared_ptr<Cancel::State> state_;
};

// What every waiting call takes first: who may cancel it, and until when it may wait.
struct Context {
  Cancel cancel;
  Time deadline = Time::max();

  // The same, but at most until `time`.
  Context until(Time time) const { return {cancel, std::min(deadline, time)}; }
};

}  // namespace lesto::io
