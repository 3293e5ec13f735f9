// SveltosCluster: a registered cluster.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/names.h"
#include "fleet/model/reference.h"
#include "fleet/model/resource_selector.h"
#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::model {

inline constexpr std::int64_t kFailureThresholdDefault = 3;
inline constexpr std::string_view kRenewedKubeconfigKey = "re-kubeconfig";

struct TokenRequestRenewal {
  Duration interval{};
  // None: the interval, and half an hour.
  std::optional<Duration> token_duration;
  // Empty: whoever the kubeconfig speaks for.
  std::string service_account_namespace;
  std::string service_account_name;
  std::string kubeconfig_key_name = std::string(kRenewedKubeconfigKey);
  friend bool operator==(const TokenRequestRenewal&, const TokenRequestRenewal&) = default;
};

// Two cron expressions: the cluster is served between them.
struct ActiveWindow {
  std::string from;
  std::string to;
  friend bool operator==(const ActiveWindow&, const ActiveWindow&) = default;
};

struct ClusterCheck {
  std::string name;
  std::vector<ResourceSelector> resource_selectors;
  // Lua over the global `resources`: evaluate() returns {pass, message}.
  std::string condition;
  friend bool operator==(const ClusterCheck&, const ClusterCheck&) = default;
};

struct AwsIdentity {
  std::string cluster_name;
  std::string role_arn;
  std::string region;
  friend bool operator==(const AwsIdentity&, const AwsIdentity&) = default;
};

struct GcpIdentity {
  std::string project_id;
  std::string cluster_name;
  std::string location;
  friend bool operator==(const GcpIdentity&, const GcpIdentity&) = default;
};

struct AzureIdentity {
  std::string tenant_id;
  std::string client_id;
  std::string subscription_id;
  std::string resource_group;
  std::string cluster_name;
  friend bool operator==(const AzureIdentity&, const AzureIdentity&) = default;
};

// A Secret of the cluster's namespace.
struct CaSecretRef {
  std::string name;
  friend bool operator==(const CaSecretRef&, const CaSecretRef&) = default;
};

// Keyless credentials. The block of the provider is set, and no other.
struct WorkloadIdentity {
  IdentityProvider provider = IdentityProvider::AWS;
  std::string endpoint;
  // Key ca.crt.
  std::optional<CaSecretRef> ca_secret_ref;
  std::optional<AwsIdentity> aws;
  std::optional<GcpIdentity> gcp;
  std::optional<AzureIdentity> azure;
  friend bool operator==(const WorkloadIdentity&, const WorkloadIdentity&) = default;
};

struct SveltosClusterSpec {
  // Name and key of the Secret; empty: the default name, and the key that is found.
  std::string kubeconfig_name;
  std::string kubeconfig_key_name;
  bool paused = false;
  std::optional<TokenRequestRenewal> token_request_renewal;
  std::map<std::string, std::string> data;
  std::optional<ActiveWindow> active_window;
  std::int64_t consecutive_failure_threshold = kFailureThresholdDefault;
  std::vector<ClusterCheck> readiness_checks;
  std::vector<ClusterCheck> liveness_checks;
  // The cluster is never dialled.
  bool pull_mode = false;
  std::optional<WorkloadIdentity> workload_identity;
  friend bool operator==(const SveltosClusterSpec&, const SveltosClusterSpec&) = default;
};

struct SveltosClusterStatus {
  std::string version;
  // Becomes true once and stays so (hard case 4).
  bool ready = false;
  std::optional<ConnectionStatus> connection_status;
  std::int64_t connection_failures = 0;
  std::optional<std::string> failure_message;
  // RFC 3339.
  std::string last_reconciled_token_request_at;
  std::optional<Time> agent_last_report_time;
  std::optional<Time> next_unpause;
  std::optional<Time> next_pause;
  std::string active_window_hash;
  Conditions conditions;
  friend bool operator==(const SveltosClusterStatus&, const SveltosClusterStatus&) = default;
};

struct SveltosCluster {
  Meta meta;
  SveltosClusterSpec spec;
  SveltosClusterStatus status;
  friend bool operator==(const SveltosCluster&, const SveltosCluster&) = default;
};

Result<SveltosCluster> parse_sveltos_cluster(const json::Value& object);
json::Value to_json(const SveltosCluster& cluster);
json::Value to_json(const SveltosClusterStatus& status);

}  // namespace lesto::model
