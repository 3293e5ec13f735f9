// The match sets: which objects of a cluster match which source, kept in step by one shared watch a selection.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "fleet/cluster/registry.h"
#include "kube/control/reflector.h"
#include "steps/event/decide.h"
#include "steps/event/evaluate.h"

namespace lesto::event {

// A source in a cluster.
struct SourceKey {
  model::ClusterRef cluster;
  std::string source;
  auto operator<=>(const SourceKey&) const = default;
};

// What one selector of a source matched in its cluster.
struct SelectorState {
  bool complete = false;
  Matches matches;
  std::map<kube::ObjectId, std::string> failures;
  std::string waiting;  // why it is incomplete
};

// One selector of one source, as a watch feeds it.
struct Subscription {
  SourceKey source;
  std::size_t selector = 0;
  Filter filter;
  bool collect = false;
};

// What a watch selects on the server: subscriptions with the same selection share one.
struct WatchKey {
  kube::GroupVersionKind gvk;
  control::Selection selection;
  auto operator<=>(const WatchKey&) const = default;
};
WatchKey watch_key(const model::ResourceSelector& selector);

// One watch of one cluster and what depends on it. Objects that change while others are being evaluated wait for the
// next batch; the order of one object's changes is kept. Thread: the loop's.
class KindWatch final : public control::Consumer {
 public:
  // `changed` is called for each subscription whose state has changed.
  using Changed = std::function<void(const Subscription&)>;

  KindWatch(io::Loop& loop, Engines& engines, std::shared_ptr<cluster::Cluster> of, WatchKey key,
            std::vector<Subscription> subscriptions, Changed changed);
  ~KindWatch() override = default;

  // Runs until cancelled, in a scope that is joined before the watch is destroyed.
  io::Task<void> run(io::Context context);

  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }
  const SelectorState& state(std::size_t subscription) const { return states_[subscription]; }
  // Takes over what an earlier watch knew, until the first complete list.
  void inherit(std::size_t subscription, SelectorState state);

  void upsert(json::Value object) override;
  void gone(const kube::ObjectKey& key, const json::Value& last, control::Evidence evidence) override;
  void synced() override;
  void state(const std::optional<Error>& error) override;

 private:
  // A step of the queue: an object, or its key when it is gone, or the end of the first list.
  struct Item {
    kube::ObjectKey key;
    json::Value object;
    bool synced = false;
  };
  using Verdicts = std::vector<std::vector<Verdict>>;

  io::Task<void> drain();
  void apply(const std::vector<Item>& items, const Verdicts& verdicts);
  void apply_object(const Item& item, const std::vector<Verdict>& verdicts, std::set<std::size_t>& touched);
  void finish_list(std::set<std::size_t>& touched);

  io::Loop& loop_;
  Engines& engines_;
  std::shared_ptr<cluster::Cluster> cluster_;
  WatchKey key_;
  std::vector<Subscription> subscriptions_;
  std::vector<SelectorState> states_;
  // What the first list has matched so far; becomes the state when the list is complete.
  std::vector<SelectorState> listing_;
  bool listed_ = false;
  Changed changed_;
  std::deque<Item> queue_;
  bool draining_ = false;
  io::TaskScope scope_;
};

}  // namespace lesto::event

template <>
struct std::hash<lesto::event::SourceKey> {
  std::size_t operator()(const lesto::event::SourceKey& key) const noexcept {
    return std::hash<lesto::model::ClusterRef>()(key.cluster) * 1099511628211u ^ std::hash<std::string>()(key.source);
  }
};
