// A kubeconfig as a value: where a cluster is and how to show who we are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::kube {

struct Kubeconfig {
  std::string server;  // "https://host:port" with an optional path
  std::string ca_pem;  // "" means the system's certificates
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string token;
  std::string client_certificate_pem;
  std::string client_key_pem;
  std::string ns;  // the context's namespace, or ""

  bool operator==(const Kubeconfig&) const = default;
};

// Reads the context of that name, or the current one for "". Errors are Invalid and name the missing piece. Files
// named in it, exec plugins and auth providers are refused: a stored kubeconfig must hold its credentials itself.
Result<Kubeconfig> parse_kubeconfig(const json::Value& document, std::string_view context = {});

// One context in a whole document.
struct NamedKubeconfig {
  std::string name;
  Kubeconfig config;
};
json::Value kubeconfig_document(const std::vector<NamedKubeconfig>& contexts, std::string_view current);

}  // namespace lesto::kube
