#include "steps/event/watch.h"

#include "foundation/json/text.h"
#include "kube/object/selector.h"

namespace lesto::event {
namespace {

using namespace std::chrono_literals;

// A kind that is not served yet is asked for again after this time, then ever more rarely.
constexpr Duration kUnservedFirst = 500ms;
constexpr Duration kUnservedMax = 10s;
// After so many scripts in a row that hit a budget, the rest of a batch is not tried.
constexpr std::size_t kExhaustedMax = 3;

std::string filter_text(const model::LabelFilter& filter) {
  switch (filter.operation) {
    case model::FilterOperation::Equal: return filter.key + "=" + filter.value;
    case model::FilterOperation::Different: return filter.key + "!=" + filter.value;
    case model::FilterOperation::Has: return filter.key;
    case model::FilterOperation::DoesNotHave: return "!" + filter.key;
  }
  return {};
}

std::size_t size_of(const json::Value& object) {
  switch (object.kind()) {
    case json::Kind::String: return object.text().size() + 2;
    case json::Kind::Array: {
      std::size_t size = 2;
      for (const json::Value& item : object.items()) size += size_of(item) + 1;
      return size;
    }
    case json::Kind::Object: {
      std::size_t size = 2;
      for (const json::Member& member : object.members()) size += member.name().size() + 4 + size_of(member.value);
      return size;
    }
    default: return 8;
  }
}

// What a report tells of an object.
Match match_of(const kube::ObjectId& id, json::Value object, bool collect) {
  model::ObjectReference reference = reference_to(object);
  if (!collect) return make_match(id, std::move(reference), json::Value(), 0, "");
  std::string version = std::string(kube::uid_of(object)) + "/" + std::string(kube::resource_version_of(object));
  // Who owns which field is of no use to a template, and half of many objects.
  object.erase_path({"metadata", "managedFields"});
  // Secrets do not enter reports: of a Secret only its metadata and type are collected (design section 10).
  bool secret = object["kind"].text() == "Secret" && object["apiVersion"].text() == "v1";
  if (secret) {
    object.erase("data");
    object.erase("stringData");
    object.erase_path({"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"});
  }
  std::size_t bytes = size_of(object);
  return make_match(id, std::move(reference), std::move(object), bytes, version);
}

}  // namespace

WatchKey watch_key(const model::ResourceSelector& selector) {
  WatchKey key{.gvk = {selector.group, selector.version, selector.kind}, .selection = {}};
  std::string labels;
  for (const model::LabelFilter& filter : selector.label_filters) {
    if (!labels.empty()) labels += ',';
    labels += filter_text(filter);
  }
  if (selector.selector) {
    auto compiled = kube::read_label_selector(selector.selector->source);
    if (compiled && !compiled->text().empty()) labels += (labels.empty() ? "" : ",") + compiled->text();
  }
  key.selection.label_selector = std::move(labels);
  key.selection.ns = selector.ns;
  if (!selector.name.empty()) key.selection.field_selector = "metadata.name=" + selector.name;
  return key;
}

KindWatch::KindWatch(io::Loop& loop, Engines& engines, std::shared_ptr<cluster::Cluster> of, WatchKey key,
                     std::vector<Subscription> subscriptions, Changed changed)
    : loop_(loop),
      engines_(engines),
      cluster_(std::move(of)),
      key_(std::move(key)),
      subscriptions_(std::move(subscriptions)),
      states_(subscriptions_.size()),
      listing_(subscriptions_.size()),
      changed_(std::move(changed)),
      scope_(loop) {}

void KindWatch::inherit(std::size_t subscription, SelectorState state) {
  state.complete = false;
  states_[subscription] = std::move(state);
}

io::Task<void> KindWatch::run(io::Context context) {
  control::Backoff backoff(kUnservedFirst, kUnservedMax);
  while (!context.cancel.requested()) {
    auto resource = co_await cluster_->mapper().resolve(context, key_.gvk);
    if (resource) {
      control::Reflector reflector(cluster_->managed_client(), std::move(*resource), key_.selection, *this);
      co_await reflector.run(context);
      break;
    }
    if (context.cancel.requested()) break;
    state(resource.error());
    auto slept = co_await io::sleep(loop_, context, backoff.next(resource.error()));
    if (!slept) break;
  }
  queue_.clear();
  co_await scope_.join();
}

void KindWatch::upsert(json::Value object) {
  kube::ObjectKey key = kube::key_of(object);
  // An object in deletion does not match any more (reference/core.md hard case 53).
  if (kube::is_deleting(object)) object = json::Value();
  queue_.push_back({std::move(key), std::move(object), false});
  if (!std::exchange(draining_, true)) scope_.spawn(drain());
}

void KindWatch::gone(const kube::ObjectKey& key, const json::Value&, control::Evidence) {
  queue_.push_back({key, json::Value(), false});
  if (!std::exchange(draining_, true)) scope_.spawn(drain());
}

void KindWatch::synced() {
  queue_.push_back({{}, json::Value(), true});
  if (!std::exchange(draining_, true)) scope_.spawn(drain());
}

void KindWatch::state(const std::optional<Error>& error) {
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    std::string waiting = error ? error->text() : "";
    if (std::exchange(states_[i].waiting, waiting) != waiting) changed_(subscriptions_[i]);
  }
}

io::Task<void> KindWatch::drain() {
  while (!queue_.empty()) {
    auto items = std::make_shared<std::vector<Item>>(std::make_move_iterator(queue_.begin()),
                                                     std::make_move_iterator(queue_.end()));
    queue_.clear();
    std::vector<Filter> filters;
    for (const Subscription& subscription : subscriptions_) filters.push_back(subscription.filter);
    bool trivial = std::ranges::all_of(filters, [](const Filter& f) { return !f.script; });
    auto work = [items, filters = std::move(filters), &engines = engines_, now = loop_.now()] {
      Verdicts verdicts(items->size());
      std::vector<std::size_t> exhausted(filters.size(), 0);
      std::vector<Verdict> last(filters.size());
      for (std::size_t i = 0; i < items->size(); ++i) {
        if ((*items)[i].object.is_null()) continue;
        for (std::size_t f = 0; f < filters.size(); ++f) {
          bool give_up = exhausted[f] >= kExhaustedMax;
          Verdict verdict = give_up ? last[f] : engines.evaluate(filters[f], (*items)[i].object, now);
          exhausted[f] = verdict.exhausted ? exhausted[f] + (give_up ? 0 : 1) : 0;
          last[f] = verdict;
          verdicts[i].push_back(std::move(verdict));
        }
      }
      return verdicts;
    };
    if (trivial) {
      Verdicts verdicts = work();
      apply(*items, verdicts);
    } else {
      Verdicts verdicts = co_await io::offload(loop_, std::move(work));
      apply(*items, verdicts);
    }
  }
  draining_ = false;
}

void KindWatch::apply(const std::vector<Item>& items, const Verdicts& verdicts) {
  std::set<std::size_t> touched;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].synced) {
      finish_list(touched);
    } else {
      apply_object(items[i], verdicts[i], touched);
    }
  }
  for (std::size_t subscription : touched) changed_(subscriptions_[subscription]);
}

void KindWatch::apply_object(const Item& item, const std::vector<Verdict>& verdicts,
                             std::set<std::size_t>& touched) {
  kube::ObjectId id{key_.gvk.group, key_.gvk.kind, item.key};
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    SelectorState& state = listed_ ? states_[i] : listing_[i];
    if (item.object.is_null()) {
      bool known = state.matches.erase(id) + state.failures.erase(id) > 0;
      if (known && listed_) touched.insert(i);
      continue;
    }
    const Verdict& verdict = verdicts[i];
    bool had_failed = state.failures.erase(id) > 0;
    if (verdict.error) {
      // Unknown: what was decided before stands.
      state.failures[id] = *verdict.error;
      auto before = states_[i].matches.find(id);
      if (!listed_ && before != states_[i].matches.end()) state.matches.insert(*before);
    } else if (verdict.matching) {
      state.matches.insert_or_assign(id, match_of(id, item.object, subscriptions_[i].collect));
    } else if (state.matches.erase(id) == 0 && !had_failed) {
      continue;
    }
    if (listed_) touched.insert(i);
  }
}

void KindWatch::finish_list(std::set<std::size_t>& touched) {
  listed_ = true;
  for (std::size_t i = 0; i < subscriptions_.size(); ++i) {
    states_[i] = std::move(listing_[i]);
    states_[i].complete = true;
    touched.insert(i);
  }
  listing_.clear();
}

}  // namespace lesto::event
