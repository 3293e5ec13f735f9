// Exec plugins of kubeconfigs (client.authentication.k8s.io): programs that print credentials, as the
// kubeconfigs of EKS, GKE and AKS have them. For commands that a person runs, never for the manager.
#pragma once

#include <string>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::app {

// Runs the program of a user's `exec` and gives its `status`: token, clientCertificateData,
// clientKeyData. `folder` is the kubeconfig's. Its stderr is ours. Blocks until it ends.
// Errors: Unavailable (it cannot be started, or failed), Invalid (what it printed).
Result<json::Value> run_exec_plugin(const json::Value& exec, const std::string& folder);

}  // namespace lesto::app
