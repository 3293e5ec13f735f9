// ClusterReport: what a profile in dry run would change in one cluster.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/cluster_configuration.h"
#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct ReleaseReport {
  // Spelled "chartName" in JSON (hard case 74).
  std::string release_name;
  std::string release_namespace;
  std::string chart_version;
  std::optional<HelmAction> action;
  std::string message;
  friend bool operator==(const ReleaseReport&, const ReleaseReport&) = default;
};

struct ResourceReport {
  DeployedResource resource;
  std::optional<ResourceAction> action;
  std::string message;
  friend bool operator==(const ResourceReport&, const ResourceReport&) = default;
};

struct ClusterReportSpec {
  std::string cluster_namespace;
  std::string cluster_name;
  friend bool operator==(const ClusterReportSpec&, const ClusterReportSpec&) = default;
};

struct ClusterReportStatus {
  std::vector<ReleaseReport> release_reports;
  std::vector<ResourceReport> resource_reports;
  std::vector<ResourceReport> kustomize_resource_reports;
  std::vector<ResourceReport> helm_resource_reports;
  Conditions conditions;
  friend bool operator==(const ClusterReportStatus&, const ClusterReportStatus&) = default;
};

struct ClusterReport {
  Meta meta;
  ClusterReportSpec spec;
  ClusterReportStatus status;
  friend bool operator==(const ClusterReport&, const ClusterReport&) = default;
};

Result<ClusterReport> parse_cluster_report(const json::Value& object);
json::Value to_json(const ClusterReport& report);
json::Value to_json(const ClusterReportStatus& status);

}  // namespace lesto::model
