#include "fleet/model/cluster_summary.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<FeatureSummary> Value>
void fields(Io& io, Value& value) {
  io.required("featureID", value.feature);
  io.optional("hash", value.hash);
  io.optional("consecutiveFailures", value.consecutive_failures);
  io.optional("status", value.status);
  io.optional("failureReason", value.failure_reason);
  io.optional("failureMessage", value.failure_message);
  io.optional("deployedGroupVersionKind", value.deployed_group_version_kinds);
  io.optional("lastAppliedTime", value.last_applied_time);
  io.optional("resourceSummaryDeployed", value.resource_summary_deployed);
}

template <class Io, Is<FeatureDeploymentInfo> Value>
void fields(Io& io, Value& value) {
  io.required("featureID", value.feature);
  io.optional("deployedGroupVersionKind", value.deployed_group_version_kinds);
}

template <class Io, Is<HelmReleaseSummary> Value>
void fields(Io& io, Value& value) {
  io.filled("releaseName", value.release_name);
  io.filled("releaseNamespace", value.release_namespace);
  io.required("status", value.status);
  io.optional("valuesHash", value.values_hash);
  io.optional("patchesHash", value.patches_hash);
  io.optional("conflictMessage", value.conflict_message);
  io.optional("failureMessage", value.failure_message);
  io.optional("chartName", value.chart_name);
  io.optional("repositoryName", value.repository_name);
  io.optional("repoURL", value.repo_url);
  io.optional("chartVersion", value.chart_version);
  io.optional("credentialsSecretRef", value.credentials_secret_ref);
  io.optional("latestVersion", value.latest_version);
  io.optional("latestPatchVersion", value.latest_patch_version);
  io.optional("lastCheckedTime", value.last_checked_time);
  io.optional("needsRedeploy", value.needs_redeploy);
}

template <class Io, Is<ClusterSummarySpec> Value>
void fields(Io& io, Value& value) {
  cluster_fields(io, value.cluster);
  io.optional("clusterProfileSpec", value.profile_spec);
}

template <class Io, Is<ClusterSummaryStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("dependencies", value.dependencies);
  io.optional("featureSummaries", value.feature_summaries);
  io.optional("deployedGVKs", value.deployed_gvks);
  io.optional("helmReleaseSummaries", value.helm_release_summaries);
  io.optional("nextReconcileTime", value.next_reconcile_time);
  io.optional("failureMessage", value.failure_message);
  io.optional("reconciliationSuspended", value.reconciliation_suspended);
  io.optional("suspensionReason", value.suspension_reason);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<ClusterSummary> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.required("spec", value.spec);
  io.status("status", value.status);
}

namespace {

void check_summary(const ClusterSummary& summary, Problems& problems) {
  const Path root;
  const Path spec{&root, "spec"};
  check_add_ons(summary.spec.profile_spec, Path{&spec, "clusterProfileSpec"}, problems);
}

Schema feature_summary() {
  return object(
      {},
      {required("featureID", feature_id("Kind of add-on.")),
       optional("hash", bytes("Hash of all inputs.")),
       optional("consecutiveFailures", integer("Failures since the last success.")),
       optional("status",
                string("How far it is.")
                    .one_of({"Provisioning", "Provisioned", "Failed", "FailedNonRetriable",
                             "Removing", "Removed", "AgentRemoving"})),
       optional("failureReason", string("What kind of failure.")),
       optional("failureMessage", string("What failed first.")),
       optional("deployedGroupVersionKind", texts("Kinds that were deployed. See deployedGVKs.")),
       optional("lastAppliedTime", date_time("When it was deployed last.")),
       optional("resourceSummaryDeployed", boolean("Drift is being watched."))});
}

Schema release_summary() {
  return object(
      {},
      {required("releaseName", string("Name of the release.").min_length(1)),
       required("releaseNamespace", string("Namespace of the release.").min_length(1)),
       required("status", string("Whether the release is ours.").one_of({"Managing", "Conflict"})),
       optional("valuesHash", bytes("Hash of the values.")),
       optional("patchesHash", bytes("Hash of the patches.")),
       optional("conflictMessage", string("Whose the release is.")),
       optional("failureMessage", string("What failed first.")),
       optional("chartName", string("Name of the chart.")),
       optional("repositoryName", string("Name of the repository.")),
       optional("repoURL", string("Address of the repository.")),
       optional("chartVersion", string("Version of the chart.")),
       optional("credentialsSecretRef", secret_reference("Secret with the credentials.")),
       optional("latestVersion", string("Newest version in the repository.")),
       optional("latestPatchVersion", string("Newest patch version in the repository.")),
       optional("lastCheckedTime", date_time("When the repository was looked at.")),
       optional("needsRedeploy", boolean("The release drifted."))});
}

Schema summary_status() {
  Schema gvks =
      object({}, {required("featureID", feature_id("Kind of add-on.")),
                  optional("deployedGroupVersionKind", texts("Kinds, as Kind.version.group."))});
  return object(
      "How far the profile is in the cluster.",
      {optional("dependencies", string("What is waited for.")),
       optional("featureSummaries",
                array("How far each kind of add-on is.", feature_summary()).keyed({"featureID"})),
       optional("deployedGVKs", array("Kinds that were deployed.", gvks).keyed({"featureID"})),
       optional("helmReleaseSummaries", array("How far each release is.", release_summary())
                                            .keyed({"releaseName", "releaseNamespace"})),
       optional("nextReconcileTime", date_time("Nothing is done before.")),
       optional("failureMessage", string("What failed first.")),
       optional("reconciliationSuspended", boolean("The summary is paused.")),
       optional("suspensionReason", string("Why it is paused.")),
       optional("conditions", conditions())});
}

}  // namespace

const FeatureSummary* find_feature(const ClusterSummaryStatus& status, FeatureId feature) {
  for (const FeatureSummary& summary : status.feature_summaries) {
    if (summary.feature == feature) return &summary;
  }
  return nullptr;
}

Result<ClusterSummary> parse_cluster_summary(const json::Value& object) {
  return read_object<ClusterSummary>(object, {"ClusterSummary"}, check_summary);
}

json::Value to_json(const ClusterSummary& summary) {
  return write_object(kConfigApiVersion, "ClusterSummary", summary);
}
json::Value to_json(const ClusterSummaryStatus& status) { return write(status); }

KindSchema cluster_summary_schema() {
  Schema spec = object(
      "One profile in one cluster.",
      fields_of({cluster_ref_fields(),
                 {optional("clusterProfileSpec", profile_spec("A copy of the profile's spec."))}}));
  return {"config.projectsveltos.io",
          "ClusterSummary",
          "clustersummaries",
          "clustersummary",
          kube::Scope::Namespaced,
          "One profile in one cluster, and how far it is.",
          spec,
          summary_status(),
          Subresource::Status,
          {{"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status",
            "Whether all is provisioned", 0},
           {"Cluster", "string", ".spec.clusterName", "Where it deploys", 0},
           {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0},
           {"HelmCharts", "string", ".status.featureSummaries[?(@.featureID==\"Helm\")].status",
            "Helm charts", 2},
           {"KustomizeRefs", "string",
            ".status.featureSummaries[?(@.featureID==\"Kustomize\")].status", "Kustomizations", 2},
           {"PolicyRefs", "string",
            ".status.featureSummaries[?(@.featureID==\"Resources\")].status", "Raw objects", 2},
           {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message",
            "What is wrong", 1}}};
}

}  // namespace lesto::model
