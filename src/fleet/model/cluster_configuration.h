// ClusterConfiguration: the inventory of one cluster. It has no spec; labels and the namespace say
// which cluster.
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

struct DeployedResource {
  std::string name;
  std::string ns;
  std::string group;
  std::string kind;
  std::string version;
  std::optional<Time> last_applied_time;
  std::optional<DeploymentType> deployment_type;
  bool ignore_for_configuration_drift = false;
  // The ConfigMap, Secret or other source that it came from.
  std::optional<ObjectReference> owner;
  friend bool operator==(const DeployedResource&, const DeployedResource&) = default;
};

struct DeployedChart {
  std::string repo_url;
  std::string release_name;
  std::string ns;
  std::string chart_version;
  std::string app_version;
  std::string icon;
  std::optional<Time> last_applied_time;
  friend bool operator==(const DeployedChart&, const DeployedChart&) = default;
};

struct DeployedFeature {
  FeatureId feature = FeatureId::Resources;
  std::vector<DeployedResource> resources;
  std::vector<DeployedChart> charts;
  friend bool operator==(const DeployedFeature&, const DeployedFeature&) = default;
};

// What one profile deployed.
struct ProfileInventory {
  std::string profile;
  // Spelled "Features" in JSON (hard case 74).
  std::vector<DeployedFeature> features;
  friend bool operator==(const ProfileInventory&, const ProfileInventory&) = default;
};

struct ClusterConfigurationStatus {
  std::vector<ProfileInventory> cluster_profiles;
  std::vector<ProfileInventory> profiles;
  Conditions conditions;
  friend bool operator==(const ClusterConfigurationStatus&,
                         const ClusterConfigurationStatus&) = default;
};

struct ClusterConfiguration {
  Meta meta;
  ClusterConfigurationStatus status;
  friend bool operator==(const ClusterConfiguration&, const ClusterConfiguration&) = default;
};

Result<ClusterConfiguration> parse_cluster_configuration(const json::Value& object);
json::Value to_json(const ClusterConfiguration& configuration);
json::Value to_json(const ClusterConfigurationStatus& status);

}  // namespace lesto::model
