#include "steps/deploy/owned.h"

#include "fleet/model/names.h"

namespace lesto::deploy {

class Owned::KindWatch final : public control::Consumer {
 public:
  KindWatch(Owned& owned, client::Client& managed_client, kube::Resource resource)
      : owned_(owned),
        resource_(std::move(resource)),
        reflector_(managed_client, resource_,
                   {.ns = {}, .label_selector = std::string(model::label::kReason), .field_selector = {}}, *this) {}

  bool is_synced() const { return synced_; }

  void start(io::TaskScope& scope) { reflector_.start(scope); }
  control::Reflector& reflector() { return reflector_; }
  const kube::Resource& resource() const { return resource_; }

  io::Task<Result<void>> wait_synced(io::Context context, io::Loop& loop) {
    if (synced_) co_return {};
    io::Completion<void> over(loop);
    waiting_.push_back(over);
    auto result = co_await over.wait(std::move(context));
    if (!result && broken_) co_return fail(*broken_);
    co_return result;
  }

  void upsert(json::Value object) override {
    kube::ObjectId id{resource_.group, resource_.kind, kube::key_of(object)};
    auto ownership = ownership_of(object);
    if (!ownership) return owned_.erase(id);
    owned_.set(id, {.ownership = std::move(*ownership),
                    .gvk = resource_.gvk(),
                    .uid = std::string(kube::uid_of(object)),
                    .resource_version = std::string(kube::resource_version_of(object)),
                    .deleting = kube::is_deleting(object)});
  }
  void gone(const kube::ObjectKey& key, const json::Value&, control::Evidence) override {
    owned_.erase({resource_.group, resource_.kind, key});
  }
  void synced() override {
    synced_ = true;
    for (const io::Completion<void>& waiter : waiting_) waiter.complete({});
    waiting_.clear();
  }
  void state(const std::optional<Error>& error) override { broken_ = error; }

 private:
  Owned& owned_;
  kube::Resource resource_;
  control::Reflector reflector_;
  bool synced_ = false;
  std::optional<Error> broken_;
  std::vector<io::Completion<void>> waiting_;
};

Owned::Owned(io::Loop& loop, std::shared_ptr<cluster::Cluster> of, Changed changed)
    : loop_(loop), cluster_(std::move(of)), changed_(std::move(changed)), scope_(loop) {}
Owned::~Owned() = default;

io::Task<Result<kube::Resource>> Owned::ensure(io::Context context, kube::GroupVersionKind gvk) {
  auto found = watches_.find(gvk);
  if (found == watches_.end()) {
    auto resource = co_await cluster_->mapper().resolve(context, gvk);
    if (!resource && resource.error().code() == Code::NotFound) unserved_.insert(gvk);
    if (!resource) co_return fail(std::move(resource).error());
    unserved_.erase(gvk);
    found = watches_.find(gvk);
    if (found == watches_.end()) {
      auto watch = std::make_unique<KindWatch>(*this, cluster_->managed_client(), std::move(*resource));
      watch->start(scope_);
      found = watches_.emplace(gvk, std::move(watch)).first;
    }
  }
  KindWatch* watch = found->second.get();
  auto synced = co_await watch->wait_synced(context.until(loop_.now() + client::kCallTimeout), loop_);
  if (!synced) co_return fail(std::move(synced).error());
  co_return watch->resource();
}

io::Task<Result<void>> Owned::verify(io::Context context) {
  while (!doubts_.empty()) {
    auto [gvk, doubts] = *doubts_.begin();
    auto watch = watches_.find(gvk);
    if (watch != watches_.end()) {
      client::ListOptions ours;
      ours.label_selector = std::string(model::label::kReason);
      auto list = co_await cluster_->managed_client().list(context, watch->second->resource(), std::move(ours));
      if (!list) co_return fail(std::move(list).error());
      for (json::Value& object : list->items) absorb(gvk, std::move(object));
    }
    // A write that failed meanwhile is doubted anew.
    if (doubts_[gvk] == doubts) doubts_.erase(gvk);
  }
  co_return {};
}

bool Owned::is_complete(const std::vector<kube::GroupVersionKind>& kinds) const {
  return std::ranges::all_of(kinds, [this](const kube::GroupVersionKind& gvk) {
    auto watch = watches_.find(gvk);
    return watch == watches_.end() ? unserved_.contains(gvk) : watch->second->is_synced();
  });
}

const OwnedObject* Owned::find(const kube::ObjectId& id) const {
  auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<kube::ObjectId> Owned::held_by(const Holder& holder) const {
  std::vector<kube::ObjectId> held;
  auto found = by_owner_.find(holder.owner);
  if (found == by_owner_.end()) return held;
  for (const kube::ObjectId& id : found->second) {
    if (holder.holds(objects_.at(id).ownership)) held.push_back(id);
  }
  return held;
}

void Owned::set(const kube::ObjectId& id, OwnedObject object) {
  auto found = objects_.find(id);
  std::optional<Owner> before;
  bool same_mark = true;
  if (found != objects_.end()) {
    before = found->second.ownership.owner;
    same_mark = found->second.ownership.cluster == object.ownership.cluster;
  }
  Owner after = object.ownership.owner;
  objects_.insert_or_assign(id, std::move(object));
  if (before == after && same_mark) return;
  if (before) {
    by_owner_[*before].erase(id);
    if (by_owner_[*before].empty()) by_owner_.erase(*before);
  }
  by_owner_[after].insert(id);
  changed_(id, before ? &*before : nullptr, &after);
}

void Owned::erase(const kube::ObjectId& id) {
  auto found = objects_.find(id);
  if (found == objects_.end()) return;
  Owner before = found->second.ownership.owner;
  objects_.erase(found);
  by_owner_[before].erase(id);
  if (by_owner_[before].empty()) by_owner_.erase(before);
  changed_(id, &before, nullptr);
}

void Owned::absorb(const kube::GroupVersionKind& gvk, json::Value object) {
  auto found = watches_.find(gvk);
  if (found != watches_.end()) found->second->reflector().absorb(std::move(object));
}

void Owned::absorb_gone(const kube::GroupVersionKind& gvk, const kube::ObjectKey& key, std::string_view version) {
  auto found = watches_.find(gvk);
  if (found != watches_.end()) found->second->reflector().absorb_gone(key, json::Value(), version);
}

}  // namespace lesto::deploy
