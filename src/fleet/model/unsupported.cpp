#include "fleet/model/unsupported.h"

#include <algorithm>

#include "fleet/model/names.h"

namespace lesto::model {
namespace {

enum class Feature {
  HelmCharts,
  Kustomizations,
  FluxSources,
  RemoteUrl,
  LocalDeployment,
  Force,
  DriftDetection,
  DryRun,
  Cel,
  CloudEvents,
  Patches,
  Checks,
  DriftExclusions,
  Reloader,
  DependsOn,
  MaxUpdate,
  Sets,
  ClusterApi,
  MaxConsecutiveFailures,
  WatchFields,
  PullMode,
  WorkloadIdentity,
  TokenRenewal,
  ActiveWindow,
  ClusterChecks,
  LuaContent,
  Subresources,
  Tenants,
};

struct Missing {
  Feature feature;
  std::string_view name;
};

// THE table: what is not served yet. Whoever serves a feature removes its line.
constexpr Missing kMissing[] = {
    {Feature::HelmCharts, "Helm charts"},
    {Feature::Kustomizations, "kustomizations"},
    {Feature::FluxSources, "Flux sources"},
    {Feature::RemoteUrl, "content from an address"},
    {Feature::LocalDeployment, "deploying to the management cluster"},
    {Feature::Force, "replacing objects by force"},
    {Feature::DriftDetection, "drift detection"},
    {Feature::DryRun, "dry run"},
    {Feature::Cel, "CEL rules"},
    {Feature::CloudEvents, "CloudEvents"},
    {Feature::Patches, "patches"},
    {Feature::Checks, "checks before and after deploying and deleting"},
    {Feature::DriftExclusions, "drift exclusions"},
    {Feature::Reloader, "reloading workloads"},
    {Feature::DependsOn, "dependencies between profiles"},
    {Feature::MaxUpdate, "rolling updates over clusters"},
    {Feature::Sets, "cluster sets"},
    {Feature::ClusterApi, "clusters of Cluster API"},
    {Feature::MaxConsecutiveFailures, "giving up after failures"},
    {Feature::WatchFields, "choosing which changes render anew"},
    {Feature::PullMode, "pull mode"},
    {Feature::WorkloadIdentity, "workload identity"},
    {Feature::TokenRenewal, "token renewal"},
    {Feature::ActiveWindow, "active windows"},
    {Feature::ClusterChecks, "readiness and liveness checks of clusters"},
    {Feature::LuaContent, "content as Lua"},
    {Feature::Subresources, "subresources of deployed objects"},
    {Feature::Tenants, "the rights of a tenant"},
};

class Found {
 public:
  // Notes the field when it is used and its feature is missing.
  void note(bool used, Feature feature, std::string path) {
    if (!used) return;
    auto missing = std::find_if(std::begin(kMissing), std::end(kMissing),
                                [&](const Missing& entry) { return entry.feature == feature; });
    if (missing != std::end(kMissing)) fields_.push_back({std::move(path), missing->name});
  }

  UnsupportedFields take() { return std::move(fields_); }

 private:
  UnsupportedFields fields_;
};

std::string item(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

// A tenant's objects are to be handled with the tenant's rights: with those of the cluster they would reach further.
void look_at_labels(const std::map<std::string, std::string>& labels, Found& found) {
  for (std::string_view key : {label::kServiceAccountName, label::kServiceAccountNamespace,
                               label::kAdminName, label::kAdminNamespace}) {
    std::string name(key);
    found.note(labels.contains(name), Feature::Tenants, "metadata.labels[" + name + "]");
  }
}

void look_at_policy(const PolicyRef& ref, const std::string& at, Found& found) {
  bool flux = ref.kind && *ref.kind != RefKind::ConfigMap && *ref.kind != RefKind::Secret;
  found.note(flux, Feature::FluxSources, at + ".kind");
  found.note(!ref.path.empty(), Feature::FluxSources, at + ".path");
  found.note(ref.remote_url.has_value(), Feature::RemoteUrl, at + ".remoteURL");
  found.note(ref.deployment_type == DeploymentType::Local, Feature::LocalDeployment,
             at + ".deploymentType");
  found.note(ref.force, Feature::Force, at + ".force");
}

void look_at_add_ons(const AddOns& add_ons, Found& found) {
  found.note(add_ons.sync_mode == SyncMode::ContinuousWithDriftDetection, Feature::DriftDetection,
             "spec.syncMode");
  found.note(add_ons.sync_mode == SyncMode::DryRun, Feature::DryRun, "spec.syncMode");
  found.note(add_ons.reloader, Feature::Reloader, "spec.reloader");
  found.note(add_ons.max_update.has_value(), Feature::MaxUpdate, "spec.maxUpdate");
  found.note(!add_ons.depends_on.empty(), Feature::DependsOn, "spec.dependsOn");
  for (std::size_t i = 0; i < add_ons.policy_refs.size(); ++i) {
    look_at_policy(add_ons.policy_refs[i], item("spec.policyRefs", i), found);
  }
  found.note(!add_ons.helm_charts.empty(), Feature::HelmCharts, "spec.helmCharts");
  found.note(!add_ons.kustomization_refs.empty(), Feature::Kustomizations,
             "spec.kustomizationRefs");
  for (std::size_t i = 0; i < add_ons.template_resource_refs.size(); ++i) {
    const TemplateResourceRef& ref = add_ons.template_resource_refs[i];
    std::string at = item("spec.templateResourceRefs", i);
    found.note(!ref.watch_fields.empty(), Feature::WatchFields, at + ".watchFields");
    found.note(ref.ignore_status_changes, Feature::WatchFields, at + ".ignoreStatusChanges");
  }
  found.note(!add_ons.pre_deploy_checks.empty(), Feature::Checks, "spec.preDeployChecks");
  found.note(!add_ons.validate_healths.empty(), Feature::Checks, "spec.validateHealths");
  found.note(!add_ons.pre_delete_checks.empty(), Feature::Checks, "spec.preDeleteChecks");
  found.note(!add_ons.post_delete_checks.empty(), Feature::Checks, "spec.postDeleteChecks");
  found.note(!add_ons.patches.empty(), Feature::Patches, "spec.patches");
  found.note(!add_ons.patches_from.empty(), Feature::Patches, "spec.patchesFrom");
  found.note(!add_ons.drift_exclusions.empty(), Feature::DriftExclusions, "spec.driftExclusions");
}

}  // namespace

UnsupportedFields unsupported(const EventSource& source) {
  Found found;
  look_at_labels(source.meta.labels, found);
  const std::vector<ResourceSelector>& selectors = source.spec.resource_selectors;
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    found.note(!selectors[i].evaluate_cel.empty(), Feature::Cel,
               item("spec.resourceSelectors", i) + ".evaluateCEL");
  }
  found.note(!source.spec.messaging_match_criteria.empty(), Feature::CloudEvents,
             "spec.messagingMatchCriteria");
  return found.take();
}

UnsupportedFields unsupported(const EventTrigger& trigger) {
  Found found;
  look_at_labels(trigger.meta.labels, found);
  found.note(!trigger.spec.cluster_set_refs.empty(), Feature::Sets, "spec.clusterSetRefs");
  bool cluster_api =
      trigger.spec.destination_cluster && trigger.spec.destination_cluster->kind == "Cluster";
  found.note(cluster_api, Feature::ClusterApi, "spec.destinationCluster.kind");
  found.note(trigger.spec.cloud_event_action != kCloudEventActionDefault, Feature::CloudEvents,
             "spec.cloudEventAction");
  look_at_add_ons(trigger.spec, found);
  return found.take();
}

UnsupportedFields unsupported(const Profile& profile) {
  Found found;
  look_at_labels(profile.meta.labels, found);
  for (std::size_t i = 0; i < profile.spec.cluster_refs.size(); ++i) {
    bool cluster_api = profile.spec.cluster_refs[i].kind == "Cluster";
    found.note(cluster_api, Feature::ClusterApi, item("spec.clusterRefs", i) + ".kind");
  }
  found.note(!profile.spec.set_refs.empty(), Feature::Sets, "spec.setRefs");
  look_at_add_ons(profile.spec, found);
  found.note(profile.spec.max_consecutive_failures.has_value(), Feature::MaxConsecutiveFailures,
             "spec.maxConsecutiveFailures");
  return found.take();
}

UnsupportedFields unsupported(const SveltosCluster& cluster) {
  Found found;
  const SveltosClusterSpec& spec = cluster.spec;
  found.note(spec.token_request_renewal.has_value(), Feature::TokenRenewal,
             "spec.tokenRequestRenewalOption");
  found.note(spec.active_window.has_value(), Feature::ActiveWindow, "spec.activeWindow");
  found.note(!spec.readiness_checks.empty(), Feature::ClusterChecks, "spec.readinessChecks");
  found.note(!spec.liveness_checks.empty(), Feature::ClusterChecks, "spec.livenessChecks");
  found.note(spec.pull_mode, Feature::PullMode, "spec.pullMode");
  found.note(spec.workload_identity.has_value(), Feature::WorkloadIdentity,
             "spec.workloadIdentity");
  return found.take();
}

UnsupportedFields unsupported_kind(std::string_view kind) {
  Found found;
  found.note(kind == "ClusterSet" || kind == "Set", Feature::Sets, "spec");
  return found.take();
}

UnsupportedFields unsupported_labels(const std::map<std::string, std::string>& labels) {
  Found found;
  look_at_labels(labels, found);
  return found.take();
}

UnsupportedFields unsupported_content(const std::map<std::string, std::string>& annotations) {
  Found found;
  auto look = [&](std::string_view key, Feature feature) {
    std::string name(key);
    found.note(annotations.contains(name), feature, "metadata.annotations[" + name + "]");
  };
  look(annotation::kLua, Feature::LuaContent);
  look(annotation::kSubresources, Feature::Subresources);
  return found.take();
}

std::string unsupported_text(const UnsupportedFields& fields) {
  std::string text;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += i + 1 == fields.size() ? " and " : ", ";
    text += fields[i].path + " (" + std::string(fields[i].feature) + ")";
  }
  if (text.empty()) return text;
  return text + (fields.size() == 1 ? " is" : " are") + " not supported yet";
}

}  // namespace lesto::model
