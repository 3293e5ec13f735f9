// From a rendered manifest to the objects in the target: who holds what, stage by stage, then what is left over.
#include "steps/deploy/reconcile.h"

namespace lesto::deploy {
namespace {

std::string kind_of(const kube::GroupVersionKind& gvk) { return kind_text(gvk.kind, gvk.version, gvk.group); }

// The objects of a manifest up to the next barrier, from `next` on.
std::vector<Desired> take_stage(std::vector<Desired>& objects, std::size_t& next) {
  std::vector<Desired> stage;
  bool barrier = next < objects.size() && is_barrier(objects[next].object);
  while (next < objects.size() && is_barrier(objects[next].object) == barrier) {
    stage.push_back(std::move(objects[next++]));
  }
  return stage;
}

std::set<std::string> kinds_of(const std::vector<Placed>& objects) {
  std::set<std::string> kinds;
  for (const Placed& placed : objects) kinds.insert(kind_of(placed.resource.gvk()));
  return kinds;
}

Stamp stamp_of(const model::ClusterSummary& summary, const Owner& owner, const Content& content) {
  const model::ProfileSpec& spec = summary.spec.profile_spec;
  return {.owner = owner,
          .tier = spec.tier,
          .reference_kind = content.object["kind"].string(),
          .reference = {content.ref.ns, content.ref.name},
          .reference_tier = content.ref.tier,
          .cluster = summary.spec.cluster,
          .extra_labels = spec.extra_labels,
          .extra_annotations = spec.extra_annotations};
}

}  // namespace

model::UnsupportedFields Step::tenant_fields(const model::ClusterSummary& summary) const {
  auto own = model::unsupported_labels(summary.meta.labels);
  auto owner = owner_of_summary(management_.cluster_summaries.collection.get({summary.meta.ns, summary.meta.name}));
  if (!own.empty() || !owner) return own;
  bool of_cluster = owner->ns.empty();
  const auto& profiles = of_cluster ? management_.cluster_profiles : management_.profiles;
  auto profile = profiles.get({owner->ns, owner->name});
  return profile ? model::unsupported_labels(profile->meta.labels) : own;
}

Rules Step::rules_of(const model::ClusterSummary& summary, const Owner& owner) const {
  const model::ProfileSpec& spec = summary.spec.profile_spec;
  auto registered = [this](const std::string& mark) {
    return std::ranges::any_of(registry_.all(), [&](const auto& entry) { return cluster_mark(entry.first) == mark; });
  };
  return {.owner = owner,
          .cluster = summary.spec.cluster,
          .tier = spec.tier,
          .continue_on_conflict = spec.continue_on_conflict,
          .continue_on_error = spec.continue_on_error,
          .registered = std::move(registered)};
}

// Whatever comes before the first conflict or error is applied; with continueOnConflict and continueOnError everything
// that may be is.
io::Task<Result<void>> Step::apply_all(io::Context context, const model::ClusterSummary& summary, Target& target,
                                       const Sources& sources, Manifest manifest, bool unchanged, Outcome& outcome) {
  kube::ObjectKey key{summary.meta.ns, summary.meta.name};
  auto owner = owner_of_summary(management_.cluster_summaries.collection.get(key));
  if (!owner) co_return fail(Code::Invalid, "ClusterSummary " + key.text() + " has no owner that is a profile");
  Rules rules = rules_of(summary, *owner);
  // Two references with one object: one of them is deployed, and the other is told as a conflict at the end.
  std::vector<Conflict> duplicates = settle_duplicates(manifest.objects, sources.contents);
  // Kinds of earlier deployments are watched, too, so that what is no longer wanted is found.
  auto watched = co_await watch_kinds(context, target, known_kinds(summary));
  if (!watched) co_return watched;
  std::vector<Placed> wanted;
  std::vector<Conflict> conflicts;
  // With continueOnError: the first error, told at the end.
  std::optional<Error> first_error;
  for (std::size_t next = 0; next < manifest.objects.size();) {
    std::vector<Placed> stage;
    for (Desired& desired : take_stage(manifest.objects, next)) {
      auto resource = co_await target.owned.ensure(context, kube::gvk_of(desired.object));
      if (!resource) {
        Error error = std::move(resource.error()).during(desired.where);
        if (!rules.continue_on_error) co_return fail(std::move(error));
        if (!first_error) first_error = std::move(error);
        continue;
      }
      stage.push_back(place(std::move(desired), std::move(*resource)));
    }
    // Only kinds that the cluster lets us watch are written down: what is written down must be watched by all who deploy
    // there from now on.
    std::set<std::string> kinds = kinds_of(stage);
    outcome.kinds.insert(kinds.begin(), kinds.end());
    auto recorded = co_await record_kinds(context, management_, summary.spec.cluster, std::move(kinds));
    if (!recorded) co_return recorded;
    std::vector<Conflict> twice = settle_duplicates(stage, sources.contents);
    duplicates.insert(duplicates.end(), twice.begin(), twice.end());
    wanted.insert(wanted.end(), stage.begin(), stage.end());
    std::vector<Order> orders;
    for (Placed& placed : stage) {
      auto found = conflict(rules, placed, target.owned.find(placed.id()));
      if (found) {
        losers_[{summary.spec.cluster, placed.id()}].insert(key);
        conflicts.push_back(std::move(*found));
      }
      if (!conflicts.empty() && !rules.continue_on_conflict) break;
      if (found) continue;
      const Content& content = sources.contents[placed.content];
      orders.push_back({.placed = std::move(placed),
                        .stamp = stamp_of(summary, *owner, content),
                        .make_namespace = !content.ref.skip_namespace_creation,
                        .unchanged = unchanged,
                        .inputs = {read_summary(key), ledger::as_read(std::string(cluster::kManagement), content.object)}});
    }
    auto applied = co_await apply_stage(context, target, ledger_, std::move(orders));
    if (!applied && !rules.continue_on_error) co_return applied;
    if (!applied && !first_error) first_error = std::move(applied).error();
    if (!conflicts.empty() && !rules.continue_on_conflict) break;
  }
  if (first_error) co_return fail(std::move(*first_error));
  conflicts.insert(conflicts.end(), duplicates.begin(), duplicates.end());
  outcome.held_elsewhere = !conflicts.empty();
  if (outcome.held_elsewhere) co_return fail(Code::Conflict, conflicts.front().message);
  auto verified = co_await target.owned.verify(context);
  if (!verified) co_return verified;
  Holder holder{*owner, cluster_mark(summary.spec.cluster)};
  auto pruned = co_await delete_objects(context, target, ledger_, budget_, holder,
                                        stale(target.owned.held_by(holder), wanted),
                                        {"the profile's content no longer holds it", {read_summary(key)}});
  co_return pruned;
}

io::Task<Result<void>> Step::watch_kinds(io::Context context, Target& target, std::set<std::string> kinds) {
  for (const std::string& kind : kinds) {
    auto watched = co_await target.owned.ensure(context, parse_kind_text(kind));
    // What a cluster does not serve it does not hold.
    if (!watched && watched.error().code() != Code::NotFound) co_return fail(std::move(watched).error());
  }
  inventories_.wake(target.managed->ref());
  co_return {};
}

}  // namespace lesto::deploy
