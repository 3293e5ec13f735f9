#include "kube/control/store.h"

namespace lesto::control {
namespace {

const json::Value kAbsent{};

}  // namespace

const json::Value& Store::get(const kube::ObjectKey& key) const {
  auto found = objects_.find(key);
  return found == objects_.end() ? kAbsent : found->second;
}

io::Task<Result<void>> Store::wait_synced(io::Context context, io::Loop& loop) {
  if (synced_) co_return {};
  io::Completion<void> over(loop);
  waiting_.push_back(over);
  auto result = co_await over.wait(std::move(context));
  co_return result;
}

void Store::add_index(std::string name, Extract extract) {
  CHECK(objects_.empty());
  indexes_[std::move(name)].extract = std::move(extract);
}

std::vector<kube::ObjectKey> Store::by_index(const std::string& name, const std::string& key) const {
  auto index = indexes_.find(name);
  CHECK(index != indexes_.end());
  auto found = index->second.keys.find(key);
  if (found == index->second.keys.end()) return {};
  return {found->second.begin(), found->second.end()};
}

void Store::reindex(const kube::ObjectKey& key, const json::Value& before, const json::Value& after) {
  for (auto& [name, index] : indexes_) {
    if (!before.is_null()) {
      for (const std::string& value : index.extract(before)) {
        auto found = index.keys.find(value);
        if (found == index.keys.end()) continue;
        found->second.erase(key);
        if (found->second.empty()) index.keys.erase(found);
      }
    }
    if (!after.is_null()) {
      for (const std::string& value : index.extract(after)) index.keys[value].insert(key);
    }
  }
}

void Store::tell(const json::Value& before, const json::Value& after) {
  for (const Listener& listener : listeners_) listener({before, after});
}

void Store::upsert(json::Value object) {
  kube::ObjectKey key = kube::key_of(object);
  json::Value before = std::exchange(objects_[key], object);
  reindex(key, before, object);
  tell(before, object);
}

void Store::gone(const kube::ObjectKey& key, const json::Value&, Evidence) {
  auto found = objects_.find(key);
  if (found == objects_.end()) return;
  json::Value before = std::move(found->second);
  objects_.erase(found);
  reindex(key, before, kAbsent);
  tell(before, kAbsent);
}

void Store::synced() {
  synced_ = true;
  for (const io::Completion<void>& waiter : waiting_) waiter.complete({});
  waiting_.clear();
}

Collection::Collection(client::Client& cluster_client, kube::Resource resource, Selection selection)
    : client_(cluster_client),
      resource_(std::move(resource)),
      reflector_(client_, resource_, std::move(selection), store_) {}

Result<json::Value> Collection::absorb(Result<json::Value> written) {
  if (!written) return written;
  const json::Value& known = store_.get(kube::key_of(*written));
  // The server's word for a version that we have already: what was put ahead of a write that never came is taken back by
  // a write that changes nothing, and has no new version for the reflector to see.
  bool same_version = kube::resource_version_of(known) == kube::resource_version_of(*written);
  if (same_version && known != *written) store_.upsert(*written);
  reflector_.absorb(*written);
  return written;
}

io::Task<Result<json::Value>> Collection::create(io::Context context, json::Value object) {
  auto written = co_await client_.create(std::move(context), resource_, std::move(object), std::string(kFieldManager));
  co_return absorb(std::move(written));
}

io::Task<Result<json::Value>> Collection::update(io::Context context, json::Value object) {
  auto written = co_await client_.update(std::move(context), resource_, std::move(object), std::string(kFieldManager));
  // Removing the last finalizer of an object in deletion ends it; the answer shows its last state.
  if (written && kube::is_deleting(*written) && (*written)["metadata"]["finalizers"].empty()) {
    reflector_.absorb_gone(kube::key_of(*written), *written, kube::resource_version_of(*written));
    co_return written;
  }
  co_return absorb(std::move(written));
}

io::Task<Result<json::Value>> Collection::update_ahead(io::Context context, json::Value object) {
  auto write = update(std::move(context), object);
  // What it would replace may have been replaced by somebody else meanwhile: then the server will refuse it.
  const json::Value& known = store_.get(kube::key_of(object));
  bool current = kube::resource_version_of(known) == kube::resource_version_of(object);
  if (current) store_.upsert(std::move(object));
  auto written = co_await std::move(write);
  co_return written;
}

io::Task<Result<json::Value>> Collection::patch_status(io::Context context, kube::ObjectKey key,
                                                       json::Value status) {
  json::Value patch = json::object({{"status", std::move(status)}});
  client::PatchOptions options;
  options.field_manager = kFieldManager;
  options.subresource = "status";
  auto written = co_await client_.patch(std::move(context), resource_, std::move(key), client::PatchType::Merge,
                                        std::move(patch), std::move(options));
  co_return absorb(std::move(written));
}

io::Task<Result<json::Value>> Collection::merge(io::Context context, kube::ObjectKey key, json::Value patch) {
  client::PatchOptions options;
  options.field_manager = kFieldManager;
  auto written = co_await client_.patch(std::move(context), resource_, std::move(key), client::PatchType::Merge,
                                        std::move(patch), std::move(options));
  if (written && kube::is_deleting(*written) && (*written)["metadata"]["finalizers"].empty()) {
    reflector_.absorb_gone(kube::key_of(*written), *written, kube::resource_version_of(*written));
    co_return written;
  }
  co_return absorb(std::move(written));
}

io::Task<Result<void>> Collection::remove(io::Context context, kube::ObjectKey key, std::string uid) {
  client::DeleteOptions options;
  options.uid = uid;
  auto removed = co_await client_.remove(std::move(context), resource_, key, std::move(options));
  if (!removed && removed.error().code() == Code::NotFound) co_return {};
  if (!removed) co_return fail(std::move(removed).error());
  if (removed->is_null()) {
    const json::Value& known = store_.get(key);
    std::string version(kube::resource_version_of(known));
    if (kube::uid_of(known) == uid) reflector_.absorb_gone(key, json::Value(), version);
  } else {
    reflector_.absorb(std::move(*removed));
  }
  co_return {};
}

}  // namespace lesto::control
