// Many requests, one run in a turn of the loop of its own: for work that must not happen inside the event that asks
// for it, such as planning anew after a change.
#pragma once

#include <functional>
#include <memory>

#include "foundation/io/loop.h"

namespace lesto::control {

// Thread: the loop's. May be destroyed with a request open: the job is then not run.
class Soon {
 public:
  Soon(io::Loop& loop, std::function<void()> job) : loop_(loop), state_(std::make_shared<State>()) {
    state_->job = std::move(job);
  }
  ~Soon() { state_->job = nullptr; }
  Soon(const Soon&) = delete;
  Soon& operator=(const Soon&) = delete;

  void request() {
    if (std::exchange(state_->requested, true)) return;
    loop_.post([state = state_] {
      state->requested = false;
      if (state->job) state->job();
    });
  }

 private:
  // Shared with the job that was posted, which may outlive this.
  struct State {
    bool requested = false;
    std::function<void()> job;
  };
  io::Loop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace lesto::control
