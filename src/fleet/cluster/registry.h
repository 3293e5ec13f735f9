// The clusters of the fleet: which there are, what their labels say, whether they are ready, and a client for each.
//
// It reads SveltosClusters, Cluster API's Clusters and their kubeconfig Secrets from the management cluster, probes
// each cluster, and writes the SveltosCluster's status (reference/core.md 2.2-2.5); a Cluster's status is not ours to
// write. Steps ask it for views and clients; they never hold credentials.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "fleet/cluster/connection.h"
#include "fleet/cluster/credentials.h"
#include "fleet/cluster/management.h"
#include "fleet/model/reference.h"
#include "foundation/base/log.h"
#include "kube/control/queue.h"
#include "kube/object/selector.h"

namespace lesto::cluster {

// A cluster of one life: deleted and made again under the same name it is another one. Borrowed views are valid until
// the registry says that the cluster is gone.
class Cluster {
 public:
  Cluster(io::Loop& loop, model::ClusterRef ref, std::string uid)
      : ref_(std::move(ref)), uid_(std::move(uid)), link_(loop, "lesto") {}

  const model::ClusterRef& ref() const { return ref_; }
  const std::string& uid() const { return uid_; }
  // The object that represents it, as the management cluster has it: what templates see as .Cluster.
  const json::Value& object() const { return object_; }
  // Once true it stays true, as upstream's does; a cluster that is down keeps what it has.
  bool ready() const { return ready_; }
  bool paused() const { return paused_; }
  Link& link() { return link_; }
  client::Client& managed_client() { return link_.cluster_client(); }
  client::Mapper& mapper() { return link_.mapper(); }

 private:
  friend class Registry;
  // As Connected or not; a cluster that was never asked is neither.
  enum class Health { Unknown, Good, Bad };
  model::ClusterRef ref_;
  std::string uid_;
  json::Value object_;
  bool ready_ = false;
  bool paused_ = false;
  kube::Kubeconfig config_;
  Health health_ = Health::Unknown;
  // What the log was told about a cluster that has no status of ours.
  std::string logged_;
  Link link_;
};

// What a listener is told. Gone means deleted: the Cluster is destroyed after the call.
enum class ClusterChange { Appeared, Changed, Gone };

struct ProbeTimes {
  Duration healthy = std::chrono::seconds(30);
  Duration failing_first = std::chrono::seconds(1);
  Duration failing_max = std::chrono::seconds(15);
  Duration answer_max = std::chrono::seconds(10);
};

struct RegistryOptions {
  ProbeTimes times;
  // Cluster API clusters without this annotation are not looked at; "" looks at all.
  std::string capi_onboard_annotation;
};

// Thread: the loop's.
class Registry {
 public:
  Registry(io::Loop& loop, Log& log, Management& management, Dialer& dialer, RegistryOptions options = {});
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  void start(io::TaskScope& scope);

  // Null when there is no such cluster.
  std::shared_ptr<Cluster> find(const model::ClusterRef& ref) const;
  const std::map<model::ClusterRef, std::shared_ptr<Cluster>>& all() const { return clusters_; }

  // Clusters that are ready, not being deleted, and whose labels match; of one namespace only unless it is "". An
  // empty selector matches none (reference/core.md hard case 1). A selector that does not parse is Invalid.
  Result<std::vector<model::ClusterRef>> match(const model::Selector& selector, const std::string& ns = {}) const;

  void listen(std::function<void(ClusterChange, Cluster&)> listener) { listeners_.push_back(std::move(listener)); }

 private:
  void hear_cluster(model::ClusterType type, const control::Change& change);
  void forget(const model::ClusterRef& ref);
  void hear_secret(const control::Change& change);
  void tell(ClusterChange change, Cluster& cluster);
  io::Task<Result<control::Again>> probe(io::Context context, model::ClusterRef ref);
  // Nothing for a cluster that is not to be reached: gone, going, or not ready for it.
  std::optional<KubeconfigPlace> place_of(const model::ClusterRef& ref) const;
  // Why a cluster is not served at all.
  std::optional<std::string> unserved(const model::ClusterRef& ref) const;
  Result<void> adopt_credentials(Cluster& cluster, const KubeconfigPlace& place);
  io::Task<Result<std::string>> ask_version(io::Context context, std::shared_ptr<Cluster> cluster, KubeconfigPlace place);
  io::Task<Result<void>> record(io::Context context, std::shared_ptr<Cluster> cluster, Result<std::string> version);
  void log_health(Cluster& cluster, const Result<std::string>& version);

  io::Loop& loop_;
  Log& log_;
  Management& management_;
  Dialer& dialer_;
  RegistryOptions options_;
  std::map<model::ClusterRef, std::shared_ptr<Cluster>> clusters_;
  std::map<model::ClusterRef, control::Backoff> backoffs_;
  std::vector<std::function<void(ClusterChange, Cluster&)>> listeners_;
  control::Queue<model::ClusterRef> probes_;
};

// What the management cluster's own context is called in the causal log and in messages.
inline constexpr std::string_view kManagement = "management";

// "namespace/name": how the causal log and messages name a managed cluster.
inline std::string cluster_text(const model::ClusterRef& ref) { return ref.ns + "/" + ref.name; }

}  // namespace lesto::cluster
