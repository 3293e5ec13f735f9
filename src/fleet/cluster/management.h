// The management cluster as the steps see it: a local copy of each kind that they read, and the writes.
#pragma once

#include <map>
#include <memory>

#include "fleet/cluster/capi.h"
#include "fleet/cluster/confirmed.h"
#include "fleet/cluster/typed.h"
#include "fleet/model/cluster_summary.h"
#include "fleet/model/event_report.h"
#include "fleet/model/event_source.h"
#include "fleet/model/event_trigger.h"
#include "fleet/model/profile.h"
#include "fleet/model/sveltos_cluster.h"
#include "kube/client/mapper.h"
#include "kube/control/store.h"

namespace lesto::cluster {

// A kept collection with its typed view.
template <class T>
struct Kept {
  Kept(client::Client& management_client, kube::Resource resource, typename Typed<T>::Parse parse)
      : collection(management_client, std::move(resource)), typed(collection.store(), parse) {}

  control::Collection collection;
  Typed<T> typed;

  std::shared_ptr<const T> get(const kube::ObjectKey& key) const { return typed.get(key); }
  control::Store& store() { return collection.store(); }
};

// How long a status may give way to other writes.
inline constexpr Duration kQuietMax = std::chrono::seconds(1);

// Thread: the loop's.
class Management {
 public:
  // `own_namespace` is where generated objects go ("projectsveltos").
  Management(client::Client& management_client, Log& log, std::string own_namespace);
  Management(const Management&) = delete;
  Management& operator=(const Management&) = delete;

  // Lists and watches begin. Wait for synced() before deciding anything.
  void start(io::TaskScope& scope);
  io::Task<Result<void>> wait_synced(io::Context context);

  client::Client& management_client() { return client_; }
  // Before a status is decided and written: statuses give way to the writes that an event waits for.
  io::Task<void> quiet(io::Context context) { return client_.quiet(std::move(context), kQuietMax); }
  client::Mapper& mapper() { return mapper_; }
  const std::string& own_namespace() const { return own_namespace_; }

  Kept<model::SveltosCluster> sveltos_clusters;
  CapiClusters capi_clusters;
  Kept<model::EventSource> event_sources;
  Kept<model::EventTrigger> event_triggers;
  Kept<model::EventTrigger> event_based_add_ons;
  Kept<model::EventReport> event_reports;
  ConfirmedReports confirmed_reports;
  Kept<model::Profile> cluster_profiles;
  Kept<model::Profile> profiles;
  Kept<model::ClusterSummary> cluster_summaries;
  control::Collection cluster_configurations;
  control::Collection config_maps;
  control::Collection secrets;

  // EventTriggers or EventBasedAddOns, by form.
  Kept<model::EventTrigger>& triggers(model::TriggerForm form) {
    return form == model::TriggerForm::EventTrigger ? event_triggers : event_based_add_ons;
  }
  Kept<model::Profile>& profiles_of(model::ProfileScope scope) {
    return scope == model::ProfileScope::Cluster ? cluster_profiles : profiles;
  }

  // Any other kind that templates refer to: kept from the first question on. NotFound when the management cluster does
  // not serve it.
  io::Task<Result<control::Collection*>> other(io::Context context, kube::GroupVersionKind gvk);
  // Called for each change of a collection that other() keeps.
  void listen_other(std::function<void(const kube::GroupVersionKind&, const control::Change&)> listener) {
    other_listeners_.push_back(std::move(listener));
  }

 private:
  io::Task<Result<void>> wait_for(io::Context context, control::Collection& collection);

  client::Client& client_;
  Log& log_;
  client::Mapper mapper_;
  std::string own_namespace_;
  io::TaskScope* scope_ = nullptr;
  std::map<kube::GroupVersionKind, std::unique_ptr<control::Collection>> others_;
  std::vector<std::function<void(const kube::GroupVersionKind&, const control::Change&)>> other_listeners_;
};

// Group and version of our kinds.
kube::Resource lib_resource(std::string_view plural, std::string_view kind, kube::Scope scope);
kube::Resource config_resource(std::string_view plural, std::string_view kind, kube::Scope scope);

}  // namespace lesto::cluster
