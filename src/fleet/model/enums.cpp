#include "fleet/model/enums.h"

namespace lesto::model {

std::span<const Name<ClusterType>> names(ClusterType) {
  static constexpr Name<ClusterType> kNames[] = {
      {ClusterType::Sveltos, "Sveltos"},
      {ClusterType::Capi, "Capi"},
  };
  return kNames;
}

std::span<const Name<FeatureId>> names(FeatureId) {
  static constexpr Name<FeatureId> kNames[] = {
      {FeatureId::Resources, "Resources"},
      {FeatureId::Helm, "Helm"},
      {FeatureId::Kustomize, "Kustomize"},
  };
  return kNames;
}

std::span<const Name<FeatureStatus>> names(FeatureStatus) {
  static constexpr Name<FeatureStatus> kNames[] = {
      {FeatureStatus::Provisioning, "Provisioning"},
      {FeatureStatus::Provisioned, "Provisioned"},
      {FeatureStatus::Failed, "Failed"},
      {FeatureStatus::FailedNonRetriable, "FailedNonRetriable"},
      {FeatureStatus::Removing, "Removing"},
      {FeatureStatus::Removed, "Removed"},
      {FeatureStatus::AgentRemoving, "AgentRemoving"},
  };
  return kNames;
}

std::span<const Name<SyncMode>> names(SyncMode) {
  static constexpr Name<SyncMode> kNames[] = {
      {SyncMode::OneTime, "OneTime"},
      {SyncMode::Continuous, "Continuous"},
      {SyncMode::ContinuousWithDriftDetection, "ContinuousWithDriftDetection"},
      {SyncMode::DryRun, "DryRun"},
  };
  return kNames;
}

std::span<const Name<StopMatchingBehavior>> names(StopMatchingBehavior) {
  static constexpr Name<StopMatchingBehavior> kNames[] = {
      {StopMatchingBehavior::WithdrawPolicies, "WithdrawPolicies"},
      {StopMatchingBehavior::LeavePolicies, "LeavePolicies"},
  };
  return kNames;
}

std::span<const Name<DeploymentType>> names(DeploymentType) {
  static constexpr Name<DeploymentType> kNames[] = {
      {DeploymentType::Remote, "Remote"},
      {DeploymentType::Local, "Local"},
  };
  return kNames;
}

std::span<const Name<RefKind>> names(RefKind) {
  static constexpr Name<RefKind> kNames[] = {
      {RefKind::GitRepository, "GitRepository"},
      {RefKind::OCIRepository, "OCIRepository"},
      {RefKind::Bucket, "Bucket"},
      {RefKind::ConfigMap, "ConfigMap"},
      {RefKind::Secret, "Secret"},
  };
  return kNames;
}

std::span<const Name<ValuesKind>> names(ValuesKind) {
  static constexpr Name<ValuesKind> kNames[] = {
      {ValuesKind::ConfigMap, "ConfigMap"},
      {ValuesKind::Secret, "Secret"},
  };
  return kNames;
}

std::span<const Name<FilterOperation>> names(FilterOperation) {
  static constexpr Name<FilterOperation> kNames[] = {
      {FilterOperation::Equal, "Equal"},
      {FilterOperation::Different, "Different"},
      {FilterOperation::Has, "Has"},
      {FilterOperation::DoesNotHave, "DoesNotHave"},
  };
  return kNames;
}

std::span<const Name<ReportPhase>> names(ReportPhase) {
  static constexpr Name<ReportPhase> kNames[] = {
      {ReportPhase::WaitingForDelivery, "WaitingForDelivery"},
      {ReportPhase::Delivering, "Delivering"},
      {ReportPhase::Processed, "Processed"},
  };
  return kNames;
}

std::span<const Name<ConnectionStatus>> names(ConnectionStatus) {
  static constexpr Name<ConnectionStatus> kNames[] = {
      {ConnectionStatus::Healthy, "Healthy"},
      {ConnectionStatus::Down, "Down"},
  };
  return kNames;
}

std::span<const Name<IdentityProvider>> names(IdentityProvider) {
  static constexpr Name<IdentityProvider> kNames[] = {
      {IdentityProvider::AWS, "AWS"},
      {IdentityProvider::GCP, "GCP"},
      {IdentityProvider::Azure, "Azure"},
  };
  return kNames;
}

std::span<const Name<HelmChartAction>> names(HelmChartAction) {
  static constexpr Name<HelmChartAction> kNames[] = {
      {HelmChartAction::Install, "Install"},
      {HelmChartAction::Uninstall, "Uninstall"},
  };
  return kNames;
}

std::span<const Name<PostRenderStrategy>> names(PostRenderStrategy) {
  static constexpr Name<PostRenderStrategy> kNames[] = {
      {PostRenderStrategy::Combined, "combined"},
      {PostRenderStrategy::Separate, "separate"},
      {PostRenderStrategy::NoHooks, "nohooks"},
  };
  return kNames;
}

std::span<const Name<DeletionPropagation>> names(DeletionPropagation) {
  static constexpr Name<DeletionPropagation> kNames[] = {
      {DeletionPropagation::Orphan, "orphan"},
      {DeletionPropagation::Foreground, "foreground"},
      {DeletionPropagation::Background, "background"},
  };
  return kNames;
}

std::span<const Name<SignatureProvider>> names(SignatureProvider) {
  static constexpr Name<SignatureProvider> kNames[] = {
      {SignatureProvider::PublicKey, "PublicKey"},
      {SignatureProvider::Keyless, "Keyless"},
  };
  return kNames;
}

std::span<const Name<HelmChartStatus>> names(HelmChartStatus) {
  static constexpr Name<HelmChartStatus> kNames[] = {
      {HelmChartStatus::Managing, "Managing"},
      {HelmChartStatus::Conflict, "Conflict"},
  };
  return kNames;
}

std::span<const Name<ResourceAction>> names(ResourceAction) {
  static constexpr Name<ResourceAction> kNames[] = {
      {ResourceAction::NoAction, "No Action"}, {ResourceAction::Create, "Create"},
      {ResourceAction::Update, "Update"},      {ResourceAction::Delete, "Delete"},
      {ResourceAction::Conflict, "Conflict"},  {ResourceAction::Error, "Error"},
  };
  return kNames;
}

std::span<const Name<HelmAction>> names(HelmAction) {
  static constexpr Name<HelmAction> kNames[] = {
      {HelmAction::NoAction, "No Action"}, {HelmAction::UpdateValues, "Update Values"},
      {HelmAction::Install, "Install"},    {HelmAction::Upgrade, "Upgrade"},
      {HelmAction::Delete, "Delete"},      {HelmAction::Conflict, "Conflict"},
  };
  return kNames;
}

std::span<const Name<WorkloadKind>> names(WorkloadKind) {
  static constexpr Name<WorkloadKind> kNames[] = {
      {WorkloadKind::Deployment, "Deployment"},
      {WorkloadKind::StatefulSet, "StatefulSet"},
      {WorkloadKind::DaemonSet, "DaemonSet"},
  };
  return kNames;
}

std::span<const Name<ConditionStatus>> names(ConditionStatus) {
  static constexpr Name<ConditionStatus> kNames[] = {
      {ConditionStatus::True, "True"},
      {ConditionStatus::False, "False"},
      {ConditionStatus::Unknown, "Unknown"},
  };
  return kNames;
}

}  // namespace lesto::model
