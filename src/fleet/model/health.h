// Checks that gate deploying and deleting.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/enums.h"
#include "fleet/model/policy_ref.h"
#include "fleet/model/resource_selector.h"
#include "foundation/base/time.h"

namespace lesto::model {

struct MetricSource {
  std::string url;
  std::string path = "api/v1/query";
  std::optional<SecretReference> secret_ref;
  friend bool operator==(const MetricSource&, const MetricSource&) = default;
};

struct MetricQuery {
  std::string name;
  std::string query;
  friend bool operator==(const MetricQuery&, const MetricQuery&) = default;
};

inline constexpr Duration kJobTimeoutDefault = std::chrono::minutes(5);

struct JobCheck {
  DataRef job_ref;
  Duration timeout = kJobTimeoutDefault;
  friend bool operator==(const JobCheck&, const JobCheck&) = default;
};

struct ValidateHealth {
  std::string name;
  // The check runs with this feature only.
  FeatureId feature = FeatureId::Resources;
  // An empty kind: metrics only.
  std::string group;
  std::string version;
  std::string kind;
  std::vector<LabelFilter> label_filters;
  std::string ns;
  // Lua: evaluate(obj) returns {healthy, message}.
  std::string script;
  std::vector<CelRule> evaluate_cel;
  std::optional<MetricSource> metric_source;
  std::vector<MetricQuery> metric_queries;
  std::optional<JobCheck> job_check;
  friend bool operator==(const ValidateHealth&, const ValidateHealth&) = default;
};

}  // namespace lesto::model
