// Reading, printing and describing the structs that several kinds share. Internal to fleet/model.
#pragma once

#include <string_view>

#include "fleet/model/cluster_configuration.h"
#include "fleet/model/condition.h"
#include "fleet/model/fields.h"
#include "fleet/model/health.h"
#include "fleet/model/helm_chart.h"
#include "fleet/model/meta.h"
#include "fleet/model/patch.h"
#include "fleet/model/policy_ref.h"
#include "fleet/model/profile.h"
#include "fleet/model/reference.h"
#include "fleet/model/resource_selector.h"
#include "fleet/model/schema.h"
#include "foundation/json/value.h"

namespace lesto::model {

bool read(const json::Value& from, const Path& path, Problems& problems, Meta& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Condition& to);
bool read(const json::Value& from, const Path& path, Problems& problems, ObjectReference& to);
bool read(const json::Value& from, const Path& path, Problems& problems, SecretReference& to);
bool read(const json::Value& from, const Path& path, Problems& problems, LabelFilter& to);
bool read(const json::Value& from, const Path& path, Problems& problems, CelRule& to);
bool read(const json::Value& from, const Path& path, Problems& problems, ResourceSelector& to);
bool read(const json::Value& from, const Path& path, Problems& problems, ValidateHealth& to);
bool read(const json::Value& from, const Path& path, Problems& problems, Patch& to);
bool read(const json::Value& from, const Path& path, Problems& problems, DriftExclusion& to);
bool read(const json::Value& from, const Path& path, Problems& problems, PolicyRef& to);
bool read(const json::Value& from, const Path& path, Problems& problems, KustomizationRef& to);
bool read(const json::Value& from, const Path& path, Problems& problems, DataRef& to);
bool read(const json::Value& from, const Path& path, Problems& problems, ValueFrom& to);
bool read(const json::Value& from, const Path& path, Problems& problems, TemplateResourceRef& to);
bool read(const json::Value& from, const Path& path, Problems& problems, HelmChart& to);
bool read(const json::Value& from, const Path& path, Problems& problems, ProfileSpec& to);
bool read(const json::Value& from, const Path& path, Problems& problems, DeployedResource& to);

json::Value write(const Meta& from);
json::Value write(const Condition& from);
json::Value write(const ObjectReference& from);
json::Value write(const SecretReference& from);
json::Value write(const LabelFilter& from);
json::Value write(const CelRule& from);
json::Value write(const ResourceSelector& from);
json::Value write(const ValidateHealth& from);
json::Value write(const Patch& from);
json::Value write(const DriftExclusion& from);
json::Value write(const PolicyRef& from);
json::Value write(const KustomizationRef& from);
json::Value write(const DataRef& from);
json::Value write(const ValueFrom& from);
json::Value write(const TemplateResourceRef& from);
json::Value write(const HelmChart& from);
json::Value write(const ProfileSpec& from);
json::Value write(const DeployedResource& from);

// The cluster of a report or summary, as three fields of its spec.
template <class Io, Is<ClusterRef> Value>
void cluster_fields(Io& io, Value& value) {
  io.required("clusterNamespace", value.ns);
  io.required("clusterName", value.name);
  io.required("clusterType", value.type);
}

// The fields of AddOns, between the fields that EventTrigger and the profiles have of their own.
template <class Io, class Value>
void add_on_fields(Io& io, Value& value) {
  io.defaulted("syncMode", value.sync_mode, SyncMode::Continuous);
  io.defaulted("tier", value.tier, kTierDefault);
  io.optional("continueOnConflict", value.continue_on_conflict);
  io.optional("reloader", value.reloader);
  io.optional("maxUpdate", value.max_update);
  io.defaulted("stopMatchingBehavior", value.stop_matching_behavior,
               StopMatchingBehavior::WithdrawPolicies);
  io.optional("dependsOn", value.depends_on);
  io.optional("templateResourceRefs", value.template_resource_refs);
  io.optional("policyRefs", value.policy_refs);
  io.optional("helmCharts", value.helm_charts);
  io.optional("kustomizationRefs", value.kustomization_refs);
  io.optional("preDeployChecks", value.pre_deploy_checks);
  io.optional("validateHealths", value.validate_healths);
  io.optional("preDeleteChecks", value.pre_delete_checks);
  io.optional("postDeleteChecks", value.post_delete_checks);
  io.optional("patches", value.patches);
  io.optional("patchesFrom", value.patches_from);
  io.optional("driftExclusions", value.drift_exclusions);
  io.optional("extraLabels", value.extra_labels);
  io.optional("extraAnnotations", value.extra_annotations);
}

// What the fields of AddOns cannot tell one by one.
void check_add_ons(const AddOns& add_ons, const Path& spec, Problems& problems);

// Schemas.
Schema object_reference(std::string_view description);
Schema object_references(std::string_view description);
Schema secret_reference(std::string_view description);
// As text of v1alpha1 or LabelSelector of v1beta1.
Schema cluster_selector(std::string_view description);
Schema label_selector(std::string_view description);
Schema label_filters(std::string_view description);
Schema cel_rules(std::string_view description);
Schema resource_selectors(std::string_view description);
Schema data_ref(std::string_view description);
Schema values_from(std::string_view description);
Schema policy_refs();
Schema kustomization_refs();
Schema template_resource_refs();
Schema helm_charts();
Schema validate_healths(std::string_view description);
Schema patches();
Schema drift_exclusions();
Schema texts(std::string_view description);
Schema text_map(std::string_view description);
Schema cluster_type(std::string_view description);
Schema feature_id(std::string_view description);
Schema conditions();
Schema deployed_resource(std::string_view description);
Schema duration(std::string_view description);
std::vector<Field> cluster_ref_fields();
std::vector<Field> add_on_schema();
Schema profile_spec(std::string_view description);

}  // namespace lesto::model
