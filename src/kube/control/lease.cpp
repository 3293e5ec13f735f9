#include "kube/control/lease.h"

namespace lesto::control {
namespace {

constexpr std::string_view kWriter = "lesto";
// A look that takes longer than this is tried again.
constexpr Duration kLookMax = std::chrono::seconds(2);

kube::Resource leases() {
  return {"coordination.k8s.io", "v1", "leases", "Lease", kube::Scope::Namespaced};
}

std::int64_t whole_seconds(Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration).count();
}

bool same_record(const json::Value& a, const json::Value& b) {
  return kube::uid_of(a) == kube::uid_of(b) && a["spec"] == b["spec"];
}

}  // namespace

LeaseDecision decide_lease(const json::Value& lease, Duration unchanged,
                           const LeaseOptions& options, Time now) {
  LeaseDecision decision;
  json::Value spec = json::object(
      {{"holderIdentity", options.identity},
       {"leaseDurationSeconds", whole_seconds(options.times.duration)},
       {"renewTime", rfc3339_micro(now)}});
  if (lease.is_null()) {
    decision.move = LeaseMove::Create;
    spec.set("acquireTime", rfc3339_micro(now));
    spec.set("leaseTransitions", 0);
    decision.lease = json::object(
        {{"apiVersion", "coordination.k8s.io/v1"},
         {"kind", "Lease"},
         {"metadata",
          json::object({{"name", options.key.name}, {"namespace", options.key.ns}})},
         {"spec", std::move(spec)}});
    return decision;
  }
  const json::Value& before = lease["spec"];
  std::string_view holder = before["holderIdentity"].text();
  decision.lease = lease;
  if (holder == options.identity) {
    decision.move = LeaseMove::Renew;
    spec.set("acquireTime", before["acquireTime"]);
    spec.set("leaseTransitions", before["leaseTransitions"].integer());
    decision.lease.set("spec", std::move(spec));
    return decision;
  }
  Duration stated = std::chrono::seconds(
      before["leaseDurationSeconds"].integer(whole_seconds(options.times.duration)));
  if (holder.empty() || unchanged >= stated) {
    decision.move = LeaseMove::Take;
    spec.set("acquireTime", rfc3339_micro(now));
    spec.set("leaseTransitions", before["leaseTransitions"].integer() + 1);
    decision.lease.set("spec", std::move(spec));
    return decision;
  }
  decision.move = LeaseMove::Wait;
  decision.wait = std::min(options.times.look_every, stated - unchanged);
  return decision;
}

json::Value released_lease(json::Value lease, Time now) {
  lease.at("spec").set("holderIdentity", "");
  lease.at("spec").set("leaseDurationSeconds", 1);
  lease.at("spec").set("renewTime", rfc3339_micro(now));
  return lease;
}

Lease::Lease(client::Client& cluster_client, Log& log, LeaseOptions options)
    : client_(cluster_client), log_(log), options_(std::move(options)) {}

void Lease::observe(const json::Value& lease) {
  if (!same_record(lease, seen_)) unchanged_ = {};
  seen_ = lease;
}

io::Task<Result<json::Value>> Lease::look(io::Context context) {
  io::Context bounded = context.until(client_.loop().now() + kLookMax);
  auto lease = co_await client_.get(std::move(bounded), leases(), options_.key);
  if (!lease && lease.error().code() == Code::NotFound) co_return json::Value();
  co_return lease;
}

io::Task<Result<json::Value>> Lease::write(io::Context context, LeaseDecision decision) {
  if (decision.move == LeaseMove::Create) {
    auto created = co_await client_.create(std::move(context), leases(), std::move(decision.lease),
                                           std::string(kWriter));
    co_return created;
  }
  auto updated = co_await client_.update(std::move(context), leases(), std::move(decision.lease),
                                         std::string(kWriter));
  co_return updated;
}

io::Task<Result<void>> Lease::acquire(io::Context context, std::function<void()> waiting) {
  held_ = false;
  std::string told;
  for (;;) {
    Duration wait = options_.times.look_every;
    Time now = client_.loop().now();
    auto lease = co_await look(context);
    if (lease) {
      observe(*lease);
      LeaseDecision decision = decide_lease(*lease, unchanged_, options_, now);
      if (decision.move == LeaseMove::Wait) {
        wait = decision.wait;
        std::string holder = (*lease)["spec"]["holderIdentity"].string();
        if (holder != std::exchange(told, holder)) {
          log_.info("lease", "waiting", {{"holder", holder}});
        }
      } else {
        now = client_.loop().now();
        io::Context bounded = context.until(now + options_.times.renew_within);
        auto written = co_await write(std::move(bounded), std::move(decision));
        if (written) {
          observe(*written);
          held_ = true;
          valid_until_ = now + options_.times.renew_within;
          log_.info("lease", "acquired", {{"identity", options_.identity}});
          co_return {};
        }
        lease = fail(std::move(written).error());
      }
    }
    if (context.cancel.requested()) co_return fail(Code::Cancelled, "cancelled");
    if (!lease && lease.error().code() == Code::Denied) co_return fail(std::move(lease).error());
    if (!lease && lease.error().code() != Code::Conflict) {
      std::string text = lease.error().text();
      if (text != std::exchange(told, text)) log_.warn("lease", "cannot be had", {{"error", text}});
    }
    if (waiting) waiting();
    auto slept = co_await io::sleep(client_.loop(), context, wait);
    if (!slept) co_return slept;
    unchanged_ += wait;
  }
}

// Conflict when the lease is somebody else's.
io::Task<Result<void>> Lease::renew(io::Context context) {
  Time now = client_.loop().now();
  LeaseDecision decision = decide_lease(seen_, {}, options_, now);
  if (decision.move != LeaseMove::Renew) co_return fail(Code::Conflict, "it was taken over");
  auto written = co_await write(context, std::move(decision));
  if (written) {
    seen_ = std::move(*written);
    valid_until_ = now + options_.times.renew_within;
    co_return {};
  }
  Code code = written.error().code();
  if (code != Code::Conflict && code != Code::NotFound) co_return fail(std::move(written).error());
  // Somebody wrote: was it another holder, or a person who put a label on it?
  auto lease = co_await look(std::move(context));
  if (!lease) co_return fail(std::move(lease).error());
  if ((*lease)["spec"]["holderIdentity"].text() != options_.identity) {
    co_return fail(Code::Conflict, lease->is_null()
                                       ? "it was deleted"
                                       : "it is held by " + (*lease)["spec"]["holderIdentity"].string());
  }
  seen_ = std::move(*lease);
  co_return fail(Code::Unavailable, "it was changed by somebody");
}

io::Task<Error> Lease::keep(io::Context context) {
  for (;;) {
    auto slept = co_await io::sleep(client_.loop(), context, options_.times.renew_every);
    if (!slept) co_return std::move(slept).error();
    Error last(Code::Timeout, "no answer in time");
    for (;;) {
      if (!held()) {
        held_ = false;
        co_return std::move(last).during("the lease could not be renewed in time");
      }
      auto renewed = co_await renew(context.until(valid_until_));
      if (renewed) break;
      if (context.cancel.requested()) co_return Error(Code::Cancelled, "cancelled");
      last = std::move(renewed).error();
      if (last.code() == Code::Conflict || last.code() == Code::Denied) {
        held_ = false;
        co_return std::move(last).during("the lease is lost");
      }
      auto pause = co_await io::sleep(client_.loop(), context.until(valid_until_),
                                      std::chrono::milliseconds(100));
      if (!pause && pause.error().code() == Code::Cancelled) co_return std::move(pause).error();
    }
  }
}

io::Task<void> Lease::release(io::Context context) {
  if (!held()) co_return;
  held_ = false;
  json::Value lease = released_lease(seen_, client_.loop().now());
  auto written = co_await client_.update(std::move(context), leases(), std::move(lease),
                                         std::string(kWriter));
  if (!written) log_.warn("lease", "not released", {{"error", written.error().text()}});
}

}  // namespace lesto::control
