#include "steps/profile/decide.h"

#include <set>

#include "fleet/model/names.h"

namespace lesto::profile {
namespace {

model::OwnerScope scope_of(const model::Profile& profile) {
  return profile.scope == model::ProfileScope::Cluster ? model::OwnerScope::Cluster : model::OwnerScope::Namespace;
}

json::Value text_map(const std::map<std::string, std::string>& map) {
  json::Value value = json::object({});
  for (const auto& [key, text] : map) value.set(key, text);
  return value;
}

// The spec that the summary must hold. OneTime: an existing summary keeps its spec, but for the mode itself, so that
// leaving OneTime takes effect (reference/core.md 4.3).
model::ProfileSpec wanted_spec(const model::Profile& profile, const model::ClusterSummary* existing) {
  bool one_time = profile.spec.sync_mode == model::SyncMode::OneTime;
  if (!existing || !one_time) return profile.spec;
  model::ProfileSpec spec = existing->spec.profile_spec;
  spec.sync_mode = model::SyncMode::OneTime;
  return spec;
}

}  // namespace

json::Value make_summary(const model::Profile& profile, const model::ClusterRef& cluster) {
  model::ClusterSummary summary;
  summary.spec.cluster = cluster;
  summary.spec.profile_spec = profile.spec;
  json::Value object = model::to_json(summary);
  object.erase("status");
  json::Value labels = text_map(profile.meta.labels);
  bool of_cluster = profile.scope == model::ProfileScope::Cluster;
  labels.set(of_cluster ? model::label::kClusterProfileName : model::label::kProfileName,
             model::label_value(profile.meta.name));
  labels.set(model::label::kClusterName, model::label_value(cluster.name));
  labels.set(model::label::kClusterType, model::to_string(cluster.type));
  json::Value annotations = text_map(profile.meta.annotations);
  annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
  json::Value owner = json::object({{"apiVersion", model::kConfigApiVersion},
                                    {"kind", model::kind_of(profile)},
                                    {"name", profile.meta.name},
                                    {"uid", profile.meta.uid},
                                    {"controller", true},
                                    {"blockOwnerDeletion", true}});
  object.set("metadata",
             json::object({{"name", model::cluster_summary_name(scope_of(profile), profile.meta.name, cluster)},
                           {"namespace", cluster.ns},
                           {"labels", std::move(labels)},
                           {"annotations", std::move(annotations)},
                           {"ownerReferences", json::array({std::move(owner)})},
                           {"finalizers", json::array({model::finalizer::kClusterSummary})}}));
  return object;
}

Decision decide(const Inputs& inputs) {
  Decision decision;
  const model::Profile& profile = *inputs.profile;
  std::set<model::ClusterRef> wanted;
  bool going = profile.meta.deleted.has_value();
  for (const Target& target : inputs.matching) {
    if (going) break;
    // What was deployed to a cluster that is gone says nothing about the next one of that name.
    if (!target.exists) continue;
    wanted.insert(target.cluster);
    auto found = inputs.existing.find(target.cluster);
    if (found == inputs.existing.end()) {
      if (target.ready) decision.create.push_back(make_summary(profile, target.cluster));
      continue;
    }
    const model::ClusterSummary& existing = *found->second;
    // A summary that is on its way out makes place first (reference/core.md hard case 8).
    if (existing.meta.deleted || !target.ready) continue;
    model::ProfileSpec spec = wanted_spec(profile, &existing);
    if (existing.spec.profile_spec == spec) continue;
    model::ClusterSummary next = existing;
    next.spec.profile_spec = std::move(spec);
    json::Value object = model::to_json(next);
    object.erase("status");
    decision.update.push_back(std::move(object));
  }
  for (const auto& [cluster, summary] : inputs.existing) {
    if (wanted.contains(cluster) || summary->meta.deleted) continue;
    // The spec is brought up to date first, so that a change of stopMatchingBehavior counts (reference/core.md 4.4).
    model::ClusterSummary next = *summary;
    if (next.spec.profile_spec.stop_matching_behavior != profile.spec.stop_matching_behavior) {
      next.spec.profile_spec.stop_matching_behavior = profile.spec.stop_matching_behavior;
      json::Value object = model::to_json(next);
      object.erase("status");
      decision.update.push_back(std::move(object));
    }
    decision.remove.push_back(summary);
  }
  return decision;
}

std::optional<std::string> out_of_namespace(const model::Profile& profile) {
  if (profile.scope == model::ProfileScope::Cluster) return std::nullopt;
  const std::string& own = profile.meta.ns;
  auto check = [&](const std::string& field, const std::string& ns) -> std::optional<std::string> {
    // A templated namespace is checked again when it is rendered.
    if (ns.empty() || ns == own || ns.find("{{") != std::string::npos) return std::nullopt;
    return field + " is \"" + ns + "\", but a Profile reaches its own namespace \"" + own + "\" only";
  };
  for (std::size_t i = 0; i < profile.spec.policy_refs.size(); ++i) {
    std::string field = "spec.policyRefs[" + std::to_string(i) + "].namespace";
    if (auto refused = check(field, profile.spec.policy_refs[i].ns)) return refused;
  }
  for (std::size_t i = 0; i < profile.spec.cluster_refs.size(); ++i) {
    std::string field = "spec.clusterRefs[" + std::to_string(i) + "].namespace";
    if (auto refused = check(field, profile.spec.cluster_refs[i].ns)) return refused;
  }
  for (std::size_t i = 0; i < profile.spec.template_resource_refs.size(); ++i) {
    std::string field = "spec.templateResourceRefs[" + std::to_string(i) + "].resource.namespace";
    if (auto refused = check(field, profile.spec.template_resource_refs[i].resource.ns)) return refused;
  }
  return std::nullopt;
}

}  // namespace lesto::profile
