#include "kube/control/reflector.h"

#include <unordered_set>

namespace lesto::control {
namespace {

using namespace std::chrono_literals;

// A server that never ends a watch is asked to, so that a dead connection without a reset is noticed in the end.
constexpr int kWatchSeconds = 540;

}  // namespace

Reflector::Reflector(client::Client& cluster_client, kube::Resource resource, Selection selection,
                     Consumer& consumer)
    : client_(cluster_client),
      resource_(std::move(resource)),
      selection_(std::move(selection)),
      consumer_(consumer),
      backoff_(100ms, 30s) {}

void Reflector::start(io::TaskScope& scope) { scope.spawn(run(scope.context())); }

io::Task<void> Reflector::run(io::Context context) {
  while (!context.cancel.requested()) {
    Result<void> ended;
    auto listed = co_await list(context);
    if (listed) {
      backoff_.reset();
      ended = co_await watch(context);
    } else {
      ended = fail(std::move(listed).error());
    }
    if (context.cancel.requested()) co_return;
    // Gone means only that the position is too old: list anew, at once.
    if (ended || ended.error().code() == Code::Gone) continue;
    broken_ = ended.error();
    consumer_.state(broken_);
    co_await wait_to_try_again(context);
  }
}

// A new connection or new credentials end the wait: what was wrong may be right now.
io::Task<void> Reflector::wait_to_try_again(io::Context context) {
  io::CancelSource over;
  auto cancelled = context.cancel.on_request([&over] { over.request(); });
  io::Cancel connection = client_.connection();
  if (connection.requested()) co_return;
  auto replaced = connection.on_request([&over] { over.request(); });
  auto slept = co_await io::sleep(client_.loop(), {over.token(), Time::max()}, backoff_.next(*broken_));
  if (!slept && !context.cancel.requested()) backoff_.reset();
}

io::Task<Result<void>> Reflector::list(io::Context context) {
  client::ListOptions options{.ns = selection_.ns,
                              .label_selector = selection_.label_selector,
                              .field_selector = selection_.field_selector,
                              .limit = 500,
                              .continue_token = {}};
  auto listed = co_await client_.list(std::move(context), resource_, std::move(options));
  if (!listed) co_return fail(std::move(listed).error());
  std::unordered_set<kube::ObjectKey> present;
  for (json::Value& object : listed->items) {
    present.insert(kube::key_of(object));
    deliver(std::move(object));
  }
  std::vector<kube::ObjectKey> absent;
  for (const auto& [key, version] : known_) {
    // What we wrote after the list was taken is newer than the list.
    if (!present.contains(key) && !kube::is_newer(version, listed->resource_version)) absent.push_back(key);
  }
  for (const kube::ObjectKey& key : absent) {
    known_.erase(key);
    consumer_.gone(key, json::Value(), Evidence::List);
  }
  position_ = listed->resource_version;
  if (!synced_) {
    synced_ = true;
    consumer_.synced();
  }
  co_return {};
}

io::Task<Result<void>> Reflector::watch(io::Context context) {
  // Each turn of this loop goes on where the last watch ended, without listing again.
  for (;;) {
    client::WatchOptions options{.ns = selection_.ns,
                                 .label_selector = selection_.label_selector,
                                 .field_selector = selection_.field_selector,
                                 .resource_version = position_,
                                 .timeout_s = kWatchSeconds};
    auto opened = co_await client_.watch(context, resource_, std::move(options));
    if (!opened) co_return fail(std::move(opened).error());
    if (broken_) {
      broken_.reset();
      consumer_.state(std::nullopt);
    }
    for (;;) {
      auto events = co_await opened->next(context);
      if (!events && events.error().code() == Code::Unavailable) break;
      if (!events) co_return fail(std::move(events).error());
      if (!*events) break;
      for (client::WatchEvent& event : **events) handle(std::move(event));
    }
  }
}

void Reflector::handle(client::WatchEvent event) {
  position_ = kube::resource_version_of(event.object);
  switch (event.type) {
    case client::EventType::Bookmark: return;
    case client::EventType::Deleted: {
      kube::ObjectKey key = kube::key_of(event.object);
      auto known = known_.find(key);
      // The tombstone of an object that has been made again since, and whose new form we know already.
      if (known == known_.end() || kube::is_newer(known->second, position_)) return;
      known_.erase(known);
      consumer_.gone(key, event.object, Evidence::Tombstone);
      return;
    }
    case client::EventType::Added:
    case client::EventType::Modified: deliver(std::move(event.object));
  }
}

void Reflector::deliver(json::Value object) {
  kube::ObjectKey key = kube::key_of(object);
  std::string version(kube::resource_version_of(object));
  auto [known, added] = known_.try_emplace(std::move(key), version);
  if (!added) {
    if (!kube::is_newer(version, known->second)) return;
    known->second = std::move(version);
  }
  consumer_.upsert(std::move(object));
}

void Reflector::absorb(json::Value object) {
  // The answer to a write may come after the watch has shown that the object is gone: what the watch has passed and no
  // longer knows does not come back.
  bool known = known_.contains(kube::key_of(object));
  if (!known && !kube::is_newer(kube::resource_version_of(object), position_)) return;
  deliver(std::move(object));
}

void Reflector::absorb_gone(const kube::ObjectKey& key, const json::Value& last, std::string_view version) {
  auto known = known_.find(key);
  if (known == known_.end() || kube::is_newer(known->second, version)) return;
  known_.erase(known);
  consumer_.gone(key, last, Evidence::Tombstone);
}

}  // namespace lesto::control
