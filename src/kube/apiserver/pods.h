// What happens to pods on their way in: service account, tolerations, priority. No pod ever runs here.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The admission plugins ServiceAccount, DefaultTolerationSeconds and Priority.
Outcome<void> admit_pod(Core& core, const Call& call, json::Value& pod);
// Phase and quality of service of a new pod.
void complete_pod(json::Value& pod);
// A new Job gets a selector and labels made of its uid.
void complete_job(json::Value& job);

}  // namespace lesto::apiserver
