// The local copy of one collection, fed by a reflector, with listeners that wake whoever works on it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "kube/control/reflector.h"

namespace lesto::control {

// A change as the listeners see it: `before` is null for a new object, `after` for one that is gone.
struct Change {
  const json::Value& before;
  const json::Value& after;
};

// Thread: the loop's.
class Store final : public Consumer {
 public:
  using Listener = std::function<void(const Change&)>;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Null when there is no such object.
  const json::Value& get(const kube::ObjectKey& key) const;
  bool contains(const kube::ObjectKey& key) const { return objects_.contains(key); }
  std::size_t size() const { return objects_.size(); }
  // In key order. A value of the map is valid until the next change of the store.
  const std::map<kube::ObjectKey, json::Value>& all() const { return objects_; }

  // True once the first complete list is in: before that absence means nothing.
  bool is_synced() const { return synced_; }
  // Waits for that.
  io::Task<Result<void>> wait_synced(io::Context context, io::Loop& loop);
  const std::optional<Error>& broken() const { return broken_; }

  // Listeners are called after the store has changed, in the order in which they were added, and stay for ever.
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  // An index: objects by the keys that `extract` finds in them. Ask with by_index().
  using Extract = std::function<std::vector<std::string>(const json::Value&)>;
  void add_index(std::string name, Extract extract);
  std::vector<kube::ObjectKey> by_index(const std::string& name, const std::string& key) const;

  void upsert(json::Value object) override;
  void gone(const kube::ObjectKey& key, const json::Value& last, Evidence evidence) override;
  void synced() override;
  void state(const std::optional<Error>& error) override { broken_ = error; }

 private:
  struct Index {
    Extract extract;
    std::unordered_map<std::string, std::set<kube::ObjectKey>> keys;
  };
  void reindex(const kube::ObjectKey& key, const json::Value& before, const json::Value& after);
  void tell(const json::Value& before, const json::Value& after);

  std::map<kube::ObjectKey, json::Value> objects_;
  std::map<std::string, Index> indexes_;
  std::vector<Listener> listeners_;
  std::vector<io::Completion<void>> waiting_;
  bool synced_ = false;
  std::optional<Error> broken_;
};

// A collection that is kept locally and written through: the store, its reflector, and the writes. Writes that succeed
// are in the store when they return.
class Collection {
 public:
  Collection(client::Client& cluster_client, kube::Resource resource, Selection selection = {});

  void start(io::TaskScope& scope) { reflector_.start(scope); }
  Store& store() { return store_; }
  const Store& store() const { return store_; }
  const json::Value& get(const kube::ObjectKey& key) const { return store_.get(key); }
  const kube::Resource& resource() const { return resource_; }

  io::Task<Result<json::Value>> create(io::Context context, json::Value object);
  // PUT with the resource version that the object carries.
  io::Task<Result<json::Value>> update(io::Context context, json::Value object);
  // Like update(), but the object is in the store at once, in the version that it replaces: what follows from it need not
  // wait for the answer. When the write fails the object stays there, and its owner writes it again until the server has it
  // or shows another one.
  io::Task<Result<json::Value>> update_ahead(io::Context context, json::Value object);
  // Merge patch of the status subresource.
  io::Task<Result<json::Value>> patch_status(io::Context context, kube::ObjectKey key, json::Value status);
  io::Task<Result<json::Value>> merge(io::Context context, kube::ObjectKey key, json::Value patch);
  // Deletes the object of that uid; NotFound counts as done.
  io::Task<Result<void>> remove(io::Context context, kube::ObjectKey key, std::string uid);

 private:
  Result<json::Value> absorb(Result<json::Value> written);

  client::Client& client_;
  kube::Resource resource_;
  Store store_;
  Reflector reflector_;
};

// The name under which Lesto writes to the management cluster.
inline constexpr std::string_view kFieldManager = "lesto";

}  // namespace lesto::control
