// The closed sets of words in our kinds, each with the spelling of its API.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lesto::model {

template <class Enum>
struct Name {
  Enum value;
  std::string_view text;
};

// Which API represents a cluster.
enum class ClusterType : std::uint8_t { Sveltos, Capi };
std::span<const Name<ClusterType>> names(ClusterType);

// What kind of add-on.
enum class FeatureId : std::uint8_t { Resources, Helm, Kustomize };
std::span<const Name<FeatureId>> names(FeatureId);

// How far a feature is in one cluster.
enum class FeatureStatus : std::uint8_t {
  Provisioning,
  Provisioned,
  Failed,
  FailedNonRetriable,
  Removing,
  Removed,
  AgentRemoving
};
std::span<const Name<FeatureStatus>> names(FeatureStatus);

// How a profile follows its changes.
enum class SyncMode : std::uint8_t { OneTime, Continuous, ContinuousWithDriftDetection, DryRun };
std::span<const Name<SyncMode>> names(SyncMode);

// What happens to what was deployed when a cluster stops matching.
enum class StopMatchingBehavior : std::uint8_t { WithdrawPolicies, LeavePolicies };
std::span<const Name<StopMatchingBehavior>> names(StopMatchingBehavior);

// Where content goes: the matching cluster, or the management cluster.
enum class DeploymentType : std::uint8_t { Remote, Local };
std::span<const Name<DeploymentType>> names(DeploymentType);

// What holds content to deploy.
enum class RefKind : std::uint8_t { GitRepository, OCIRepository, Bucket, ConfigMap, Secret };
std::span<const Name<RefKind>> names(RefKind);

// What holds values.
enum class ValuesKind : std::uint8_t { ConfigMap, Secret };
std::span<const Name<ValuesKind>> names(ValuesKind);

// How a label filter compares.
enum class FilterOperation : std::uint8_t { Equal, Different, Has, DoesNotHave };
std::span<const Name<FilterOperation>> names(FilterOperation);

// How far an EventReport was handled.
enum class ReportPhase : std::uint8_t { WaitingForDelivery, Delivering, Processed };
std::span<const Name<ReportPhase>> names(ReportPhase);

// Whether a cluster answers.
enum class ConnectionStatus : std::uint8_t { Healthy, Down };
std::span<const Name<ConnectionStatus>> names(ConnectionStatus);

// Whose keyless credentials reach a cluster.
enum class IdentityProvider : std::uint8_t { AWS, GCP, Azure };
std::span<const Name<IdentityProvider>> names(IdentityProvider);

// What to do with a chart.
enum class HelmChartAction : std::uint8_t { Install, Uninstall };
std::span<const Name<HelmChartAction>> names(HelmChartAction);

// How hooks are post-rendered.
enum class PostRenderStrategy : std::uint8_t { Combined, Separate, NoHooks };
std::span<const Name<PostRenderStrategy>> names(PostRenderStrategy);

// How dependents go when a release is uninstalled.
enum class DeletionPropagation : std::uint8_t { Orphan, Foreground, Background };
std::span<const Name<DeletionPropagation>> names(DeletionPropagation);

// How a chart's signature is checked.
enum class SignatureProvider : std::uint8_t { PublicKey, Keyless };
std::span<const Name<SignatureProvider>> names(SignatureProvider);

// Whether a ClusterSummary manages a release.
enum class HelmChartStatus : std::uint8_t { Managing, Conflict };
std::span<const Name<HelmChartStatus>> names(HelmChartStatus);

// What a dry run would do with an object.
enum class ResourceAction : std::uint8_t { NoAction, Create, Update, Delete, Conflict, Error };
std::span<const Name<ResourceAction>> names(ResourceAction);

// What a dry run would do with a release.
enum class HelmAction : std::uint8_t { NoAction, UpdateValues, Install, Upgrade, Delete, Conflict };
std::span<const Name<HelmAction>> names(HelmAction);

// Workloads that can be rolled.
enum class WorkloadKind : std::uint8_t { Deployment, StatefulSet, DaemonSet };
std::span<const Name<WorkloadKind>> names(WorkloadKind);

// The three answers of a condition.
enum class ConditionStatus : std::uint8_t { True, False, Unknown };
std::span<const Name<ConditionStatus>> names(ConditionStatus);

// The spelling of a value: to_string(SyncMode::OneTime) is "OneTime".
template <class Enum>
  requires requires(Enum value) { names(value); }
std::string_view to_string(Enum value) {
  for (const Name<Enum>& name : names(value)) {
    if (name.value == value) return name.text;
  }
  return {};
}

}  // namespace lesto::model
