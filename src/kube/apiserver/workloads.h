// The stand-in for kubelets and workload controllers: writes statuses as if all pods ran. Off unless the option is on.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// Deployments, ReplicaSets, StatefulSets and DaemonSets become ready as soon as they are written.
void watch_workloads(Core& core);

}  // namespace lesto::apiserver
