#include "steps/deploy/ownership.h"

#include <charconv>

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::deploy {
namespace {

// Ours: tells Profiles of one name in two namespaces apart (reference/core.md hard case 21).
constexpr std::string_view kOwnerNamespace = "projectsveltos.io/owner-namespace";

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string_view annotation(const json::Value& object, std::string_view key) {
  const json::Value* value = kube::annotation_of(object, key);
  return value ? value->text() : std::string_view();
}

}  // namespace

std::optional<Owner> owner_of_summary(const json::Value& summary) {
  for (const json::Value& owner : summary["metadata"]["ownerReferences"].items()) {
    std::string_view kind = owner["kind"].text();
    if (kind == "ClusterProfile") return Owner{std::string(kind), "", owner["name"].string()};
    if (kind == "Profile") {
      return Owner{std::string(kind), std::string(kube::namespace_of(summary)), owner["name"].string()};
    }
  }
  return std::nullopt;
}

std::optional<Ownership> ownership_of(const json::Value& object) {
  Ownership ownership;
  ownership.owner = {std::string(annotation(object, model::annotation::kOwnerKind)),
                     std::string(annotation(object, kOwnerNamespace)),
                     std::string(annotation(object, model::annotation::kOwnerName))};
  if (ownership.owner.name.empty()) return std::nullopt;
  ownership.owner_tier = number(annotation(object, model::annotation::kOwnerTier));
  ownership.cluster = annotation(object, model::annotation::kClusterSummary);
  ownership.hash = annotation(object, model::annotation::kHash);
  return ownership;
}

std::string cluster_mark(const model::ClusterRef& cluster) {
  return std::string(model::lower(cluster.type)) + "-" + cluster.ns + "-" + cluster.name;
}

json::Value stamped(json::Value object, const Stamp& stamp) {
  std::string hash = "sha256:" + sha256_hex(json::canonical(object));
  json::Value& metadata = object.at("metadata");
  json::Value& labels = metadata.at("labels");
  labels.set(model::label::kReason, model::to_string(model::FeatureId::Resources));
  for (const auto& [key, value] : stamp.extra_labels) labels.set(key, value);
  json::Value& annotations = metadata.at("annotations");
  annotations.set(model::annotation::kReferenceKind, stamp.reference_kind);
  annotations.set(model::annotation::kReferenceName, stamp.reference.name);
  annotations.set(model::annotation::kReferenceNamespace, stamp.reference.ns);
  annotations.set(model::annotation::kReferenceTier, std::to_string(stamp.reference_tier));
  annotations.set(model::annotation::kHash, hash);
  annotations.set(model::annotation::kOwnerTier, std::to_string(stamp.tier));
  annotations.set(model::annotation::kOwnerName, stamp.owner.name);
  annotations.set(model::annotation::kOwnerKind, stamp.owner.kind);
  if (!stamp.owner.ns.empty()) annotations.set(kOwnerNamespace, stamp.owner.ns);
  annotations.set(model::annotation::kClusterSummary, cluster_mark(stamp.cluster));
  annotations.set(model::annotation::kDeploymentType, model::to_string(model::DeploymentType::Remote));
  for (const auto& [key, value] : stamp.extra_annotations) annotations.set(key, value);
  return object;
}

json::Value unstamp_patch() {
  json::Value annotations = json::object({});
  for (std::string_view key :
       {model::annotation::kReferenceKind, model::annotation::kReferenceName, model::annotation::kReferenceNamespace,
        model::annotation::kReferenceTier, model::annotation::kHash, model::annotation::kOwnerTier,
        model::annotation::kOwnerName, model::annotation::kOwnerKind, kOwnerNamespace,
        model::annotation::kClusterSummary, model::annotation::kDeploymentType}) {
    annotations.set(key, json::Value());
  }
  json::Value labels = json::object({{model::label::kReason, json::Value()}});
  return json::object(
      {{"metadata", json::object({{"labels", std::move(labels)}, {"annotations", std::move(annotations)}})}});
}

}  // namespace lesto::deploy
