#include "app/replica.h"

namespace lesto::app {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kLeaseName = "lesto-manager";
// What the end of a process may wait for the API server to let go of the lease.
constexpr Duration kReleaseMax = 2s;
// After a start that failed for a reason that may pass.
constexpr Duration kStartAgain = 1s;

// Whether waiting may help.
bool may_pass(const Error& error) {
  return error.code() != Code::Denied && error.code() != Code::Invalid;
}

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
    auto acquired = co_await lease_.acquire(context, waiting);
    if (!acquired && context.cancel.requested()) co_return {};
    if (!acquired) co_return acquired;
    auto ended = co_await lead(context);
    if (ended) continue;
    if (!may_pass(ended.error())) co_return ended;
    log_.warn("lease", "the controllers did not start", {{"error", ended.error().text()}});
    auto slept = co_await io::sleep(loop_, context, kStartAgain);
    (void)slept;
  }
  co_return {};
}

void Replica::become(ReplicaState state) {
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
  if (ending) co_await lease_.release({{}, loop_.now() + kReleaseMax});
  if (!started && started.error().code() != Code::Cancelled) co_return started;
  co_return {};
}

}  // namespace lesto::app
