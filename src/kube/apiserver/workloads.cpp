#include "kube/apiserver/workloads.h"

#include "kube/apiserver/metadata.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

json::Value condition(std::string_view type, std::string_view reason, const std::string& now) {
  return json::object({{"type", type},
                       {"status", "True"},
                       {"reason", reason},
                       {"message", "set by the stand-in of the embedded API server"},
                       {"lastTransitionTime", now},
                       {"lastUpdateTime", now}});
}

json::Value ready_status(const std::string& kind, const json::Value& object, const std::string& now) {
  json::Value status = json::object({{"observedGeneration", object["metadata"]["generation"]}});
  if (kind == "DaemonSet") {
    for (const char* field : {"currentNumberScheduled", "desiredNumberScheduled", "numberAvailable", "numberReady", "updatedNumberScheduled"}) {
      status.set(field, 1);
    }
    status.set("numberMisscheduled", 0);
    return status;
  }
  std::int64_t replicas = object["spec"]["replicas"].integer(1);
  status.set("replicas", replicas);
  if (replicas > 0) {
    status.set("readyReplicas", replicas);
    status.set("availableReplicas", replicas);
    if (kind != "ReplicaSet") status.set("updatedReplicas", replicas);
  }
  if (kind == "StatefulSet") {
    status.set("currentReplicas", replicas);
    status.set("currentRevision", "1");
    status.set("updateRevision", "1");
  }
  if (kind == "ReplicaSet") status.set("fullyLabeledReplicas", replicas);
  if (kind == "Deployment") {
    status.set("conditions", json::array({condition("Available", "MinimumReplicasAvailable", now),
                                          condition("Progressing", "NewReplicaSetAvailable", now)}));
  }
  return status;
}

}  // namespace

void watch_workloads(Core& core) {
  core.store.listen([&core](const Table& table, const Event& event) {
    if (core.options.workloads_ready == StandIn::Off || event.change == Change::Deleted) return;
    if (!table.name.starts_with("apps/") || being_deleted(event.object)) return;
    ResourceRef resource = core.registry.find("apps", table.name.substr(5));
    if (!resource || !resource->subresource("status")) return;
    const json::Value& metadata = event.object["metadata"];
    bool current = event.object["status"]["observedGeneration"] == metadata["generation"];
    if (current) return;
    std::string now = core.now_text();
    change_object(core, *resource, event.key, [&](json::Value& fresh) {
      fresh.set("status", ready_status(resource->kind, fresh, now));
    });
  });
}

}  // namespace lesto::apiserver
