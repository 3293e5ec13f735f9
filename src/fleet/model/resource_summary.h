// ResourceSummary: what must not drift in a managed cluster, and what did.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/meta.h"
#include "fleet/model/patch.h"
#include "foundation/base/result.h"
#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::model {

struct TrackedResource {
  std::string name;
  std::string ns;
  std::string group;
  std::string kind;
  std::string version;
  bool ignore_for_configuration_drift = false;
  std::optional<Time> last_applied_time;
  friend bool operator==(const TrackedResource&, const TrackedResource&) = default;
};

struct HelmChartRef {
  std::string chart_name;
  std::string release_name;
  std::string release_namespace;
  friend bool operator==(const HelmChartRef&, const HelmChartRef&) = default;
};

struct HelmResources : HelmChartRef {
  // Spelled "group" in JSON (hard case 74).
  std::vector<TrackedResource> resources;
  friend bool operator==(const HelmResources&, const HelmResources&) = default;
};

struct ResourceHash : TrackedResource {
  std::string hash;
  std::optional<HelmChartRef> chart;
  friend bool operator==(const ResourceHash&, const ResourceHash&) = default;
};

struct ResourceSummarySpec {
  std::vector<TrackedResource> resources;
  std::vector<TrackedResource> kustomize_resources;
  std::vector<HelmResources> chart_resources;
  // The profile's drift exclusions, as JSON patches that remove.
  std::vector<Patch> patches;
  friend bool operator==(const ResourceSummarySpec&, const ResourceSummarySpec&) = default;
};

struct ResourceSummaryStatus {
  bool resources_changed = false;
  bool kustomize_resources_changed = false;
  bool helm_resources_changed = false;
  std::vector<HelmChartRef> drifted_helm_charts;
  std::vector<ResourceHash> resource_hashes;
  std::vector<ResourceHash> kustomize_resource_hashes;
  std::vector<ResourceHash> helm_resource_hashes;
  Conditions conditions;
  friend bool operator==(const ResourceSummaryStatus&, const ResourceSummaryStatus&) = default;
};

struct ResourceSummary {
  Meta meta;
  ResourceSummarySpec spec;
  ResourceSummaryStatus status;
  friend bool operator==(const ResourceSummary&, const ResourceSummary&) = default;
};

Result<ResourceSummary> parse_resource_summary(const json::Value& object);
json::Value to_json(const ResourceSummary& summary);
json::Value to_json(const ResourceSummaryStatus& status);

}  // namespace lesto::model
