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

io::Task<Result<void>> Management::wait_synced(io::Context context) {
  const std::array<control::Store*, 11> stores = {&sveltos_clusters.store(),
                                                  &event_sources.store(),
                                                  &event_triggers.store(),
                                                  &event_based_add_ons.store(),
                                                  &event_reports.store(),
                                                  &cluster_profiles.store(),
                                                  &profiles.store(),
                                                  &cluster_summaries.store(),
                                                  &cluster_configurations.store(),
                                                  &config_maps.store(),
                                                  &secrets.store()};
  for (control::Store* store : stores) {
    auto synced = co_await store->wait_synced(context, client_.loop());
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
  auto synced = co_await collection->store().wait_synced(std::move(context), client_.loop());
  if (!synced) co_return fail(std::move(synced).error());
  co_return collection;
}

}  // namespace lesto::cluster
