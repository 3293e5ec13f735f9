// Reloader and ReloaderReport: workloads that are rolled when a mounted ConfigMap or Secret
// changes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/reference.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct ReloaderInfo {
  std::string ns;
  std::string name;
  WorkloadKind kind = WorkloadKind::Deployment;
  // Hash of what is mounted.
  std::string value;
  friend bool operator==(const ReloaderInfo&, const ReloaderInfo&) = default;
};

// Has no status.
struct Reloader {
  Meta meta;
  std::vector<ReloaderInfo> reloader_info;
  friend bool operator==(const Reloader&, const Reloader&) = default;
};

struct ReloaderReportSpec {
  ClusterRef cluster;
  std::vector<ReloaderInfo> resources_to_reload;
  friend bool operator==(const ReloaderReportSpec&, const ReloaderReportSpec&) = default;
};

struct ReloaderReportStatus {
  std::optional<ReportPhase> phase;
  Conditions conditions;
  friend bool operator==(const ReloaderReportStatus&, const ReloaderReportStatus&) = default;
};

struct ReloaderReport {
  Meta meta;
  ReloaderReportSpec spec;
  ReloaderReportStatus status;
  friend bool operator==(const ReloaderReport&, const ReloaderReport&) = default;
};

Result<Reloader> parse_reloader(const json::Value& object);
Result<ReloaderReport> parse_reloader_report(const json::Value& object);
json::Value to_json(const Reloader& reloader);
json::Value to_json(const ReloaderReport& report);
json::Value to_json(const ReloaderReportStatus& status);

}  // namespace lesto::model
