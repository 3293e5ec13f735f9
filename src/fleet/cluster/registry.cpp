#include "fleet/cluster/registry.h"

#include "fleet/cluster/credentials.h"
#include "fleet/cluster/probe.h"

namespace lesto::cluster {
namespace {

constexpr std::size_t kProbesMax = 64;

model::ClusterRef sveltos_ref(const json::Value& object) {
  return {std::string(kube::namespace_of(object)), std::string(kube::name_of(object)), model::ClusterType::Sveltos};
}

kube::ObjectKey key_of(const model::ClusterRef& ref) { return {ref.ns, ref.name}; }

}  // namespace

Registry::Registry(io::Loop& loop, Log& log, Management& management, Dialer& dialer, ProbeTimes times)
    : loop_(loop),
      log_(log),
      management_(management),
      dialer_(dialer),
      times_(times),
      probes_(
          loop, kProbesMax,
          [this](io::Context context, model::ClusterRef ref) { return probe(std::move(context), std::move(ref)); },
          [this](const model::ClusterRef& ref, const Error& error) {
            log_.warn("cluster", "probe failed", {{"cluster", cluster_text(ref)}, {"error", error.text()}});
          }) {
  management_.sveltos_clusters.store().listen([this](const control::Change& change) { hear_cluster(change); });
  management_.secrets.store().listen([this](const control::Change& change) { hear_secret(change); });
}

void Registry::start(io::TaskScope& scope) {
  // Clusters that were ready before a restart are reached at once; what is wrong with the others their probes show.
  for (const auto& [ref, cluster] : clusters_) {
    auto spec = management_.sveltos_clusters.get(cluster::key_of(ref));
    if (!spec || unserved_field(*spec)) continue;
    auto adopted = adopt_credentials(*cluster, *spec);
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

void Registry::hear_cluster(const control::Change& change) {
  const json::Value& object = change.after.is_null() ? change.before : change.after;
  model::ClusterRef ref = sveltos_ref(object);
  auto found = clusters_.find(ref);
  bool other_life = found != clusters_.end() &&
                    (change.after.is_null() || found->second->uid() != kube::uid_of(change.after));
  if (other_life) {
    std::shared_ptr<Cluster> gone = found->second;
    clusters_.erase(found);
    gone->link_.disconnect("the cluster was removed");
    tell(ClusterChange::Gone, *gone);
  }
  if (change.after.is_null()) return;
  std::shared_ptr<Cluster>& cluster = clusters_[ref];
  bool appeared = cluster == nullptr;
  if (appeared) cluster = std::make_shared<Cluster>(loop_, ref, std::string(kube::uid_of(object)));
  cluster->object_ = object;
  cluster->ready_ = object["status"]["ready"].boolean();
  cluster->paused_ = object["spec"]["paused"].boolean();
  // Our own writes of the status come back here: only a change of the spec is a reason to probe.
  if (appeared || change.before["spec"] != object["spec"]) probes_.wake(ref);
  bool seen = appeared || change.before["spec"] != object["spec"] ||
              change.before["metadata"]["labels"] != object["metadata"]["labels"] ||
              change.before["metadata"]["annotations"] != object["metadata"]["annotations"] ||
              change.before["metadata"]["deletionTimestamp"] != object["metadata"]["deletionTimestamp"] ||
              change.before["status"]["ready"] != object["status"]["ready"] ||
              change.before["status"]["connectionStatus"] != object["status"]["connectionStatus"];
  if (seen) tell(appeared ? ClusterChange::Appeared : ClusterChange::Changed, *cluster);
}

void Registry::hear_secret(const control::Change& change) {
  kube::ObjectKey key = kube::key_of(change.after.is_null() ? change.before : change.after);
  for (const auto& [ref, cluster] : clusters_) {
    auto spec = management_.sveltos_clusters.get(cluster::key_of(ref));
    if (spec && kubeconfig_secret(*spec) == key) probes_.wake(ref);
  }
}

// Uses what the Secret says now; a kubeconfig that has not changed keeps its connection.
Result<void> Registry::adopt_credentials(Cluster& cluster, const model::SveltosCluster& spec) {
  auto config = read_kubeconfig(spec, management_.secrets.get(kubeconfig_secret(spec)));
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

io::Task<Result<control::Again>> Registry::probe(io::Context context, model::ClusterRef ref) {
  std::shared_ptr<Cluster> cluster = find(ref);
  auto spec = management_.sveltos_clusters.get(cluster::key_of(ref));
  if (!cluster || !spec || spec->meta.deleted) co_return control::Again{};
  if (auto unserved = unserved_field(*spec)) {
    auto recorded = co_await record(context, cluster, fail(Code::Invalid, *unserved));
    if (!recorded) co_return fail(std::move(recorded).error());
    co_return control::Again{};
  }
  Result<std::string> version = fail(Code::Unavailable, "not asked yet");
  auto adopted = adopt_credentials(*cluster, *spec);
  if (adopted) {
    io::Context bounded = context.until(loop_.now() + times_.answer_max);
    auto answer = co_await cluster->managed_client().get_path(std::move(bounded), "/version");
    if (answer) {
      version = (*answer)["gitVersion"].string();
    } else {
      version = fail(std::move(answer).error());
    }
  } else {
    version = fail(std::move(adopted).error());
  }
  if (context.cancel.requested() || find(ref) != cluster) co_return control::Again{};
  bool healthy = version.has_value();
  auto [backoff, added] = backoffs_.try_emplace(ref, times_.failing_first, times_.failing_max);
  Duration again = times_.healthy;
  if (healthy) {
    backoff->second.reset();
  } else {
    again = backoff->second.next(version.error());
  }
  auto recorded = co_await record(context, cluster, std::move(version));
  if (!recorded) co_return fail(std::move(recorded).error());
  co_return control::Again{.after = again};
}

io::Task<Result<void>> Registry::record(io::Context context, std::shared_ptr<Cluster> cluster,
                                        Result<std::string> version) {
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
