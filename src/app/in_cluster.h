// How a process in a Pod reaches the API server of its own cluster.
#pragma once

#include <memory>
#include <string>

#include "foundation/io/asio_loop.h"
#include "foundation/io/http.h"

namespace lesto::app {

inline constexpr const char* kServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

// Whether this process runs in a Pod: the kubelet sets the variable KUBERNETES_SERVICE_HOST.
bool runs_in_cluster();

// With the authority and the token of the Pod's service account. The kubelet replaces the token
// about once an hour: it is read again while requests are made. Errors name the missing file.
Result<std::unique_ptr<io::Exchange>> connect_in_cluster(
    io::AsioLoop& loop, const std::string& folder = kServiceAccountFolder);

}  // namespace lesto::app
