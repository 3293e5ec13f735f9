#include "app/replica.h"

namespace lesto::app {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLeaseName = "lesto-manager";
// What the end of a process may wait for the API server to let go of the lease.
constexpr Duration kReleaseMax = 2s;
// After a start that failed for a reason that may pass.
constexpr Duration kStartAgain = 1s;

// A real API server that has just started knows no roles and refuses everything for a moment. What it goes on to refuse
// for so long is a matter of rights.
constexpr Duration kRefusedMax = 60s;

}  // namespace

Replica::Replica(io::Loop& loop, Log& log, io::Exchange& management, cluster::Dialer& dialer,
                 io::Storage& ledger_storage, ReplicaOptions options)
    : loop_(loop),
      log_(log),
      ledger_storage_(ledger_storage),
      options_(std::move(options)),
      lease_client_(loop, management, "lesto"),
      lease_(lease_client_, log,
             {.key = {options_.manager.own_namespace, std::string(kLeaseName)},
              .identity = options_.identity,
              .times = options_.lease}),
      management_(management, [this] { return lease_.held(); }),
      dialer_(dialer, [this] { return lease_.held(); }) {}

io::Task<Result<void>> Replica::run(io::Context context) {
  while (!context.cancel.requested()) {
    auto waiting = [this] { become(ReplicaState::Waiting); };
    Result<void> ended = co_await lease_.acquire(context, waiting);
    bool acquired = ended.has_value();
    if (!acquired && context.cancel.requested()) co_return {};
    if (acquired) ended = co_await lead(context);
    if (ended) continue;
    if (!may_pass(ended.error())) co_return ended;
    std::string text = ended.error().text();
    if (text != std::exchange(told_, text)) {
      log_.warn("lease", acquired ? "the controllers did not start" : "refused", {{"error", text}});
    }
    auto slept = co_await io::sleep(loop_, context, kStartAgain);
    (void)slept;
  }
  co_return {};
}

// Whether waiting may help. One that has never worked ends at once, so that a person sees why.
bool Replica::may_pass(const Error& error) {
  if (error.code() == Code::Invalid) return false;
  if (error.code() != Code::Denied) return true;
  if (!has_worked_) return false;
  if (!refused_since_) refused_since_ = loop_.now();
  return loop_.now() - *refused_since_ < kRefusedMax;
}

void Replica::become(ReplicaState state) {
  if (state != ReplicaState::Starting) {
    has_worked_ = true;
    refused_since_.reset();
    told_.clear();
  }
  if (std::exchange(state_, state) != state && options_.changed) options_.changed(state);
}

io::Task<void> Replica::start(Manager& manager, Result<void>& started) {
  started = co_await manager.start();
  if (started) become(ReplicaState::Acting);
  if (!started) stop_->request();
}

// From the lease's gain to its loss. The error is why the controllers could not start.
io::Task<Result<void>> Replica::lead(io::Context context) {
  stop_ = std::make_unique<io::CancelSource>();
  io::CancelSource& stop = *stop_;
  auto cancelled = context.cancel.requested()
                       ? io::Cancel::Registration()
                       : context.cancel.on_request([&stop] { stop.request(); });
  Manager manager(loop_, log_, management_, dialer_, ledger_storage_, options_.manager);
  Result<void> started;
  io::TaskScope scope(loop_);
  scope.spawn(start(manager, started));
  Error lost = co_await lease_.keep({stop.token(), Time::max()});
  become(ReplicaState::Starting);
  bool ending = lost.code() == Code::Cancelled;
  if (!ending) log_.warn("lease", "lost", {{"error", lost.text()}});
  co_await manager.stop();
  co_await scope.join();
  if (ending) {
    co_await lease_.release({{}, loop_.now() + kReleaseMax});
    log_.info("lease", "given back");
  }
  if (!started && started.error().code() != Code::Cancelled) co_return started;
  co_return {};
}

}  // namespace lesto::app
