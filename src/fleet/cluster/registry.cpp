#include "fleet/cluster/registry.h"

#include "fleet/cluster/probe.h"

namespace lesto::cluster {
namespace {

constexpr std::size_t kProbesMax = 64;

model::ClusterRef ref_of(model::ClusterType type, const json::Value& object) {
  return {std::string(kube::namespace_of(object)), std::string(kube::name_of(object)), type};
}

kube::ObjectKey key_of(const model::ClusterRef& ref) { return {ref.ns, ref.name}; }

}  // namespace

Registry::Registry(io::Loop& loop, Log& log, Management& management, Dialer& dialer, RegistryOptions options)
    : loop_(loop),
      log_(log),
      management_(management),
      dialer_(dialer),
      options_(std::move(options)),
      probes_(
          loop, kProbesMax,
          [this](io::Context context, model::ClusterRef ref) { return probe(std::move(context), std::move(ref)); },
          [this](const model::ClusterRef& ref, const Error& error) {
            log_.warn("cluster", "probe failed", {{"cluster", cluster_text(ref)}, {"error", error.text()}});
          }) {
  management_.sveltos_clusters.store().listen(
      [this](const control::Change& change) { hear_cluster(model::ClusterType::Sveltos, change); });
  management_.capi_clusters.store().listen(
      [this](const control::Change& change) { hear_cluster(model::ClusterType::Capi, change); });
  management_.secrets.store().listen([this](const control::Change& change) { hear_secret(change); });
}

void Registry::start(io::TaskScope& scope) {
  // Clusters that were ready before a restart are reached at once; what is wrong with the others their probes show.
  for (const auto& [ref, cluster] : clusters_) {
    auto place = place_of(ref);
    if (!place || unserved(ref)) continue;
    auto adopted = adopt_credentials(*cluster, *place);
    (void)adopted;
  }
  probes_.start(scope);
}

std::shared_ptr<Cluster> Registry::find(const model::ClusterRef& ref) const {
  auto found = clusters_.find(ref);
  return found == clusters_.end() ? nullptr : found->second;
}

Result<std::vector<model::ClusterRef>> Registry::match(const model::Selector& selector, const std::string& ns) const {
  std::vector<model::ClusterRef> matching;
  if (selector.empty()) return matching;
  TRY_ASSIGN(kube::LabelSelector compiled, compile(selector));
  for (const auto& [ref, cluster] : clusters_) {
    if (!ns.empty() && ref.ns != ns) continue;
    if (!cluster->ready_ || kube::is_deleting(cluster->object_)) continue;
    if (compiled.matches(cluster->object_["metadata"]["labels"])) matching.push_back(ref);
  }
  return matching;
}

void Registry::tell(ClusterChange change, Cluster& cluster) {
  for (const auto& listener : listeners_) listener(change, cluster);
}

void Registry::forget(const model::ClusterRef& ref) {
  auto found = clusters_.find(ref);
  std::shared_ptr<Cluster> gone = found->second;
  clusters_.erase(found);
  gone->link_.disconnect("the cluster was removed");
  tell(ClusterChange::Gone, *gone);
}

void Registry::hear_cluster(model::ClusterType type, const control::Change& change) {
  const json::Value& object = change.after.is_null() ? change.before : change.after;
  model::ClusterRef ref = ref_of(type, object);
  bool capi = type == model::ClusterType::Capi;
  bool wanted = !change.after.is_null();
  if (capi && !options_.capi_onboard_annotation.empty()) {
    wanted = wanted && kube::annotation_of(object, options_.capi_onboard_annotation);
  }
  auto found = clusters_.find(ref);
  bool other_life = found != clusters_.end() && (!wanted || found->second->uid() != kube::uid_of(change.after));
  if (other_life) forget(ref);
  if (!wanted) return;
  std::shared_ptr<Cluster>& cluster = clusters_[ref];
  bool appeared = cluster == nullptr;
  if (appeared) cluster = std::make_shared<Cluster>(loop_, ref, std::string(kube::uid_of(object)));
  bool was_ready = cluster->ready_;
  cluster->object_ = object;
  cluster->ready_ = capi ? capi_ready(object) : object["status"]["ready"].boolean();
  cluster->paused_ = object["spec"]["paused"].boolean();
  const json::Value& before = change.before["metadata"];
  const json::Value& after = object["metadata"];
  bool became_ready = !was_ready && cluster->ready_;
  bool spec_changed = change.before["spec"] != object["spec"];
  // Our own writes of the status come back here: only a change of the spec is a reason to probe. A Cluster's readiness
  // is somebody else's word.
  if (appeared || spec_changed || (capi && became_ready)) probes_.wake(ref);
  bool seen = appeared || spec_changed || was_ready != cluster->ready_ || before["labels"] != after["labels"] ||
              before["annotations"] != after["annotations"] ||
              before["deletionTimestamp"] != after["deletionTimestamp"] ||
              change.before["status"]["connectionStatus"] != object["status"]["connectionStatus"];
  if (seen) tell(appeared ? ClusterChange::Appeared : ClusterChange::Changed, *cluster);
}

void Registry::hear_secret(const control::Change& change) {
  kube::ObjectKey key = kube::key_of(change.after.is_null() ? change.before : change.after);
  for (const auto& [ref, cluster] : clusters_) {
    auto place = place_of(ref);
    if (place && place->secret == key) probes_.wake(ref);
  }
}

std::optional<KubeconfigPlace> Registry::place_of(const model::ClusterRef& ref) const {
  auto cluster = find(ref);
  if (!cluster || kube::is_deleting(cluster->object_)) return std::nullopt;
  if (ref.type == model::ClusterType::Capi) {
    if (!cluster->ready_) return std::nullopt;
    return capi_kubeconfig_place(cluster::key_of(ref));
  }
  auto spec = management_.sveltos_clusters.get(cluster::key_of(ref));
  if (!spec) return std::nullopt;
  return kubeconfig_place(*spec);
}

std::optional<std::string> Registry::unserved(const model::ClusterRef& ref) const {
  if (ref.type == model::ClusterType::Capi) return std::nullopt;
  auto spec = management_.sveltos_clusters.get(cluster::key_of(ref));
  return spec ? unserved_field(*spec) : std::nullopt;
}

// Uses what the Secret says now; a kubeconfig that has not changed keeps its connection.
Result<void> Registry::adopt_credentials(Cluster& cluster, const KubeconfigPlace& place) {
  auto config = read_kubeconfig(place, management_.secrets.get(place.secret));
  if (!config) {
    cluster.config_ = {};
    cluster.link_.disconnect(config.error().text());
    return fail(std::move(config).error());
  }
  if (cluster.link_.connected() && cluster.config_ == *config) return {};
  auto exchange = dialer_.dial(*config);
  if (!exchange) {
    cluster.config_ = {};
    cluster.link_.disconnect(exchange.error().text());
    return fail(std::move(exchange).error());
  }
  cluster.config_ = std::move(*config);
  cluster.link_.connect(std::move(*exchange));
  return {};
}

io::Task<Result<std::string>> Registry::ask_version(io::Context context, std::shared_ptr<Cluster> cluster,
                                                    KubeconfigPlace place) {
  auto adopted = adopt_credentials(*cluster, place);
  if (!adopted) co_return fail(std::move(adopted).error());
  io::Context bounded = context.until(loop_.now() + options_.times.answer_max);
  auto answer = co_await cluster->managed_client().get_path(std::move(bounded), "/version");
  if (!answer) co_return fail(std::move(answer).error());
  co_return (*answer)["gitVersion"].string();
}

io::Task<Result<control::Again>> Registry::probe(io::Context context, model::ClusterRef ref) {
  std::shared_ptr<Cluster> cluster = find(ref);
  auto place = place_of(ref);
  if (!place) co_return control::Again{};
  if (auto reason = unserved(ref)) {
    auto recorded = co_await record(context, cluster, fail(Code::Invalid, *reason));
    if (!recorded) co_return fail(std::move(recorded).error());
    co_return control::Again{};
  }
  auto version = co_await ask_version(context, cluster, std::move(*place));
  if (context.cancel.requested() || find(ref) != cluster) co_return control::Again{};
  auto [backoff, added] = backoffs_.try_emplace(ref, options_.times.failing_first, options_.times.failing_max);
  Duration again = options_.times.healthy;
  if (version) {
    backoff->second.reset();
  } else {
    again = backoff->second.next(version.error());
  }
  auto health = version ? Cluster::Health::Good : Cluster::Health::Bad;
  auto before = std::exchange(cluster->health_, health);
  auto recorded = co_await record(context, cluster, std::move(version));
  // Whoever failed there tries again at once, and not when its own patience ends.
  bool recovered = before == Cluster::Health::Bad && health == Cluster::Health::Good;
  if (recovered && find(ref) == cluster) tell(ClusterChange::Changed, *cluster);
  if (!recorded) co_return fail(std::move(recorded).error());
  co_return control::Again{.after = again};
}

// Once for each new state: what a status would show.
void Registry::log_health(Cluster& cluster, const Result<std::string>& version) {
  std::string text = version ? "" : version.error().text();
  if (std::exchange(cluster.logged_, text) == text) return;
  std::string name = cluster_text(cluster.ref());
  if (version) {
    log_.info("cluster", "the Cluster answers", {{"cluster", name}, {"version", *version}});
  } else {
    log_.warn("cluster", "the Cluster does not answer", {{"cluster", name}, {"error", text}});
  }
}

io::Task<Result<void>> Registry::record(io::Context context, std::shared_ptr<Cluster> cluster,
                                        Result<std::string> version) {
  if (cluster->ref().type == model::ClusterType::Capi) {
    log_health(*cluster, version);
    co_return {};
  }
  kube::ObjectKey key = cluster::key_of(cluster->ref());
  const json::Value& object = management_.sveltos_clusters.store().get(key);
  json::Value status = probe_status(object, version, loop_.now());
  if (!status.is_null()) {
    auto written = co_await management_.sveltos_clusters.collection.patch_status(context, key, std::move(status));
    if (!written && written.error().code() == Code::NotFound) co_return {};
    if (!written) co_return fail(std::move(written).error());
  }
  co_return {};
}

}  // namespace lesto::cluster
