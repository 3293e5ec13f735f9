// ClusterProfile and Profile: add-ons for all clusters that match.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fleet/model/condition.h"
#include "fleet/model/health.h"
#include "fleet/model/helm_chart.h"
#include "fleet/model/meta.h"
#include "fleet/model/names.h"
#include "fleet/model/patch.h"
#include "fleet/model/policy_ref.h"
#include "fleet/model/reference.h"
#include "fleet/model/values.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::model {

// What EventTrigger copies into the profiles that it makes.
struct AddOns {
  SyncMode sync_mode = SyncMode::Continuous;
  // Between profiles, the lower one wins.
  std::int32_t tier = kTierDefault;
  bool continue_on_conflict = false;
  bool reloader = false;
  std::optional<MaxUpdate> max_update;
  StopMatchingBehavior stop_matching_behavior = StopMatchingBehavior::WithdrawPolicies;
  std::vector<std::string> depends_on;
  std::vector<TemplateResourceRef> template_resource_refs;
  std::vector<PolicyRef> policy_refs;
  std::vector<HelmChart> helm_charts;
  std::vector<KustomizationRef> kustomization_refs;
  std::vector<ValidateHealth> pre_deploy_checks;
  std::vector<ValidateHealth> validate_healths;
  std::vector<ValidateHealth> pre_delete_checks;
  std::vector<ValidateHealth> post_delete_checks;
  std::vector<Patch> patches;
  std::vector<ValueFrom> patches_from;
  std::vector<DriftExclusion> drift_exclusions;
  std::map<std::string, std::string> extra_labels;
  std::map<std::string, std::string> extra_annotations;
  friend bool operator==(const AddOns&, const AddOns&) = default;
};

struct ProfileSpec : AddOns {
  Selector cluster_selector;
  std::vector<ObjectReference> cluster_refs;
  // Names of ClusterSets (ClusterProfile) or Sets (Profile).
  std::vector<std::string> set_refs;
  bool continue_on_error = false;
  // After so many failures in a row a cluster is given up. None: never.
  std::optional<std::int64_t> max_consecutive_failures;
  friend bool operator==(const ProfileSpec&, const ProfileSpec&) = default;
};

// Clusters that have, or are getting, the spec of this hash.
struct ClusterGroup {
  Bytes hash;
  std::vector<ObjectReference> clusters;
  friend bool operator==(const ClusterGroup&, const ClusterGroup&) = default;
};

struct FailedCluster {
  ObjectReference cluster;
  std::string failure_message;
  std::optional<Time> last_failure_time;
  friend bool operator==(const FailedCluster&, const FailedCluster&) = default;
};

struct ProfileStatus {
  std::vector<ObjectReference> matching_clusters;
  ClusterGroup updating_clusters;
  ClusterGroup updated_clusters;
  std::vector<FailedCluster> failed_clusters;
  Bytes dependencies_hash;
  bool reconciliation_suspended = false;
  std::string suspension_reason;
  Conditions conditions;
  friend bool operator==(const ProfileStatus&, const ProfileStatus&) = default;
};

enum class ProfileScope : std::uint8_t { Cluster, Namespace };

// A ClusterProfile, or a Profile, which reaches its own namespace only.
struct Profile {
  ProfileScope scope = ProfileScope::Cluster;
  Meta meta;
  ProfileSpec spec;
  ProfileStatus status;
  friend bool operator==(const Profile&, const Profile&) = default;
};

// "ClusterProfile" or "Profile".
std::string_view kind_of(const Profile& profile);

// Reads a ClusterProfile or a Profile.
Result<Profile> parse_profile(const json::Value& object);
json::Value to_json(const Profile& profile);
json::Value to_json(const ProfileSpec& spec);
json::Value to_json(const ProfileStatus& status);

}  // namespace lesto::model
