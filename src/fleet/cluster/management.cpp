#include "fleet/cluster/management.h"

#include "kube/object/discovery.h"

namespace lesto::cluster {

using kube::Scope;

kube::Resource lib_resource(std::string_view plural, std::string_view kind, Scope scope) {
  return {"lib.projectsveltos.io", "v1beta1", std::string(plural), std::string(kind), scope};
}

kube::Resource config_resource(std::string_view plural, std::string_view kind, Scope scope) {
  return {"config.projectsveltos.io", "v1beta1", std::string(plural), std::string(kind), scope};
}

namespace {

// How long a start may wait for a list before the log says for which.
constexpr Duration kSayAfter = std::chrono::seconds(5);
// How long a step waits for a kind that a template refers to.
constexpr Duration kOtherMax = std::chrono::seconds(5);

kube::Resource event_based_add_on() {
  kube::Resource resource = lib_resource("eventbasedaddons", "EventBasedAddOn", Scope::Cluster);
  resource.version = "v1alpha1";
  return resource;
}

}  // namespace

Management::Management(client::Client& management_client, Log& log, std::string own_namespace)
    : sveltos_clusters(management_client, lib_resource("sveltosclusters", "SveltosCluster", Scope::Namespaced),
                       model::parse_sveltos_cluster),
      capi_clusters(management_client, log),
      event_sources(management_client, lib_resource("eventsources", "EventSource", Scope::Cluster),
                    model::parse_event_source),
      event_triggers(management_client, lib_resource("eventtriggers", "EventTrigger", Scope::Cluster),
                     model::parse_event_trigger),
      event_based_add_ons(management_client, event_based_add_on(), model::parse_event_trigger),
      event_reports(management_client, lib_resource("eventreports", "EventReport", Scope::Namespaced),
                    model::parse_event_report),
      cluster_profiles(management_client, config_resource("clusterprofiles", "ClusterProfile", Scope::Cluster),
                       model::parse_profile),
      profiles(management_client, config_resource("profiles", "Profile", Scope::Namespaced), model::parse_profile),
      cluster_summaries(management_client,
                        config_resource("clustersummaries", "ClusterSummary", Scope::Namespaced),
                        model::parse_cluster_summary),
      cluster_configurations(management_client, config_resource("clusterconfigurations", "ClusterConfiguration",
                                                                Scope::Namespaced)),
      config_maps(management_client, kube::core_resource("configmaps", "ConfigMap", Scope::Namespaced)),
      // Helm's release Secrets are large and nobody's content.
      secrets(management_client, kube::core_resource("secrets", "Secret", Scope::Namespaced),
              {.ns = {}, .label_selector = {}, .field_selector = "type!=helm.sh/release.v1"}),
      client_(management_client),
      log_(log),
      mapper_(management_client),
      own_namespace_(std::move(own_namespace)) {}

void Management::start(io::TaskScope& scope) {
  scope_ = &scope;
  sveltos_clusters.collection.start(scope);
  capi_clusters.start(scope);
  event_sources.collection.start(scope);
  event_triggers.collection.start(scope);
  event_based_add_ons.collection.start(scope);
  event_reports.collection.start(scope);
  cluster_profiles.collection.start(scope);
  profiles.collection.start(scope);
  cluster_summaries.collection.start(scope);
  cluster_configurations.start(scope);
  config_maps.start(scope);
  secrets.start(scope);
}

// Says what it waits for when that takes long: a right that is missing looks like this.
io::Task<Result<void>> Management::wait_for(io::Context context, control::Collection& collection) {
  for (;;) {
    io::Context bounded = context.until(client_.loop().now() + kSayAfter);
    auto synced = co_await collection.store().wait_synced(std::move(bounded), client_.loop());
    if (synced || synced.error().code() != Code::Timeout) co_return synced;
    const std::optional<Error>& broken = collection.store().broken();
    log_.warn("cluster", "still waiting for the management cluster",
              {{"kind", collection.resource().kind}, {"error", broken ? broken->text() : "no answer"}});
  }
}

io::Task<Result<void>> Management::wait_synced(io::Context context) {
  const std::array<control::Collection*, 11> collections = {&sveltos_clusters.collection,
                                                            &event_sources.collection,
                                                            &event_triggers.collection,
                                                            &event_based_add_ons.collection,
                                                            &event_reports.collection,
                                                            &cluster_profiles.collection,
                                                            &profiles.collection,
                                                            &cluster_summaries.collection,
                                                            &cluster_configurations,
                                                            &config_maps,
                                                            &secrets};
  for (control::Collection* collection : collections) {
    auto synced = co_await wait_for(context, *collection);
    if (!synced) co_return synced;
  }
  auto synced = co_await capi_clusters.wait_synced(std::move(context));
  co_return synced;
}

io::Task<Result<control::Collection*>> Management::other(io::Context context, kube::GroupVersionKind gvk) {
  auto found = others_.find(gvk);
  if (found == others_.end()) {
    auto resource = co_await mapper_.resolve(context, gvk);
    if (!resource) co_return fail(std::move(resource).error());
    found = others_.find(gvk);
    if (found == others_.end()) {
      auto made = std::make_unique<control::Collection>(client_, std::move(*resource));
      made->store().listen([this, gvk](const control::Change& change) {
        for (const auto& listener : other_listeners_) listener(gvk, change);
      });
      made->start(*scope_);
      found = others_.emplace(gvk, std::move(made)).first;
    }
  }
  control::Collection* collection = found->second.get();
  io::Context bounded = context.until(client_.loop().now() + kOtherMax);
  auto synced = co_await collection->store().wait_synced(std::move(bounded), client_.loop());
  if (synced) co_return collection;
  // Most likely a kind that this account may not read (manifests/rbac.yaml, lesto-manager-references).
  const std::optional<Error>& broken = collection->store().broken();
  bool late = synced.error().code() == Code::Timeout;
  co_return fail(late && broken ? *broken : std::move(synced).error());
}

}  // namespace lesto::cluster
