// ClusterSummary: one profile in one cluster, and how far it is there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/profile.h"
#include "fleet/model/reference.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct FeatureSummary {
  FeatureId feature = FeatureId::Resources;
  // Of all inputs, when it was last deployed; none asks for a new deployment (hard case 77).
  std::optional<Bytes> hash;
  std::int64_t consecutive_failures = 0;
  std::optional<FeatureStatus> status;
  std::optional<std::string> failure_reason;
  std::optional<std::string> failure_message;
  // "Kind.version.group"; deployed_gvks has it today.
  std::vector<std::string> deployed_group_version_kinds;
  std::optional<Time> last_applied_time;
  bool resource_summary_deployed = false;
  friend bool operator==(const FeatureSummary&, const FeatureSummary&) = default;
};

struct FeatureDeploymentInfo {
  FeatureId feature = FeatureId::Resources;
  std::vector<std::string> deployed_group_version_kinds;
  friend bool operator==(const FeatureDeploymentInfo&, const FeatureDeploymentInfo&) = default;
};

struct HelmReleaseSummary {
  std::string release_name;
  std::string release_namespace;
  HelmChartStatus status = HelmChartStatus::Managing;
  Bytes values_hash;
  Bytes patches_hash;
  std::string conflict_message;
  std::optional<std::string> failure_message;
  std::string chart_name;
  std::string repository_name;
  std::string repo_url;
  std::string chart_version;
  std::optional<SecretReference> credentials_secret_ref;
  std::string latest_version;
  std::string latest_patch_version;
  std::optional<Time> last_checked_time;
  bool needs_redeploy = false;
  friend bool operator==(const HelmReleaseSummary&, const HelmReleaseSummary&) = default;
};

struct ClusterSummarySpec {
  ClusterRef cluster;
  // A copy of the profile's.
  ProfileSpec profile_spec;
  friend bool operator==(const ClusterSummarySpec&, const ClusterSummarySpec&) = default;
};

struct ClusterSummaryStatus {
  // What dependsOn waits for, in words.
  std::optional<std::string> dependencies;
  std::vector<FeatureSummary> feature_summaries;
  std::vector<FeatureDeploymentInfo> deployed_gvks;
  std::vector<HelmReleaseSummary> helm_release_summaries;
  std::optional<Time> next_reconcile_time;
  std::optional<std::string> failure_message;
  bool reconciliation_suspended = false;
  std::string suspension_reason;
  Conditions conditions;
  friend bool operator==(const ClusterSummaryStatus&, const ClusterSummaryStatus&) = default;
};

struct ClusterSummary {
  Meta meta;
  ClusterSummarySpec spec;
  ClusterSummaryStatus status;
  friend bool operator==(const ClusterSummary&, const ClusterSummary&) = default;
};

// Null when the feature has no summary yet.
const FeatureSummary* find_feature(const ClusterSummaryStatus& status, FeatureId feature);

Result<ClusterSummary> parse_cluster_summary(const json::Value& object);
json::Value to_json(const ClusterSummary& summary);
json::Value to_json(const ClusterSummaryStatus& status);

}  // namespace lesto::model
