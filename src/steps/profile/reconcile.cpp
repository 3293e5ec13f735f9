#include "steps/profile/reconcile.h"

#include "fleet/model/names.h"
#include "fleet/model/unsupported.h"
#include "kube/control/conditions.h"

namespace lesto::profile {
namespace {

constexpr std::size_t kProfilesParallel = 64;
constexpr std::size_t kStatusesParallel = 32;

std::string_view finalizer_of(model::ProfileScope scope) {
  return scope == model::ProfileScope::Cluster ? model::finalizer::kClusterProfile : model::finalizer::kProfile;
}

}  // namespace

Step::Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
           ledger::Ledger& ledger)
    : loop_(loop),
      log_(log),
      management_(management),
      registry_(registry),
      ledger_(ledger),
      wake_soon_(loop, [this] { wake_all(); }),
      profiles_(
          loop, kProfilesParallel,
          [this](io::Context context, ProfileKey key) { return reconcile(std::move(context), std::move(key)); },
          [this](const ProfileKey& key, const Error& error) {
            log_.warn("profile", "profile not handled", {{"profile", key.key.text()}, {"error", error.text()}});
          }),
      statuses_(
          loop, kStatusesParallel,
          [this](io::Context context, ProfileKey key) { return reconcile_status(std::move(context), std::move(key)); },
          [this](const ProfileKey& key, const Error& error) {
            log_.warn("profile", "status not written", {{"profile", key.key.text()}, {"error", error.text()}});
          }),
      unserved_(loop, log, management) {
  index_summaries(management_);
  listen();
}

void Step::listen() {
  for (model::ProfileScope scope : {model::ProfileScope::Cluster, model::ProfileScope::Namespace}) {
    management_.profiles_of(scope).store().listen([this, scope](const control::Change& change) {
      ProfileKey key{scope, kube::key_of(change.after.is_null() ? change.before : change.after)};
      bool same = change.before["spec"] == change.after["spec"] &&
                  change.before["metadata"]["labels"] == change.after["metadata"]["labels"] &&
                  change.before["metadata"]["annotations"] == change.after["metadata"]["annotations"] &&
                  change.before["metadata"]["deletionTimestamp"] == change.after["metadata"]["deletionTimestamp"];
      if (!same) profiles_.wake(key);
      statuses_.wake(key);
    });
  }
  management_.cluster_summaries.store().listen([this](const control::Change& change) {
    auto owner = owner_of(change.after.is_null() ? change.before : change.after);
    if (!owner) return;
    bool same = change.before["spec"] == change.after["spec"] &&
                change.before["metadata"]["deletionTimestamp"] == change.after["metadata"]["deletionTimestamp"];
    if (!same) profiles_.wake(*owner);
    statuses_.wake(*owner);
  });
  registry_.listen([this](cluster::ClusterChange, cluster::Cluster&) { wake_soon_.request(); });
}

void Step::wake_all() {
  if (!scope_) return;
  for (model::ProfileScope scope : {model::ProfileScope::Cluster, model::ProfileScope::Namespace}) {
    for (const auto& [key, object] : management_.profiles_of(scope).store().all()) {
      profiles_.wake({scope, key});
      statuses_.wake({scope, key});
    }
  }
}

void Step::start(io::TaskScope& scope) {
  scope_ = &scope;
  wake_all();
  profiles_.start(scope);
  statuses_.start(scope);
  unserved_.start(scope);
}

std::string Step::refused(const ProfileKey& key) const {
  const auto& profiles = key.scope == model::ProfileScope::Cluster ? management_.cluster_profiles : management_.profiles;
  if (const Error* error = profiles.typed.error(key.key)) return error->text();
  auto profile = profiles.get(key.key);
  if (!profile) return {};
  auto unsupported = model::unsupported(*profile);
  if (!unsupported.empty()) return model::unsupported_text(unsupported);
  if (auto out = out_of_namespace(*profile)) return *out;
  auto matching = gather_matching(registry_, *profile);
  return matching ? "" : matching.error().text();
}

io::Task<Result<bool>> Step::settle_finalizer(io::Context context, ProfileKey key) {
  control::Collection& collection = management_.profiles_of(key.scope).collection;
  json::Value object = collection.get(key.key);
  std::string_view finalizer = finalizer_of(key.scope);
  if (!kube::is_deleting(object)) {
    if (kube::has_finalizer(object, finalizer)) co_return false;
    auto written = co_await collection.update(std::move(context), control::with_finalizer(std::move(object), finalizer));
    if (!written) co_return fail(std::move(written).error());
    co_return false;
  }
  if (!gather_summaries(management_, key).empty() || !kube::has_finalizer(object, finalizer)) co_return false;
  auto written = co_await collection.update(std::move(context), control::without_finalizer(std::move(object), finalizer));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return true;
}

io::Task<Result<control::Again>> Step::reconcile(io::Context context, ProfileKey key) {
  const json::Value& object = management_.profiles_of(key.scope).store().get(key.key);
  // A profile that is gone takes its summaries along through the garbage collector, each through its finalizer.
  if (object.is_null()) co_return control::Again{};
  if (kube::annotation_of(object, model::annotation::kProfilePaused)) co_return control::Again{};
  auto over = co_await settle_finalizer(context, key);
  if (!over) co_return fail(std::move(over).error());
  auto profile = management_.profiles_of(key.scope).get(key.key);
  if (*over || !profile) co_return control::Again{};
  Inputs inputs{.profile = profile, .matching = {}, .existing = gather_summaries(management_, key)};
  if (!profile->meta.deleted) {
    // What cannot be served as a whole is not served by half.
    if (!refused(key).empty()) co_return control::Again{};
    auto matching = gather_matching(registry_, *profile);
    if (!matching) co_return control::Again{};
    inputs.matching = std::move(*matching);
  }
  auto done = co_await act(std::move(context), management_, ledger_, decide(inputs));
  if (!done) co_return fail(std::move(done).error());
  co_return control::Again{};
}

io::Task<Result<control::Again>> Step::reconcile_status(io::Context context, ProfileKey key) {
  co_await management_.quiet(context);
  control::Collection& collection = management_.profiles_of(key.scope).collection;
  const json::Value& object = collection.get(key.key);
  if (object.is_null()) {
    deploying_.erase(key);
    co_return control::Again{};
  }
  StatusInputs inputs;
  inputs.generation = kube::generation_of(object);
  inputs.refused = refused(key);
  inputs.profile = management_.profiles_of(key.scope).get(key.key);
  inputs.summaries = gather_summaries(management_, key);
  inputs.suspended = kube::annotation_of(object, model::annotation::kProfilePaused) != nullptr;
  if (inputs.profile && !inputs.profile->meta.deleted) {
    auto matching = gather_matching(registry_, *inputs.profile);
    if (matching) inputs.matching = std::move(*matching);
  }
  json::Value status = decide_status(inputs, object["status"], loop_.now());
  bool passing = control::reason_of(status["conditions"], "Ready") == kDeploying || kube::is_deleting(object);
  if (auto wait = deploying_[key].hold(passing, loop_.now())) co_return control::Again{.after = wait};
  deploying_.erase(key);
  if (status.is_null()) co_return control::Again{};
  auto written = co_await collection.patch_status(std::move(context), key.key, std::move(status));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return control::Again{};
}

}  // namespace lesto::profile
