// The reconcile loop: keys go in, work happens at the loop's own pace, at most one at a time for each key.
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>

#include "foundation/base/log.h"
#include "foundation/io/task.h"
#include "kube/control/backoff.h"
#include "kube/control/soon.h"

namespace lesto::control {

// A conflict with somebody else's write is over in an instant; what does not get better is asked for ever more rarely.
inline constexpr Duration kRetryFirst = std::chrono::milliseconds(2);
inline constexpr Duration kRetryMax = std::chrono::seconds(30);

// What a reconcile of one key ended with, beside its error.
struct Again {
  std::optional<Duration> after;  // look at the key again after this time, if nothing wakes it before
};

// A queue of keys with a worker for each of up to `parallel_max` keys.
//
// wake() any number of times while a key waits or runs makes one more run, never two. An Error makes a later run by
// itself, with back-off; Invalid and TooLarge wait for a wake-up instead, since only a change can help.
// Key needs std::hash and ==. Thread: the loop's.
template <class Key>
class Queue {
 public:
  using Reconcile = std::function<io::Task<Result<Again>>(io::Context, Key)>;
  // Called for the log with each error of a key that differs from the one before: what fails for an hour is told once,
  // and a Conflict only when the next try fails, too.
  using Failed = std::function<void(const Key&, const Error&)>;

  Queue(io::Loop& loop, std::size_t parallel_max, Reconcile reconcile, Failed failed)
      : loop_(loop),
        parallel_max_(parallel_max),
        reconcile_(std::move(reconcile)),
        failed_(std::move(failed)),
        fill_(loop, [this] { fill(); }) {}
  // Retries that wait for a timer are forgotten. The scope has been joined before.
  ~Queue() {
    for (auto& [key, entry] : entries_) stop_timer(entry);
  }
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Work begins now, in tasks of this scope; keys woken before have waited.
  void start(io::TaskScope& scope) {
    scope_ = &scope;
    fill_.request();
  }

  void wake(const Key& key) {
    Entry& entry = entries_[key];
    if (entry.state == State::Waiting) return;
    if (entry.state == State::Running) {
      entry.again = true;
      return;
    }
    stop_timer(entry);
    entry.state = State::Waiting;
    waiting_.push_back(key);
    fill_.request();
  }

  // True when no key waits or runs. Keys that wait for a timer do not count.
  bool idle() const { return waiting_.empty() && running_ == 0; }

 private:
  enum class State { Idle, Waiting, Running };
  struct Entry {
    State state = State::Idle;
    bool again = false;
    io::TimerId timer = io::TimerId::None;
    Backoff backoff{kRetryFirst, kRetryMax};
    std::string told;        // the error that the log has
    bool overtaken = false;  // a Conflict since the last success
  };

  void fill() {
    if (!scope_ || scope_->context().cancel.requested()) return;
    while (running_ < parallel_max_ && !waiting_.empty()) {
      Key key = std::move(waiting_.front());
      waiting_.pop_front();
      entries_[key].state = State::Running;
      ++running_;
      scope_->spawn(run(scope_->context(), std::move(key)));
    }
  }

  io::Task<void> run(io::Context context, Key key) {
    Result<Again> result = co_await reconcile_(context, key);
    --running_;
    Entry& entry = entries_[key];
    entry.state = State::Idle;
    if (context.cancel.requested()) co_return;
    bool again = std::exchange(entry.again, false);
    std::optional<Duration> after = settle(key, entry, result);
    if (again) {
      wake(key);
    } else if (after) {
      entry.timer = loop_.after(*after, [this, key] {
        entries_[key].timer = io::TimerId::None;
        wake(key);
      });
    } else {
      entries_.erase(key);
    }
    if (!waiting_.empty()) fill_.request();
  }

  std::optional<Duration> settle(const Key& key, Entry& entry, const Result<Again>& result) {
    if (result) {
      entry.backoff.reset();
      entry.told.clear();
      entry.overtaken = false;
      return result->after;
    }
    std::string text = result.error().text();
    Code code = result.error().code();
    // Somebody else wrote first: the next try reads what they wrote. Worth a word only when that fails, too.
    bool overtaken = code == Code::Conflict && !std::exchange(entry.overtaken, true);
    if (!overtaken && std::exchange(entry.told, text) != text) failed_(key, result.error());
    if (code == Code::Invalid || code == Code::TooLarge) return std::nullopt;
    return entry.backoff.next(result.error());
  }

  void stop_timer(Entry& entry) {
    if (entry.timer == io::TimerId::None) return;
    loop_.cancel(entry.timer);
    entry.timer = io::TimerId::None;
  }

  io::Loop& loop_;
  std::size_t parallel_max_;
  Reconcile reconcile_;
  Failed failed_;
  io::TaskScope* scope_ = nullptr;
  std::deque<Key> waiting_;
  std::unordered_map<Key, Entry> entries_;
  std::size_t running_ = 0;
  Soon fill_;
};

}  // namespace lesto::control
