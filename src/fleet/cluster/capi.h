// The Cluster objects of Cluster API (cluster.x-k8s.io), from when the management cluster serves
// them, in the newest version that it serves of those we know (reference/core.md 2.1 and 2.2).
#pragma once

#include <memory>
#include <string>

#include "foundation/base/log.h"
#include "kube/control/store.h"

namespace lesto::cluster {

// The version to watch, by the CustomResourceDefinition; "" when it serves none that we know.
std::string capi_version(const json::Value& crd);
// The control plane of the cluster has come up, as Cluster API says: the condition
// ControlPlaneInitialized, or status.initialization.controlPlaneInitialized.
bool capi_ready(const json::Value& cluster);

// Thread: the loop's.
class CapiClusters {
 public:
  CapiClusters(client::Client& management_client, Log& log);
  CapiClusters(const CapiClusters&) = delete;
  CapiClusters& operator=(const CapiClusters&) = delete;

  void start(io::TaskScope& scope);
  // Waits until it is certain which clusters there are: none where the kind is not served.
  io::Task<Result<void>> wait_synced(io::Context context);

  // A definition that goes takes no cluster along: only tombstones and complete lists do.
  control::Store& store() { return store_; }
  const control::Store& store() const { return store_; }

 private:
  class Feed;
  void hear_definition(const json::Value& crd);
  io::Task<void> run(io::Context context);

  client::Client& client_;
  Log& log_;
  control::Collection definition_;
  control::Store store_;
  std::string version_;
  io::Signal changed_;
  // Ends the watch of a version that is not wanted any more; null while none runs.
  io::CancelSource* running_ = nullptr;
};

}  // namespace lesto::cluster
