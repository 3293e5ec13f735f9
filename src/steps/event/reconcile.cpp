#include "steps/event/reconcile.h"

#include "fleet/model/unsupported.h"
#include "foundation/json/text.h"

namespace lesto::event {
namespace {

constexpr std::size_t kReportsParallel = 64;
constexpr std::size_t kStatusesParallel = 8;

bool same_script(const Filter& a, const Filter& b) {
  if (a.broken != b.broken || !a.script != !b.script) return false;
  return !a.script || a.script->text() == b.script->text();
}

bool same(const std::vector<Subscription>& a, const std::vector<Subscription>& b) {
  return std::ranges::equal(a, b, [](const Subscription& x, const Subscription& y) {
    return x.source == y.source && x.selector == y.selector && same_script(x.filter, y.filter) &&
           x.collect == y.collect;
  });
}

}  // namespace

Step::Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
           ledger::Ledger& ledger)
    : loop_(loop),
      log_(log),
      management_(management),
      registry_(registry),
      ledger_(ledger),
      replan_soon_(loop, [this] { replan(); }),
      reports_(
          loop, kReportsParallel, [this](io::Context context, SourceKey key) { return reconcile(std::move(context), std::move(key)); },
          [this](const SourceKey& key, const Error& error) {
            log_.warn("event", "report not written",
                      {{"source", key.source}, {"cluster", cluster::cluster_text(key.cluster)}, {"error", error.text()}});
          }),
      statuses_(
          loop, kStatusesParallel,
          [this](io::Context context, std::string source) { return reconcile_status(std::move(context), std::move(source)); },
          [this](const std::string& source, const Error& error) {
            log_.warn("event", "status not written", {{"source", source}, {"error", error.text()}});
          }) {
  index_reports(management_);
  listen();
}

void Step::listen() {
  // Labels count, too: they say whose rights are asked for.
  auto spec_changed = [this](const control::Change& change) {
    if (change.before["spec"] != change.after["spec"] ||
        change.before["metadata"]["labels"] != change.after["metadata"]["labels"] ||
        change.before["metadata"]["deletionTimestamp"] != change.after["metadata"]["deletionTimestamp"]) {
      replan_soon_.request();
    }
  };
  management_.event_triggers.store().listen(spec_changed);
  management_.event_based_add_ons.store().listen(spec_changed);
  management_.event_sources.store().listen([this, spec_changed](const control::Change& change) {
    spec_changed(change);
    if (!change.after.is_null()) statuses_.wake(std::string(kube::name_of(change.after)));
  });
  management_.event_reports.store().listen([this](const control::Change& change) {
    auto source = source_of(change.after.is_null() ? change.before : change.after);
    if (source) reports_.wake(*source);
  });
  registry_.listen([this](cluster::ClusterChange change, cluster::Cluster& cluster) {
    if (change == cluster::ClusterChange::Gone) replan_cluster(cluster.ref(), {});
    replan_soon_.request();
  });
}

void Step::start(io::TaskScope& scope) {
  scope_ = &scope;
  replan();
  reports_.start(scope);
  statuses_.start(scope);
}

void Step::cancel() {
  for (auto& [ref, watches] : watches_) {
    for (auto& [key, running] : watches) end(std::move(running));
  }
  watches_.clear();
}

void Step::replan() {
  if (!scope_ || scope_->context().cancel.requested()) return;
  Plan plan = gather_plan(management_, registry_);
  std::set<SourceKey> touched = plan.wanted;
  touched.insert(plan_.wanted.begin(), plan_.wanted.end());
  plan_ = std::move(plan);
  std::set<model::ClusterRef> clusters;
  for (const auto& [ref, watches] : watches_) clusters.insert(ref);
  for (const auto& [ref, watches] : plan_.watches) clusters.insert(ref);
  for (const model::ClusterRef& ref : clusters) {
    auto wanted = plan_.watches.find(ref);
    replan_cluster(ref, wanted == plan_.watches.end() ? std::map<WatchKey, std::vector<Subscription>>() : wanted->second);
  }
  for (const SourceKey& key : touched) {
    reports_.wake(key);
    statuses_.wake(key.source);
  }
  // Reports of sources that nobody wants any more, also from before a restart.
  for (const auto& [key, report] : management_.event_reports.typed.all()) {
    SourceKey source{report->spec.cluster, report->spec.event_source_name};
    if (!plan_.wanted.contains(source)) reports_.wake(source);
  }
}

void Step::replan_cluster(const model::ClusterRef& ref, std::map<WatchKey, std::vector<Subscription>> wanted) {
  Watches& watches = watches_[ref];
  auto of = registry_.find(ref);
  for (auto running = watches.begin(); running != watches.end();) {
    if (of && wanted.contains(running->first)) {
      ++running;
      continue;
    }
    end(std::move(running->second));
    running = watches.erase(running);
  }
  if (!of) {
    watches_.erase(ref);
    return;
  }
  for (auto& [key, subscriptions] : wanted) {
    auto running = watches.find(key);
    if (running == watches.end()) {
      begin(of, key, std::move(subscriptions), nullptr, watches);
    } else if (!same(running->second->watch->subscriptions(), subscriptions)) {
      std::unique_ptr<Running> before = std::move(running->second);
      watches.erase(running);
      begin(of, key, std::move(subscriptions), before->watch.get(), watches);
      end(std::move(before));
    }
  }
}

void Step::begin(const std::shared_ptr<cluster::Cluster>& of, const WatchKey& key,
                 std::vector<Subscription> subscriptions, const KindWatch* before, Watches& watches) {
  auto running = std::make_unique<Running>(loop_);
  std::vector<Subscription> wanted = subscriptions;
  running->watch = std::make_unique<KindWatch>(loop_, engines_, of, key, std::move(subscriptions),
                                               [this](const Subscription& subscription) {
                                                 reports_.wake(subscription.source);
                                                 statuses_.wake(subscription.source.source);
                                               });
  for (std::size_t i = 0; !before && i < wanted.size(); ++i) {
    // After a restart the reports say what was decided before.
    SelectorState known;
    known.matches = reported_matches(gather_reports(management_, wanted[i].source), {key.gvk.group, key.gvk.kind});
    running->watch->inherit(i, std::move(known));
  }
  for (std::size_t i = 0; before && i < wanted.size(); ++i) {
    for (std::size_t k = 0; k < before->subscriptions().size(); ++k) {
      const Subscription& old = before->subscriptions()[k];
      if (old.source == wanted[i].source && old.selector == wanted[i].selector) {
        running->watch->inherit(i, before->state(k));
      }
    }
  }
  running->scope.spawn(running->watch->run(running->scope.context()));
  watches.emplace(key, std::move(running));
}

void Step::end(std::unique_ptr<Running> running) {
  running->scope.cancel();
  scope_->spawn(reap(std::move(running)));
}

io::Task<void> Step::reap(std::unique_ptr<Running> running) { co_await running->scope.join(); }

Inputs Step::gather(const SourceKey& key) {
  Inputs inputs{.cluster = key.cluster, .source = key.source, .matches = {}, .incomplete = {}, .existing = {}, .known = {}};
  inputs.existing = gather_reports(management_, key);
  auto known = known_.find(key);
  if (known != known_.end()) inputs.known = known->second;
  auto source = management_.event_sources.get({"", key.source});
  // A source that does not parse, or is not served, is not a source that is gone.
  bool exists = !management_.event_sources.store().get({"", key.source}).is_null();
  inputs.wanted = plan_.wanted.contains(key) && exists;
  inputs.hold = exists && (!source || plan_.refused.contains(key.source) || (!inputs.wanted && plan_.uncertain));
  if (!source) return inputs;
  inputs.collect_resources = source->spec.collect_resources;
  auto watches = watches_.find(key.cluster);
  for (std::size_t i = 0; i < source->spec.resource_selectors.size(); ++i) {
    const model::ResourceSelector& selector = source->spec.resource_selectors[i];
    bool complete = false;
    auto running = watches == watches_.end() ? Watches::iterator() : watches->second.find(watch_key(selector));
    if (watches != watches_.end() && running != watches->second.end()) {
      const KindWatch& watch = *running->second->watch;
      for (std::size_t k = 0; k < watch.subscriptions().size(); ++k) {
        if (watch.subscriptions()[k].source != key || watch.subscriptions()[k].selector != i) continue;
        complete = watch.state(k).complete;
        inputs.matches.push_back(&watch.state(k).matches);
      }
    }
    if (!complete) inputs.incomplete.insert({selector.group, selector.kind});
  }
  bool aggregates = !source->spec.aggregated_selection.empty();
  if (inputs.wanted && aggregates && !inputs.incomplete.empty()) inputs.hold = true;
  return inputs;
}

io::Task<Result<Matches>> Step::aggregate(const Inputs& inputs, const model::EventSource& source) {
  auto script = lua::Script::compile(source.spec.aggregated_selection);
  if (!script) co_return fail(Code::Invalid, "spec.aggregatedSelection: " + script.error().message);
  Matches all;
  for (const Matches* set : inputs.matches) all.insert(set->begin(), set->end());
  std::vector<json::Value> objects;
  for (const auto& [id, match] : all) objects.push_back(match.object);
  auto work = [script = std::move(*script), objects = std::move(objects), &engines = engines_, now = loop_.now()] {
    return engines.aggregate(script, objects, now);
  };
  auto selected = co_await io::offload(loop_, std::move(work));
  if (!selected) co_return fail(std::move(selected.error()).during("spec.aggregatedSelection"));
  Matches matches;
  // The script may have changed what it hands out: its text is its version.
  for (const json::Value& object : *selected) {
    kube::ObjectId id = kube::id_of(object);
    std::string text = json::write(object);
    model::ObjectReference reference = reference_to(object);
    matches.emplace(id, make_match(id, std::move(reference), object, text.size(), text));
  }
  co_return matches;
}

io::Task<Result<control::Again>> Step::reconcile(io::Context context, SourceKey key) {
  Inputs inputs = gather(key);
  auto source = management_.event_sources.get({"", key.source});
  std::string refused;
  Matches selected;
  if (source && inputs.wanted && !inputs.hold && !source->spec.aggregated_selection.empty()) {
    auto aggregated = co_await aggregate(inputs, *source);
    if (!aggregated) {
      refused = aggregated.error().text();
      inputs.hold = true;
    } else {
      selected = std::move(*aggregated);
      inputs.matches = {&selected};
    }
  }
  Decision decision = decide(inputs);
  if (decision.refused) refused = *decision.refused;
  if (std::exchange(refused_[key], refused) != refused) statuses_.wake(key.source);
  if (refused.empty()) refused_.erase(key);
  // Nothing was decided: what is known of the reports stays so, too.
  if (inputs.hold || decision.refused) co_return control::Again{};
  auto done = co_await act(std::move(context), management_, ledger_, std::move(decision), known_[key]);
  if (!done) co_return fail(std::move(done).error());
  if (!inputs.wanted) {
    known_.erase(key);
    management_.confirmed_reports.forget(key.cluster, key.source);
  } else if (inputs.incomplete.empty()) {
    management_.confirmed_reports.confirm(key.cluster, key.source);
  }
  co_return control::Again{};
}

std::vector<SourceState> Step::states_of(const std::string& source) const {
  std::vector<SourceState> states;
  // The form of v1alpha1 has one script beside spec.
  bool flat = management_.event_sources.collection.get({"", source})["spec"]["resourceSelectors"].empty();
  for (const SourceKey& key : plan_.wanted) {
    if (key.source != source) continue;
    SourceState state{.cluster = cluster::cluster_text(key.cluster), .first_failure = {}, .others = {}, .listing = false, .waiting = {}};
    auto refused = refused_.find(key);
    if (refused != refused_.end()) {
      state.failures = 1;
      state.first_failure = refused->second;
    }
    auto watches = watches_.find(key.cluster);
    if (watches == watches_.end()) continue;
    for (const auto& [watch_key, running] : watches->second) {
      for (std::size_t i = 0; i < running->watch->subscriptions().size(); ++i) {
        const Subscription& subscription = running->watch->subscriptions()[i];
        if (subscription.source != key) continue;
        const SelectorState& selector = running->watch->state(i);
        state.matches += selector.matches.size();
        state.failures += selector.failures.size();
        auto field = [&] {
          return flat ? "spec.script: " : "spec.resourceSelectors[" + std::to_string(subscription.selector) + "].evaluate: ";
        };
        if (state.first_failure.empty() && subscription.filter.broken) {
          state.failures = std::max<std::size_t>(state.failures, 1);
          state.first_failure = field() + *subscription.filter.broken;
        }
        for (const auto& [id, failure] : selector.failures) {
          if (state.first_failure.empty()) {
            state.first_failure = id.text() + ": " + field() + failure;
          } else if (state.others.size() < kFailuresNamed) {
            state.others.push_back(id.text());
          } else {
            break;
          }
        }
        if (state.waiting.empty()) state.waiting = selector.waiting;
        state.listing |= !selector.complete && selector.waiting.empty();
      }
    }
    states.push_back(std::move(state));
  }
  return states;
}

io::Task<Result<control::Again>> Step::reconcile_status(io::Context context, std::string name) {
  co_await management_.quiet(context);
  kube::ObjectKey key{"", name};
  const json::Value& object = management_.event_sources.store().get(key);
  if (object.is_null()) co_return control::Again{};
  model::EventSource unreadable;
  unreadable.meta.generation = kube::generation_of(object);
  auto source = management_.event_sources.get(key);
  SourceInputs inputs{.source = source ? *source : unreadable, .refused = {}, .clusters = states_of(name)};
  for (const SourceKey& wanted : plan_.wanted) inputs.wanted |= wanted.source == name;
  if (const Error* error = management_.event_sources.typed.error(key)) inputs.refused = error->text();
  auto refused = plan_.refused.find(name);
  if (refused != plan_.refused.end()) inputs.refused = refused->second;
  if (source) {
    auto unsupported = model::unsupported(*source);
    if (!unsupported.empty()) inputs.refused = model::unsupported_text(unsupported);
  }
  // The end of each list wakes the status again.
  auto unknown = [](const SourceState& state) { return state.listing && state.failures == 0; };
  if (inputs.refused.empty() && std::ranges::any_of(inputs.clusters, unknown)) co_return control::Again{};
  json::Value conditions = decide_status(inputs, object["status"]["conditions"], loop_.now());
  if (conditions.is_null()) co_return control::Again{};
  auto written = co_await management_.event_sources.collection.patch_status(
      std::move(context), key, json::object({{"conditions", std::move(conditions)}}));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return control::Again{};
}

}  // namespace lesto::event
