#include "steps/deploy/reconcile.h"

#include "fleet/model/names.h"
#include "kube/control/conditions.h"

namespace lesto::deploy {
namespace {

constexpr std::size_t kInventoriesParallel = 16;
constexpr std::size_t kStatusesParallel = 64;
// A summary whose object somebody else holds hears when that changes; this is for what nobody tells.
constexpr Duration kLookAgain = std::chrono::seconds(60);

kube::ObjectKey summary_key(const model::ClusterRef& cluster, const Owner& owner) {
  model::OwnerScope scope = owner.kind == "Profile" ? model::OwnerScope::Namespace : model::OwnerScope::Cluster;
  return {cluster.ns, model::cluster_summary_name(scope, owner.name, cluster)};
}

const model::FeatureSummary* resources_feature(const model::ClusterSummary& summary) {
  for (const model::FeatureSummary& feature : summary.status.feature_summaries) {
    if (feature.feature == model::FeatureId::Resources) return &feature;
  }
  return nullptr;
}

bool is_deployed(const model::ClusterSummary& summary) {
  const model::FeatureSummary* feature = resources_feature(summary);
  return feature && feature->status == model::FeatureStatus::Provisioned && feature->hash;
}

}  // namespace

Step::Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
           ledger::Ledger& ledger, DeleteLimits deletes)
    : loop_(loop),
      log_(log),
      management_(management),
      registry_(registry),
      ledger_(ledger),
      budget_(deletes),
      statuses_(
          loop, kStatusesParallel, [this](io::Context context, kube::ObjectKey key) { return write_status(std::move(context), std::move(key)); },
          [this](const kube::ObjectKey& key, const Error& error) {
            log_.warn("deploy", "status not written", {{"summary", key.text()}, {"error", error.text()}});
          }),
      inventories_(
          loop, kInventoriesParallel,
          [this](io::Context context, model::ClusterRef ref) { return write_inventory(std::move(context), std::move(ref)); },
          [this](const model::ClusterRef& ref, const Error& error) {
            log_.warn("deploy", "inventory not written", {{"cluster", cluster::cluster_text(ref)}, {"error", error.text()}});
          }) {
  orphans_ = std::make_unique<Summaries>(
      loop, kSummariesParallel,
      [this](io::Context context, kube::ObjectKey key) { return reconcile_orphan(std::move(context), std::move(key)); },
      [this](const kube::ObjectKey& key, const Error& error) {
        log_.warn("deploy", "summary not handled", {{"summary", key.text()}, {"error", error.text()}});
      });
  listen();
}

void Step::listen() {
  management_.cluster_summaries.store().listen([this](const control::Change& change) {
    if (!scope_) return;
    bool same = change.before["spec"] == change.after["spec"] &&
                change.before["metadata"]["annotations"] == change.after["metadata"]["annotations"] &&
                change.before["metadata"]["deletionTimestamp"] == change.after["metadata"]["deletionTimestamp"];
    kube::ObjectKey key = kube::key_of(change.after.is_null() ? change.before : change.after);
    if (!same) wake(key);
    // A status whose write had no answer may come later than the decision that nothing is to be written.
    bool told = change.before["status"] != change.after["status"] && outcomes_.contains(key);
    if (told && !change.after.is_null()) statuses_.wake(key);
    if (!change.after.is_null()) return;
    remember_uses(key, {});
    outcomes_.erase(key);
  });
  auto listen_content = [this](control::Collection& collection, std::string kind) {
    collection.store().listen([this, kind](const control::Change& change) {
      bool same = change.before["data"] == change.after["data"] && change.before["type"] == change.after["type"] &&
                  change.before["metadata"]["annotations"] == change.after["metadata"]["annotations"];
      auto users = users_.find({{"", "v1", kind}, kube::key_of(change.after.is_null() ? change.before : change.after)});
      if (same || users == users_.end()) return;
      for (const kube::ObjectKey& key : users->second) wake(key);
    });
  };
  listen_content(management_.config_maps, "ConfigMap");
  listen_content(management_.secrets, "Secret");
  management_.listen_other([this](const kube::GroupVersionKind& gvk, const control::Change& change) {
    auto users = users_.find({gvk, kube::key_of(change.after.is_null() ? change.before : change.after)});
    if (users == users_.end()) return;
    for (const kube::ObjectKey& key : users->second) wake(key);
  });
  registry_.listen([this](cluster::ClusterChange change, cluster::Cluster& cluster) { hear_cluster(change, cluster); });
}

void Step::start(io::TaskScope& scope) {
  scope_ = &scope;
  orphans_->start(scope);
  for (const auto& [key, object] : management_.cluster_summaries.store().all()) wake(key);
  statuses_.start(scope);
  inventories_.start(scope);
}

Step::Lane& Step::lane_of(const std::shared_ptr<cluster::Cluster>& of) {
  std::unique_ptr<Lane>& lane = lanes_[of->ref()];
  if (lane) return *lane;
  lane = std::make_unique<Lane>();
  lane->scope = std::make_unique<io::TaskScope>(loop_);
  model::ClusterRef ref = of->ref();
  lane->target = std::make_unique<Target>(
      loop_, of, [this, ref](const kube::ObjectId& id, const Owner* before, const Owner* after) { hear_owned(ref, id, before, after); });
  lane->summaries = std::make_unique<Summaries>(
      loop_, kSummariesParallel,
      [this](io::Context context, kube::ObjectKey key) { return reconcile(std::move(context), std::move(key)); },
      [this](const kube::ObjectKey& key, const Error& error) {
        log_.warn("deploy", "summary not handled", {{"summary", key.text()}, {"error", error.text()}});
      });
  lane->summaries->start(*lane->scope);
  return *lane;
}

void Step::wake(const kube::ObjectKey& key) {
  // Nobody would join a lane that is made after cancel().
  if (!scope_ || scope_->context().cancel.requested()) return;
  auto summary = management_.cluster_summaries.get(key);
  if (!summary) return;
  auto of = registry_.find(summary->spec.cluster);
  if (of) {
    lane_of(of).summaries->wake(key);
  } else {
    orphans_->wake(key);
  }
}

void Step::hear_cluster(cluster::ClusterChange change, cluster::Cluster& cluster) {
  if (!scope_) return;
  if (change == cluster::ClusterChange::Gone) {
    auto lane = lanes_.find(cluster.ref());
    if (lane != lanes_.end()) {
      end(std::move(lane->second));
      lanes_.erase(lane);
    }
    // What came through this registration may go to another one of the same cluster.
    for (const auto& [object, keys] : std::exchange(losers_, {})) {
      for (const kube::ObjectKey& key : keys) wake(key);
    }
  }
  for (const auto& [key, summary] : management_.cluster_summaries.typed.all()) {
    if (summary->spec.cluster == cluster.ref()) wake(key);
  }
}

void Step::end(std::unique_ptr<Lane> lane) {
  lane->scope->cancel();
  lane->target->owned.cancel();
  scope_->spawn(reap(std::move(lane)));
}

void Step::cancel() {
  for (auto& [ref, lane] : lanes_) end(std::move(lane));
  lanes_.clear();
}

io::Task<void> Step::reap(std::unique_ptr<Lane> lane) {
  co_await lane->scope->join();
  co_await lane->target->owned.join();
}

void Step::hear_owned(const model::ClusterRef& ref, const kube::ObjectId& id, const Owner* before, const Owner* after) {
  inventories_.wake(ref);
  // Whoever had it and lost it finds out; whoever wanted it may have it now.
  if (before && after) wake(summary_key(ref, *before));
  auto losers = losers_.find({ref, id});
  if (losers == losers_.end()) return;
  std::set<kube::ObjectKey> keys = std::move(losers->second);
  losers_.erase(losers);
  for (const kube::ObjectKey& key : keys) wake(key);
}

void Step::remember_uses(const kube::ObjectKey& key, std::vector<Use> uses) {
  for (const Use& use : uses_[key]) {
    auto users = users_.find(use);
    if (users == users_.end()) continue;
    users->second.erase(key);
    if (users->second.empty()) users_.erase(users);
  }
  if (uses.empty()) {
    uses_.erase(key);
    return;
  }
  for (const Use& use : uses) users_[use].insert(key);
  uses_[key] = std::move(uses);
}

std::set<std::string> Step::known_kinds(const model::ClusterSummary& summary) const {
  std::set<std::string> kinds = recorded_kinds(management_.cluster_configurations.get(configuration_key(summary.spec.cluster)));
  for (const model::FeatureDeploymentInfo& info : summary.status.deployed_gvks) {
    kinds.insert(info.deployed_group_version_kinds.begin(), info.deployed_group_version_kinds.end());
  }
  return kinds;
}

io::Task<Result<control::Again>> Step::reconcile(io::Context context, kube::ObjectKey key) {
  auto summary = management_.cluster_summaries.get(key);
  if (!summary) co_return control::Again{};
  if (summary->meta.deleted) {
    auto withdrawn = co_await withdraw(std::move(context), std::move(summary));
    co_return withdrawn;
  }
  auto of = registry_.find(summary->spec.cluster);
  if (!of) co_return control::Again{};
  if (summary->meta.has_annotation(model::annotation::kPaused) || of->paused()) co_return control::Again{};
  Lane& lane = lane_of(of);
  Outcome outcome = co_await deploy(context, summary, *lane.target);
  if (context.cancel.requested()) co_return control::Again{};
  std::optional<Error> error = outcome.error;
  bool held_elsewhere = outcome.held_elsewhere;
  tell(key, std::move(outcome));
  // What somebody else holds waits for its object to change hands; what is missing or invalid, for its input: all of
  // these wake it.
  bool again = error && error->code() != Code::Invalid && error->code() != Code::TooLarge;
  if (held_elsewhere) co_return control::Again{.after = kLookAgain};
  if (again) co_return fail(*error);
  co_return control::Again{};
}

// A summary whose cluster does not exist. Work in a cluster is its lane's.
io::Task<Result<control::Again>> Step::reconcile_orphan(io::Context context, kube::ObjectKey key) {
  auto summary = management_.cluster_summaries.get(key);
  if (summary && registry_.find(summary->spec.cluster)) {
    wake(key);
    co_return control::Again{};
  }
  auto result = co_await reconcile(std::move(context), std::move(key));
  co_return result;
}

io::Task<Outcome> Step::deploy(io::Context context, std::shared_ptr<const model::ClusterSummary> summary, Target& target) {
  Outcome outcome;
  outcome.generation = summary->meta.generation;
  outcome.kinds = known_kinds(*summary);
  auto failed = [&](Error error) {
    outcome.phase = Phase::Failed;
    outcome.error = std::move(error);
    return std::move(outcome);
  };
  if (!target.managed->ready()) {
    outcome.error = Error(Code::Invalid, "cluster " + cluster::cluster_text(summary->spec.cluster) + " is not ready");
    co_return outcome;
  }
  // What was let pass before somebody made it a tenant's.
  auto unserved = tenant_fields(*summary);
  if (!unserved.empty()) co_return failed(Error(Code::Denied, model::unsupported_text(unserved)));
  bool one_time = summary->spec.profile_spec.sync_mode == model::SyncMode::OneTime;
  if (one_time && is_deployed(*summary)) {
    outcome.phase = Phase::Deployed;
    outcome.hash = resources_feature(*summary)->hash->data;
    co_return outcome;
  }
  auto gathered = std::make_shared<Gathered>();
  auto read = co_await gather(context, management_, summary, target.managed->object(), loop_.now(), *gathered);
  kube::ObjectKey key{summary->meta.ns, summary->meta.name};
  remember_uses(key, gathered->uses);
  if (!read) {
    // What is missing may appear, and wakes the summary then.
    bool missing = read.error().code() == Code::NotFound;
    co_return failed(missing ? Error(Code::Invalid, read.error().text()) : std::move(read).error());
  }
  auto work = [gathered, &templates = templates_] { return render(gathered->sources, templates); };
  auto manifest = co_await io::offload(loop_, std::move(work));
  if (!manifest) co_return failed(std::move(manifest).error());
  outcome.hash = manifest->hash;
  bool unchanged = is_deployed(*summary) && resources_feature(*summary)->hash->data == outcome.hash;
  auto applied = co_await apply_all(context, *summary, target, gathered->sources, std::move(*manifest), unchanged, outcome);
  if (!applied) co_return failed(std::move(applied).error());
  outcome.phase = Phase::Deployed;
  co_return outcome;
}

io::Task<Result<control::Again>> Step::withdraw(io::Context context, std::shared_ptr<const model::ClusterSummary> summary) {
  kube::ObjectKey key{summary->meta.ns, summary->meta.name};
  if (!summary->meta.has_finalizer(model::finalizer::kClusterSummary)) co_return control::Again{};
  auto of = registry_.find(summary->spec.cluster);
  // Without its cluster there is nothing to withdraw from (reference/core.md 4.18).
  if (of) {
    auto owner = owner_of_summary(management_.cluster_summaries.collection.get(key));
    if (of->paused() || !owner) co_return control::Again{};
    Target& target = *lane_of(of).target;
    auto watched = co_await watch_kinds(context, target, known_kinds(*summary));
    Result<void> done = std::move(watched);
    if (done) {
      auto verified = co_await target.owned.verify(context);
      done = std::move(verified);
    }
    bool leave = summary->spec.profile_spec.stop_matching_behavior == model::StopMatchingBehavior::LeavePolicies;
    Holder holder{*owner, cluster_mark(summary->spec.cluster)};
    if (done && leave) {
      done = co_await release_objects(context, target, ledger_, holder,
                                      {"left in the cluster without its owner (LeavePolicies)", {read_summary(key)}});
    } else if (done) {
      done = co_await delete_objects(context, target, ledger_, budget_, holder, target.owned.held_by(holder),
                                     {owner->text() + " no longer matches the cluster, or was removed", {read_summary(key)}});
    }
    if (context.cancel.requested()) co_return control::Again{};
    if (!done) {
      tell(key, {.phase = Phase::Leaving,
                 .error = done.error(),
                 .hash = {},
                 .kinds = known_kinds(*summary),
                 .generation = summary->meta.generation});
      co_return fail(std::move(done).error());
    }
  }
  remember_uses(key, {});
  auto dropped = co_await drop_finalizer(std::move(context), key);
  if (!dropped) co_return fail(std::move(dropped).error());
  co_return control::Again{};
}

io::Task<Result<void>> Step::drop_finalizer(io::Context context, kube::ObjectKey key) {
  json::Value object = management_.cluster_summaries.collection.get(key);
  if (object.is_null()) co_return {};
  auto written = co_await management_.cluster_summaries.collection.update(
      std::move(context), control::without_finalizer(std::move(object), model::finalizer::kClusterSummary));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return {};
}

ledger::Input Step::read_summary(const kube::ObjectKey& key) const {
  return ledger::as_read(std::string(cluster::kManagement), management_.cluster_summaries.collection.get(key));
}

// What was refused, or is held by the delete budget: once for each time that the status says something new.
void Step::note(const kube::ObjectKey& key, const Outcome& outcome) {
  if (!outcome.error || outcome.phase == Phase::Waiting) return;
  ledger::Record record;
  record.step = "deploy";
  record.cluster = std::string(cluster::kManagement);
  record.subject = "ClusterSummary " + key.text();
  record.verb = outcome.error->code() == Code::Unavailable ? ledger::Verb::Hold : ledger::Verb::Refuse;
  record.reason = outcome.error->text();
  record.inputs = {read_summary(key)};
  ledger_.append(std::move(record));
}

void Step::tell(const kube::ObjectKey& key, Outcome outcome) {
  outcomes_.insert_or_assign(key, std::make_shared<const Outcome>(std::move(outcome)));
  statuses_.wake(key);
}

io::Task<Result<control::Again>> Step::write_status(io::Context context, kube::ObjectKey key) {
  co_await management_.quiet(context);
  auto known = outcomes_.find(key);
  if (known == outcomes_.end()) co_return control::Again{};
  std::shared_ptr<const Outcome> outcome = known->second;
  // What is called deployed is not applied again after a crash: why it is there must be on record by then.
  if (outcome->phase == Phase::Deployed) co_await ledger_.flushed(context);
  const json::Value& object = management_.cluster_summaries.collection.get(key);
  json::Value status = object.is_null() ? json::Value() : decide_status(*outcome, object, loop_.now());
  if (!status.is_null()) {
    note(key, *outcome);
    auto written = co_await management_.cluster_summaries.collection.patch_status(std::move(context), key, std::move(status));
    if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  }
  co_return control::Again{};
}

io::Task<Result<control::Again>> Step::write_inventory(io::Context context, model::ClusterRef ref) {
  co_await management_.quiet(context);
  auto lane = lanes_.find(ref);
  kube::ObjectKey key = configuration_key(ref);
  const json::Value& configuration = management_.cluster_configurations.get(key);
  if (lane == lanes_.end() || configuration.is_null()) co_return control::Again{};
  const Owned& owned = lane->second->target->owned;
  // Before each kind is known to its last object the inventory stays as it is; the end of their lists wakes it.
  std::vector<kube::GroupVersionKind> kinds;
  for (const std::string& kind : recorded_kinds(configuration)) kinds.push_back(parse_kind_text(kind));
  if (!owned.is_complete(kinds)) co_return control::Again{};
  // The inventory is one object for all of a cluster: the larger it is, the more changes wait for one write.
  std::optional<Time>& due = lane->second->inventory_due;
  if (!due) due = loop_.now() + kInventoryPause + kInventoryPauseEach * owned.size();
  Duration wait = *due - loop_.now();
  if (wait > Duration::zero()) co_return control::Again{.after = wait};
  due.reset();
  json::Value status = decide_inventory(owned, cluster_mark(ref), configuration, loop_.now());
  if (status.is_null()) co_return control::Again{};
  auto written = co_await management_.cluster_configurations.patch_status(std::move(context), key, std::move(status));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return control::Again{};
}

}  // namespace lesto::deploy
