#include "fleet/model/cluster_configuration.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<DeployedResource> Value>
void fields(Io& io, Value& value) {
  io.filled("name", value.name);
  io.optional("namespace", value.ns);
  io.required("group", value.group);
  io.filled("kind", value.kind);
  io.filled("version", value.version);
  io.optional("lastAppliedTime", value.last_applied_time);
  io.optional("deploymentType", value.deployment_type);
  io.optional("ignoreForConfigurationDrift", value.ignore_for_configuration_drift);
  io.optional("owner", value.owner);
}

template <class Io, Is<DeployedChart> Value>
void fields(Io& io, Value& value) {
  io.filled("repoURL", value.repo_url);
  io.filled("releaseName", value.release_name);
  io.optional("namespace", value.ns);
  io.required("chartVersion", value.chart_version);
  io.optional("appVersion", value.app_version);
  io.optional("icon", value.icon);
  io.optional("lastAppliedTime", value.last_applied_time);
}

template <class Io, Is<DeployedFeature> Value>
void fields(Io& io, Value& value) {
  io.required("featureID", value.feature);
  io.optional("resources", value.resources);
  io.optional("charts", value.charts);
}

namespace {

// The two lists differ in the name of one field only.
struct OfClusterProfile : ProfileInventory {};
struct OfProfile : ProfileInventory {};

template <class To>
std::vector<To> as(const std::vector<ProfileInventory>& from) {
  std::vector<To> to;
  for (const ProfileInventory& inventory : from) to.push_back(To{inventory});
  return to;
}

}  // namespace

template <class Io, Is<OfClusterProfile> Value>
void fields(Io& io, Value& value) {
  io.required("clusterProfileName", value.profile);
  io.optional("Features", value.features);
}

template <class Io, Is<OfProfile> Value>
void fields(Io& io, Value& value) {
  io.required("profileName", value.profile);
  io.optional("Features", value.features);
}

template <class Io, Is<ClusterConfigurationStatus> Value>
void fields(Io& io, Value& value) {
  auto of_cluster_profiles = as<OfClusterProfile>(value.cluster_profiles);
  auto of_profiles = as<OfProfile>(value.profiles);
  io.optional("clusterProfileResources", of_cluster_profiles);
  io.optional("profileResources", of_profiles);
  if constexpr (Io::kReads) {
    value.cluster_profiles.assign(of_cluster_profiles.begin(), of_cluster_profiles.end());
    value.profiles.assign(of_profiles.begin(), of_profiles.end());
  }
  io.optional("conditions", value.conditions);
}

template <class Io, Is<ClusterConfiguration> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.status("status", value.status);
}

bool read(const json::Value& from, const Path& path, Problems& problems, DeployedResource& to) {
  return read<DeployedResource>(from, path, problems, to);
}
json::Value write(const DeployedResource& from) { return write<DeployedResource>(from); }

Result<ClusterConfiguration> parse_cluster_configuration(const json::Value& object) {
  return read_object<ClusterConfiguration>(object, {"ClusterConfiguration"}, nullptr);
}

json::Value to_json(const ClusterConfiguration& configuration) {
  return write_object(kConfigApiVersion, "ClusterConfiguration", configuration);
}
json::Value to_json(const ClusterConfigurationStatus& status) { return write(status); }

Schema deployed_resource(std::string_view description) {
  return object(
      description,
      {required("name", string("Name of the object.").min_length(1)),
       optional("namespace", string("Namespace of the object.")),
       required("group", string("API group of the object.")),
       required("kind", string("Kind of the object.").min_length(1)),
       required("version", string("API version of the object.").min_length(1)),
       optional("lastAppliedTime", date_time("When it was applied last.")),
       optional(
           "deploymentType",
           string("In the cluster, or in the management cluster.").one_of({"Local", "Remote"})),
       optional("ignoreForConfigurationDrift", boolean("Drift of the object is ignored.")),
       optional("owner", object_reference("What the object came from."))});
}

KindSchema cluster_configuration_schema() {
  Schema chart =
      object({}, {required("repoURL", string("Address of the repository.").min_length(1)),
                  required("releaseName", string("Name of the release.").min_length(1)),
                  optional("namespace", string("Namespace of the release.")),
                  required("chartVersion", string("Version of the chart.")),
                  optional("appVersion", string("Version of the application.")),
                  optional("icon", string("Address of the chart's icon.")),
                  optional("lastAppliedTime", date_time("When it was applied last."))});
  Schema feature =
      object({}, {required("featureID", feature_id("Kind of add-on.")),
                  optional("resources", array("Deployed objects.", deployed_resource({}))),
                  optional("charts", array("Deployed charts.", chart))});
  Schema features = array("What was deployed, by kind of add-on.", feature);
  auto inventory = [&](std::string_view name) {
    return object({},
                  {required(name, string("Name of the profile.")), optional("Features", features)});
  };
  Schema status = object(
      "The inventory.",
      {optional("clusterProfileResources",
                array("What ClusterProfiles deployed.", inventory("clusterProfileName"))),
       optional("profileResources", array("What Profiles deployed.", inventory("profileName"))),
       optional("conditions", conditions())});
  return {"config.projectsveltos.io",
          "ClusterConfiguration",
          "clusterconfigurations",
          "clusterconfiguration",
          kube::Scope::Namespaced,
          "What is deployed in one cluster.",
          std::nullopt,
          status,
          Subresource::Status,
          {}};
}

}  // namespace lesto::model
