// Coroutines of the loop thread: Task, the scope that owns running tasks, and the one-shot Completion on which
// every wait is built.
//
// House rules (reference/codebases.md section 4, rules 31-37): one await a statement, bound to a name; parameters
// by value, or by reference to what outlives the scope; no capturing lambda is a coroutine; nothing is detached.
#pragma once

#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "foundation/base/result.h"
#include "foundation/io/cancel.h"
#include "foundation/io/loop.h"

namespace lesto::io {

template <class T>
class Task;

namespace detail {

struct FinalAwaiter {
  bool await_ready() noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
    auto next = self.promise().continuation;
    return next ? next : std::noop_coroutine();
  }
  void await_resume() noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation;
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  // Our code does not throw, and libraries are caught in their adapters.
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
};

}  // namespace detail

// A computation that starts when it is awaited, and is awaited once.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept {
    struct Awaiter {
      std::coroutine_handle<promise_type> handle;
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept {
        handle.promise().continuation = caller;
        return handle;
      }
      T await_resume() {
        if constexpr (!std::is_void_v<T>) return std::move(*handle.promise().value);
      }
    };
    return Awaiter{handle_};
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace detail

// The outcome of something that ends later, once. Handles are copied; complete() is called by whoever knows, and
// wait() by at most one waiter. The waiter goes on in a turn of its own, never inside complete().
// Thread: the loop's.
template <class T>
class Completion {
 public:
  explicit Completion(Loop& loop) : state_(std::make_shared<State>(loop)) {}

  bool done() const { return state_->outcome.has_value(); }

  // The first outcome counts; later ones are dropped.
  void complete(Result<T> outcome) const { state_->complete(std::move(outcome)); }

  // Ends early with Cancelled or Timeout as the context says.
  Task<Result<T>> wait(Context context) const { return wait_on(state_, std::move(context)); }

 private:
  struct State {
    explicit State(Loop& l) : loop(l) {}
    Loop& loop;
    std::optional<Result<T>> outcome;
    std::coroutine_handle<> waiter;

    void complete(Result<T> result) {
      if (outcome) return;
      outcome.emplace(std::move(result));
      if (waiter) loop.post([handle = std::exchange(waiter, nullptr)] { handle.resume(); });
    }
  };

  struct Awaiter {
    State& state;
    bool await_ready() { return state.outcome.has_value(); }
    void await_suspend(std::coroutine_handle<> handle) { state.waiter = handle; }
    void await_resume() {}
  };

  static Task<Result<T>> wait_on(std::shared_ptr<State> state, Context context) {
    if (!state->outcome && context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
    State* raw = state.get();
    auto registration = context.cancel.requested() ? Cancel::Registration() : context.cancel.on_request([raw] {
      raw->complete(fail(Code::Cancelled, "cancelled"));
    });
    TimerId timer = TimerId::None;
    if (!state->outcome && context.deadline != Time::max()) {
      timer = state->loop.after(context.deadline - state->loop.now(), [raw] {
        raw->complete(fail(Code::Timeout, "no answer in time"));
      });
    }
    co_await Awaiter{*raw};
    if (timer != TimerId::None) state->loop.cancel(timer);
    co_return std::move(*state->outcome);
  }

  std::shared_ptr<State> state_;
};

// Owns running tasks: starts them, can ask them to stop, and can wait for their end. Must be empty when it is
// destroyed. Thread: the loop's.
class TaskScope {
 public:
  explicit TaskScope(Loop& loop) : empty_(loop) {}
  ~TaskScope() { CHECK(running_ == 0); }
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Starts the task at once, up to its first wait.
  void spawn(Task<void> task) {
    ++running_;
    run(std::move(task));
  }
  // What the tasks of this scope take as their context.
  Context context() const { return {cancel_.token(), Time::max()}; }
  void cancel() { cancel_.request(); }
  std::size_t running() const { return running_; }

  // Ends when no task runs any more. Call cancel() first, and from outside the scope.
  Task<void> join() {
    if (running_ > 0) {
      joining_ = true;
      auto ignored = co_await empty_.wait({});
      (void)ignored;
    }
  }

 private:
  struct Root {
    struct promise_type {
      Root get_return_object() { return {}; }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_never final_suspend() noexcept { return {}; }
      void return_void() {}
      [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
    };
  };
  Root run(Task<void> task) {
    co_await std::move(task);
    if (--running_ == 0 && joining_) empty_.complete({});
  }

  CancelSource cancel_;
  Completion<void> empty_;
  std::size_t running_ = 0;
  bool joining_ = false;
};

// Waits for `delay`; Cancelled when the context says so first.
inline Task<Result<void>> sleep(Loop& loop, Context context, Duration delay) {
  Completion<void> over(loop);
  TimerId timer = loop.after(delay, [over] { over.complete({}); });
  auto result = co_await over.wait(std::move(context));
  loop.cancel(timer);
  co_return result;
}

// Runs `work` on a pool thread and gives its result back on the loop. `work` is value in, value out.
template <class F, class T = std::invoke_result_t<F>>
Task<T> offload(Loop& loop, F work) {
  auto result = std::make_shared<std::optional<T>>();
  Completion<void> over(loop);
  loop.offload([work = std::move(work), result]() mutable { result->emplace(work()); },
               [over] { over.complete({}); });
  auto ended = co_await over.wait({});
  CHECK(ended.has_value());
  co_return std::move(**result);
}

// A flag that a single task waits for: notify() any number of times, wait() returns once for all of them.
class Signal {
 public:
  explicit Signal(Loop& loop) : loop_(loop), next_(loop) {}
  void notify() { next_.complete({}); }
  Task<Result<void>> wait(Context context) {
    auto result = co_await next_.wait(std::move(context));
    next_ = Completion<void>(loop_);
    co_return result;
  }

 private:
  Loop& loop_;
  Completion<void> next_;
};

}  // namespace lesto::io
