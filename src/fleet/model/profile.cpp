#include "fleet/model/profile.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<ProfileSpec> Value>
void fields(Io& io, Value& value) {
  io.optional("clusterSelector", value.cluster_selector);
  io.optional("clusterRefs", value.cluster_refs);
  io.optional("setRefs", value.set_refs);
  add_on_fields(io, value);
  io.optional("continueOnError", value.continue_on_error);
  io.optional("maxConsecutiveFailures", value.max_consecutive_failures);
}

template <class Io, Is<ClusterGroup> Value>
void fields(Io& io, Value& value) {
  io.optional("hash", value.hash);
  io.optional("clusters", value.clusters);
}

template <class Io, Is<FailedCluster> Value>
void fields(Io& io, Value& value) {
  io.required("clusterRef", value.cluster);
  io.optional("failureMessage", value.failure_message);
  io.optional("lastFailureTime", value.last_failure_time);
}

template <class Io, Is<ProfileStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("matchingClusters", value.matching_clusters);
  io.optional("updatingClusters", value.updating_clusters);
  io.optional("updatedClusters", value.updated_clusters);
  io.optional("failedClusters", value.failed_clusters);
  io.optional("dependenciesHash", value.dependencies_hash);
  io.optional("reconciliationSuspended", value.reconciliation_suspended);
  io.optional("suspensionReason", value.suspension_reason);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<Profile> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.optional("spec", value.spec);
  io.status("status", value.status);
}

bool read(const json::Value& from, const Path& path, Problems& problems, ProfileSpec& to) {
  return read<ProfileSpec>(from, path, problems, to);
}
json::Value write(const ProfileSpec& from) { return write<ProfileSpec>(from); }

namespace {

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

template <class Ref>
void check_content(const Ref& ref, const Path& at, Problems& problems) {
  if (ref.kind.has_value() == ref.remote_url.has_value()) {
    problems.add(at, "either remoteURL or kind must be set, but not both");
  }
  if (ref.tier < 1) problems.add(Path{&at, "tier"}, "should be greater than or equal to 1");
  if (ref.remote_url && !starts_with_any(ref.remote_url->url, {"http://", "https://", "oci://"})) {
    problems.add(Path{&at, "remoteURL"}, "url must start with http://, https:// or oci://");
  }
}

void check_chart(const HelmChart& chart, const Path& at, Problems& problems) {
  if (!starts_with_any(chart.repository_url, {"http", "oci"})) return;
  if (chart.chart_name.empty()) problems.add(Path{&at, "chartName"}, "must be defined");
  if (chart.chart_version.empty()) problems.add(Path{&at, "chartVersion"}, "must be defined");
  if (chart.repository_name.empty()) problems.add(Path{&at, "repositoryName"}, "must be defined");
}

void check_healths(const std::vector<ValidateHealth>& checks, const Path& at, Problems& problems) {
  for (std::size_t i = 0; i < checks.size(); ++i) {
    if (checks[i].job_check && (!checks[i].script.empty() || !checks[i].evaluate_cel.empty())) {
      problems.add(Path{&at, {}, i}, "jobCheck cannot be set together with script or evaluateCEL");
    }
  }
}

void check_profile(const Profile& profile, Problems& problems) {
  const Path root;
  const Path spec{&root, "spec"};
  check_add_ons(profile.spec, spec, problems);
  if (profile.spec.max_consecutive_failures.value_or(0) < 0) {
    problems.add(Path{&spec, "maxConsecutiveFailures"}, "should not be negative");
  }
}

}  // namespace

void check_add_ons(const AddOns& add_ons, const Path& spec, Problems& problems) {
  if (add_ons.tier < 1) problems.add(Path{&spec, "tier"}, "should be greater than or equal to 1");
  const Path policies{&spec, "policyRefs"};
  for (std::size_t i = 0; i < add_ons.policy_refs.size(); ++i) {
    check_content(add_ons.policy_refs[i], Path{&policies, {}, i}, problems);
  }
  const Path kustomizations{&spec, "kustomizationRefs"};
  for (std::size_t i = 0; i < add_ons.kustomization_refs.size(); ++i) {
    check_content(add_ons.kustomization_refs[i], Path{&kustomizations, {}, i}, problems);
  }
  const Path charts{&spec, "helmCharts"};
  for (std::size_t i = 0; i < add_ons.helm_charts.size(); ++i) {
    check_chart(add_ons.helm_charts[i], Path{&charts, {}, i}, problems);
  }
  check_healths(add_ons.pre_deploy_checks, Path{&spec, "preDeployChecks"}, problems);
  check_healths(add_ons.validate_healths, Path{&spec, "validateHealths"}, problems);
  check_healths(add_ons.pre_delete_checks, Path{&spec, "preDeleteChecks"}, problems);
  check_healths(add_ons.post_delete_checks, Path{&spec, "postDeleteChecks"}, problems);
  for (std::size_t i = 0; i < add_ons.template_resource_refs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (add_ons.template_resource_refs[i].identifier !=
          add_ons.template_resource_refs[j].identifier)
        continue;
      const Path refs{&spec, "templateResourceRefs"};
      problems.add(Path{&refs, {}, i},
                   "duplicate identifier \"" + add_ons.template_resource_refs[i].identifier + "\"");
      break;
    }
  }
}

std::string_view kind_of(const Profile& profile) {
  return profile.scope == ProfileScope::Cluster ? "ClusterProfile" : "Profile";
}

Result<Profile> parse_profile(const json::Value& object) {
  Result<Profile> profile =
      read_object<Profile>(object, {"ClusterProfile", "Profile"}, check_profile);
  if (profile && object["kind"].text() == "Profile") profile->scope = ProfileScope::Namespace;
  return profile;
}

json::Value to_json(const Profile& profile) {
  return write_object(kConfigApiVersion, kind_of(profile), profile);
}
json::Value to_json(const ProfileSpec& spec) { return write(spec); }
json::Value to_json(const ProfileStatus& status) { return write(status); }

std::vector<Field> add_on_schema() {
  return {
      optional("syncMode",
               string("Whether deployed content follows changes, and how.")
                   .one_of({"OneTime", "Continuous", "ContinuousWithDriftDetection", "DryRun"})
                   .fallback("Continuous")),
      optional("tier", int32("Of two that want the same object, the lower tier wins.")
                           .minimum(1)
                           .fallback(kTierDefault)),
      optional("continueOnConflict",
               boolean("Deploy the rest when an object is another's.").fallback(false)),
      optional("maxUpdate",
               int_or_string("How many clusters may change at a time, as number or percentage.")
                   .pattern("^((100|[0-9]{1,2})%|[0-9]+)$")),
      optional("stopMatchingBehavior",
               string("What happens to deployed content when a cluster stops matching.")
                   .one_of({"WithdrawPolicies", "LeavePolicies"})
                   .fallback("WithdrawPolicies")),
      optional(
          "reloader",
          boolean("Roll workloads when a mounted ConfigMap or Secret changes.").fallback(false)),
      optional("templateResourceRefs", template_resource_refs()),
      optional("dependsOn", texts("Names of profiles that must be deployed first.")),
      optional("policyRefs", policy_refs()),
      optional("helmCharts", helm_charts()),
      optional("kustomizationRefs", kustomization_refs()),
      optional("preDeployChecks", validate_healths("Checks that must pass before deploying.")),
      optional("validateHealths", validate_healths("Checks that must pass after deploying.")),
      optional("preDeleteChecks", validate_healths("Checks that must pass before deleting.")),
      optional("postDeleteChecks", validate_healths("Checks that must pass after deleting.")),
      optional("patches", patches()),
      optional("patchesFrom", values_from("ConfigMaps and Secrets with patches.")),
      optional("driftExclusions", drift_exclusions()),
      optional("extraLabels", text_map("Labels that every deployed object gets.")),
      optional("extraAnnotations", text_map("Annotations that every deployed object gets."))};
}

Schema profile_spec(std::string_view description) {
  return object(
      description,
      fields_of({{optional("clusterSelector",
                           cluster_selector("Clusters by label. An empty selector chooses none.")),
                  optional("clusterRefs", object_references("Clusters by name.")),
                  optional("setRefs",
                           texts("Names of cluster sets whose selected clusters are chosen."))},
                 add_on_schema(),
                 {optional("continueOnError",
                           boolean("Deploy the rest when an object fails.").fallback(false)),
                  optional("maxConsecutiveFailures",
                           integer("Give a cluster up after so many failures in a row."))}}));
}

namespace {

Schema profile_status() {
  Schema failed = object({}, {required("clusterRef", object_reference("The cluster.")),
                              optional("failureMessage", string("What failed.")),
                              optional("lastFailureTime", date_time("When it failed last."))});
  std::vector<Field> group = {optional("hash", bytes("Hash of the spec.")),
                              optional("clusters", object_references("The clusters."))};
  return object("How far the profile is.",
                {optional("matchingClusters", object_references("Clusters that match.")),
                 optional("updatingClusters", object("Clusters that are getting the spec.", group)),
                 optional("updatedClusters", object("Clusters that have the spec.", group)),
                 optional("failedClusters", array("Clusters that failed.", failed)),
                 optional("dependenciesHash", bytes("Hash of what the profile depends on.")),
                 optional("reconciliationSuspended", boolean("The profile is paused.")),
                 optional("suspensionReason", string("Why it is paused.")),
                 optional("conditions", conditions())});
}

std::vector<PrinterColumn> profile_columns() {
  return {{"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status",
           "Whether all clusters are provisioned", 0},
          {"Sync", "string", ".spec.syncMode", "How changes are followed", 1},
          {"Tier", "integer", ".spec.tier", "Lower tiers win", 1},
          {"Age", "date", ".metadata.creationTimestamp", "Time since creation", 0},
          {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message",
           "What is wrong", 1}};
}

}  // namespace

KindSchema cluster_profile_schema() {
  return {"config.projectsveltos.io",
          "ClusterProfile",
          "clusterprofiles",
          "clusterprofile",
          kube::Scope::Cluster,
          "Add-ons for all clusters that match.",
          profile_spec("What to deploy, and where."),
          profile_status(),
          Subresource::Status,
          profile_columns()};
}

KindSchema profile_schema() {
  return {"config.projectsveltos.io",
          "Profile",
          "profiles",
          "profile",
          kube::Scope::Namespaced,
          "Add-ons for the clusters of its namespace that match.",
          profile_spec("What to deploy, and where."),
          profile_status(),
          Subresource::Status,
          profile_columns()};
}

}  // namespace lesto::model
