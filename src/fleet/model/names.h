// Names that are fixed by the API: groups, labels, annotations, finalizers, and the names of objects that are
// derived from others (reference/core.md 3.4, 3.7, 4.2, 7).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fleet/model/reference.h"
#include "kube/object/object.h"

namespace lesto::model {

inline constexpr std::string_view kLibGroup = "lib.projectsveltos.io";
inline constexpr std::string_view kConfigGroup = "config.projectsveltos.io";
inline constexpr std::string_view kVersion = "v1beta1";
inline constexpr std::string_view kOldVersion = "v1alpha1";
inline constexpr std::string_view kLibApiVersion = "lib.projectsveltos.io/v1beta1";
inline constexpr std::string_view kLibOldApiVersion = "lib.projectsveltos.io/v1alpha1";
inline constexpr std::string_view kConfigApiVersion = "config.projectsveltos.io/v1beta1";

// The namespace of the controllers and of what they make.
inline constexpr std::string_view kSveltosNamespace = "projectsveltos";
// Type of Secrets whose content is deployed.
inline constexpr std::string_view kProfileSecretType = "addons.projectsveltos.io/cluster-profile";

namespace annotation {

// Presence counts, whatever the value (hard case 6).
inline constexpr std::string_view kInstantiate = "projectsveltos.io/instantiate";
inline constexpr std::string_view kTemplate = "projectsveltos.io/template";
inline constexpr std::string_view kLua = "projectsveltos.io/lua";
inline constexpr std::string_view kSubresources = "projectsveltos.io/subresources";
inline constexpr std::string_view kDriftDetectionIgnore = "projectsveltos.io/driftDetectionIgnore";
inline constexpr std::string_view kForceRecreate = "projectsveltos.io/forceRecreate";
inline constexpr std::string_view kDeployedBySveltos = "projectsveltos.io/deployed-by-sveltos";
inline constexpr std::string_view kRetrigger = "projectsveltos.io/retrigger";
inline constexpr std::string_view kProfilePaused = "profile.projectsveltos.io/paused";
inline constexpr std::string_view kPaused = "cluster.x-k8s.io/paused";
inline constexpr std::string_view kShard = "sharding.projectsveltos.io/key";
// On deployed objects.
inline constexpr std::string_view kReferenceKind = "projectsveltos.io/reference-kind";
inline constexpr std::string_view kReferenceName = "projectsveltos.io/reference-name";
inline constexpr std::string_view kReferenceNamespace = "projectsveltos.io/reference-namespace";
inline constexpr std::string_view kReferenceTier = "projectsveltos.io/reference-tier";
inline constexpr std::string_view kHash = "projectsveltos.io/hash";
inline constexpr std::string_view kOwnerTier = "projectsveltos.io/owner-tier";
inline constexpr std::string_view kOwnerName = "projectsveltos.io/owner-name";
inline constexpr std::string_view kOwnerKind = "projectsveltos.io/owner-kind";
inline constexpr std::string_view kClusterSummary = "projectsveltos.io/clustersummary";
inline constexpr std::string_view kDeploymentType = "projectsveltos.io/deploymenttype";
// On ResourceSummaries.
inline constexpr std::string_view kClusterSummaryName = "projectsveltos.io/cluster-summary-name";
inline constexpr std::string_view kClusterSummaryNamespace = "projectsveltos.io/cluster-summary-namespace";
// On ReloaderReports.
inline constexpr std::string_view kReloadedKind = "reloaderreport.projectsveltos.io/resource-kind";
inline constexpr std::string_view kReloadedNamespace = "reloaderreport.projectsveltos.io/resource-namespace";
inline constexpr std::string_view kReloadedName = "reloaderreport.projectsveltos.io/resource-name";

}  // namespace annotation

namespace label {

inline constexpr std::string_view kReason = "projectsveltos.io/reason";
inline constexpr std::string_view kClusterProfileName = "projectsveltos.io/cluster-profile-name";
inline constexpr std::string_view kProfileName = "projectsveltos.io/profile-name";
inline constexpr std::string_view kClusterName = "projectsveltos.io/cluster-name";
inline constexpr std::string_view kClusterType = "projectsveltos.io/cluster-type";
inline constexpr std::string_view kServiceAccountName = "projectsveltos.io/serviceaccount-name";
inline constexpr std::string_view kServiceAccountNamespace = "projectsveltos.io/serviceaccount-namespace";
// Of an earlier time, with the same meaning (reference/core.md 7).
inline constexpr std::string_view kAdminName = "projectsveltos.io/admin-name";
inline constexpr std::string_view kAdminNamespace = "projectsveltos.io/admin-namespace";
inline constexpr std::string_view kEventSourceName = "projectsveltos.io/eventsource-name";
inline constexpr std::string_view kReportClusterName = "eventreport.projectsveltos.io/cluster-name";
inline constexpr std::string_view kReportClusterType = "eventreport.projectsveltos.io/cluster-type";
inline constexpr std::string_view kKubernetesVersion = "projectsveltos.io/k8s-version";
inline constexpr std::string_view kReloaderReportClusterName = "reloaderreport.projectsveltos.io/cluster-name";
inline constexpr std::string_view kReloaderReportClusterType = "reloaderreport.projectsveltos.io/cluster-type";
// On what triggers make.
inline constexpr std::string_view kTriggerName = "eventtrigger.lib.projectsveltos.io/eventtriggername";
inline constexpr std::string_view kTriggerClusterNamespace = "eventtrigger.lib.projectsveltos.io/clusterNamespace";
inline constexpr std::string_view kTriggerClusterName = "eventtrigger.lib.projectsveltos.io/clustername";
inline constexpr std::string_view kTriggerClusterType = "eventtrigger.lib.projectsveltos.io/clustertype";
// Holds the name of the EventSource, for history's sake.
inline constexpr std::string_view kTriggerEventReportName = "eventtrigger.lib.projectsveltos.io/eventreportname";
inline constexpr std::string_view kTriggerEventSourceName = "eventtrigger.lib.projectsveltos.io/eventsourcename";
inline constexpr std::string_view kTriggerResourceName = "eventtrigger.lib.projectsveltos.io/resourcename";
inline constexpr std::string_view kTriggerResourceNamespace = "eventtrigger.lib.projectsveltos.io/resourcenamespace";
inline constexpr std::string_view kTriggerCloudEventSource = "eventtrigger.lib.projectsveltos.io/cesource";
inline constexpr std::string_view kTriggerCloudEventSubject = "eventtrigger.lib.projectsveltos.io/cesubject";
inline constexpr std::string_view kTriggerRefNamespace = "eventtrigger.lib.projectsveltos.io/refnamespace";
inline constexpr std::string_view kTriggerRefName = "eventtrigger.lib.projectsveltos.io/refname";
inline constexpr std::string_view kTriggerFromGenerator = "eventtrigger.lib.projectsveltos.io/fromgenerator";

}  // namespace label

namespace finalizer {

inline constexpr std::string_view kClusterProfile = "clusterprofilefinalizer.projectsveltos.io";
inline constexpr std::string_view kProfile = "profilefinalizer.projectsveltos.io";
inline constexpr std::string_view kClusterSummary = "clustersummaryfinalizer.projectsveltos.io";
inline constexpr std::string_view kClusterSet = "clustersetfinalizer.projectsveltos.io";
inline constexpr std::string_view kSet = "setfinalizer.projectsveltos.io";
inline constexpr std::string_view kResourceSummary = "resourcesummaryfinalizer.projectsveltos.io";
inline constexpr std::string_view kEventSource = "eventsource.finalizer.projectsveltos.io";
inline constexpr std::string_view kEventTrigger = "eventtrigger.finalizer.projectsveltos.io";
inline constexpr std::string_view kEventBasedAddOn = "eventbasedaddon.finalizer.projectsveltos.io";
inline constexpr std::string_view kEventReport = "eventreport.finalizer.projectsveltos.io";
inline constexpr std::string_view kReloader = "reloader.finalizer.projectsveltos.io";
inline constexpr std::string_view kReloaderReport = "reloaderreport.finalizer.projectsveltos.io";

}  // namespace finalizer

// A text as a label value: as it is where it fits (63 characters of the right kind), else cut and with a hash (hard
// case 63).
std::string label_value(std::string_view text);

// "capi" or "sveltos", as generated names and some labels have it.
std::string_view lower(ClusterType type);
// "resources", "helm", "kustomize".
std::string_view lower(FeatureId feature);

// The Secret that holds a cluster's kubeconfig when its spec names none.
std::string kubeconfig_secret_name(const ClusterRef& cluster);
// "sveltos--load-balancer-service--gke", in the cluster's namespace. Spilled reports append "--1", "--2" and so on.
std::string event_report_name(const ClusterRef& cluster, std::string_view event_source, std::size_t number = 0);
std::map<std::string, std::string> event_report_labels(const ClusterRef& cluster, std::string_view event_source);

enum class OwnerScope { Cluster, Namespace };
// "web-sveltos-gke"; for a Profile "p--web-sveltos-gke". In the cluster's namespace.
std::string cluster_summary_name(OwnerScope scope, std::string_view profile, const ClusterRef& cluster);
// "sveltos--gke", in the cluster's namespace.
std::string cluster_configuration_name(const ClusterRef& cluster);
// "web--sveltos--gke", or "p--web--sveltos--gke".
std::string cluster_report_name(OwnerScope scope, std::string_view profile, const ClusterRef& cluster);
// "default--web-sveltos-gke", in the sveltos namespace of the managed cluster.
std::string resource_summary_name(const kube::ObjectKey& summary);
// "web--resources".
std::string reloader_name(std::string_view profile, FeatureId feature);

}  // namespace lesto::model
