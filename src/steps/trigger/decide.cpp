#include "steps/trigger/decide.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "kube/object/selector.h"
#include "steps/trigger/unit.h"

namespace lesto::trigger {
namespace {

using model::RefKind;

std::string_view kind_text(RefKind kind) { return model::to_string(kind); }

std::string reference_text(RefKind kind, const kube::ObjectKey& key) {
  return std::string(kind_text(kind)) + " " + key.text();
}

std::string field_text(std::string_view list, std::size_t index, std::string_view field) {
  return "spec." + std::string(list) + "[" + std::to_string(index) + "]." + std::string(field);
}

// Renders a field of the trigger; "" stays "".
Result<std::string> render_field(Renderer& renderer, std::string name, const std::string& text) {
  if (text.find("{{") == std::string::npos) return text;
  return renderer.render(std::move(name), text);
}

Result<kube::ObjectKey> render_key(Renderer& renderer, const Inputs& inputs, std::string_view list, std::size_t index,
                                   const std::string& ns, const std::string& name) {
  kube::ObjectKey key;
  TRY_ASSIGN(key.ns, render_field(renderer, field_text(list, index, "namespace"), ns));
  TRY_ASSIGN(key.name, render_field(renderer, field_text(list, index, "name"), name));
  // An empty namespace is the cluster's (reference/core.md 3.6).
  if (key.ns.empty()) key.ns = inputs.unit.cluster.ns;
  if (key.name.empty()) return fail(Code::Invalid, field_text(list, index, "name") + " is empty");
  return key;
}

Result<void> plan_generators(const Inputs& inputs, Renderer& renderer, RefKind kind,
                             const std::vector<model::Generator>& generators, std::vector<Reference>& out) {
  std::string_view list = kind == RefKind::ConfigMap ? "configMapGenerator" : "secretGenerator";
  for (std::size_t i = 0; i < generators.size(); ++i) {
    const model::Generator& generator = generators[i];
    Reference reference{.kind = kind, .key = {}, .optional = generator.optional, .generated_name = {}, .index = i, .generator = true};
    TRY_ASSIGN(reference.key, render_key(renderer, inputs, list, i, generator.ns, generator.name));
    TRY_ASSIGN(reference.generated_name,
               render_field(renderer, field_text(list, i, "nameFormat"), generator.name_format));
    out.push_back(std::move(reference));
  }
  return {};
}

bool is_instantiated(const Inputs& inputs, const Reference& reference, const json::Value& content) {
  if (reference.generator || inputs.unit.form == model::TriggerForm::EventBasedAddOn) return true;
  return kube::annotation_of(content, model::annotation::kInstantiate) != nullptr;
}

Result<void> check_secret_type(const json::Value& content) {
  if (content["kind"].text() != "Secret" || content["type"].text() == model::kProfileSecretType) return {};
  return fail(Code::Invalid, kube::text_of(content) + " has type \"" + content["type"].string() + "\", but content to deploy must have type \"" +
                                 std::string(model::kProfileSecretType) + "\"");
}

// The data of a ConfigMap or Secret with each value rendered.
Result<json::Value> render_data(Renderer& renderer, const json::Value& content) {
  bool secret = content["kind"].text() == "Secret";
  json::Value data = json::object({});
  for (const json::Member& entry : content["data"].members()) {
    std::string name = kube::text_of(content) + " key " + std::string(entry.name());
    std::string text = entry.value.string();
    if (secret) {
      auto bytes = base64_decode(text);
      if (!bytes) return fail(std::move(bytes.error()).during(std::move(name)));
      text = std::move(*bytes);
    }
    TRY_ASSIGN(std::string rendered, renderer.render(std::move(name), text));
    data.set(entry.name(), secret ? base64_encode(rendered) : rendered);
  }
  return data;
}

std::string copy_name(const Inputs& inputs, const Reference& reference) {
  if (reference.generated_name) return *reference.generated_name;
  return derived_name(inputs.unit, reference_text(reference.kind, reference.key));
}

Result<json::Value> make_copy(const Inputs& inputs, Renderer& renderer, const Reference& reference,
                              const json::Value& content) {
  TRY(check_secret_type(content));
  json::Value labels = unit_labels(inputs.unit);
  labels.set(model::label::kTriggerRefNamespace, model::label_value(reference.key.ns));
  labels.set(model::label::kTriggerRefName, model::label_value(reference.key.name));
  if (reference.generator) labels.set(model::label::kTriggerFromGenerator, "ok");
  json::Value annotations = content["metadata"]["annotations"];
  if (annotations.is_null()) annotations = json::object({});
  annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
  annotations.set(kUnitAnnotation, unit_text(inputs.unit));
  json::Value copy = json::object({{"apiVersion", "v1"}, {"kind", content["kind"]}});
  copy.set("metadata", json::object({{"name", copy_name(inputs, reference)},
                                     {"namespace", inputs.own_namespace},
                                     {"labels", std::move(labels)},
                                     {"annotations", std::move(annotations)}}));
  if (content["kind"].text() == "Secret") copy.set("type", content["type"]);
  TRY_ASSIGN(json::Value data, render_data(renderer, content));
  copy.set("data", std::move(data));
  return copy;
}

// The profile's policyRefs, and the copies that they need.
Result<void> add_policy_refs(const Inputs& inputs, Renderer& renderer, const std::vector<Reference>& references,
                             model::ProfileSpec& spec, std::vector<json::Value>& copies) {
  spec.policy_refs.clear();
  for (std::size_t i = 0; i < references.size(); ++i) {
    const Reference& reference = references[i];
    const json::Value& content = inputs.contents[i];
    if (content.is_null()) {
      if (reference.optional) continue;
      return fail(Code::NotFound, reference_text(reference.kind, reference.key) + " does not exist in the management cluster");
    }
    bool instantiated = is_instantiated(inputs, reference, content);
    if (instantiated) {
      TRY_ASSIGN(json::Value copy, make_copy(inputs, renderer, reference, content));
      copies.push_back(std::move(copy));
    }
    if (reference.generator) continue;
    model::PolicyRef made = inputs.trigger->spec.policy_refs[reference.index];
    made.ns = instantiated ? inputs.own_namespace : reference.key.ns;
    made.name = instantiated ? copy_name(inputs, reference) : reference.key.name;
    spec.policy_refs.push_back(std::move(made));
  }
  return {};
}

Result<void> add_destination(const Inputs& inputs, Renderer& renderer, model::ProfileSpec& spec) {
  const model::EventTriggerSpec& from = inputs.trigger->spec;
  spec.cluster_selector = from.destination_cluster_selector;
  // The text of 2023 becomes the object that a ClusterProfile has today; `>` and `<` have no such form and stay text.
  if (spec.cluster_selector.source.is_string()) {
    auto object = kube::parse_to_label_selector(spec.cluster_selector.source.text());
    if (object) spec.cluster_selector.source = std::move(*object);
  }
  if (from.destination_cluster) {
    model::ObjectReference destination = *from.destination_cluster;
    TRY_ASSIGN(destination.ns, render_field(renderer, "spec.destinationCluster.namespace", destination.ns));
    TRY_ASSIGN(destination.name, render_field(renderer, "spec.destinationCluster.name", destination.name));
    TRY_ASSIGN(destination.kind, render_field(renderer, "spec.destinationCluster.kind", destination.kind));
    TRY_ASSIGN(destination.api_version,
               render_field(renderer, "spec.destinationCluster.apiVersion", destination.api_version));
    spec.cluster_refs.push_back(std::move(destination));
  }
  if (spec.cluster_selector.empty() && spec.cluster_refs.empty()) {
    spec.cluster_refs.push_back(model::to_reference(inputs.unit.cluster));
  }
  return {};
}

Result<void> add_template_resources(Renderer& renderer, model::ProfileSpec& spec) {
  for (std::size_t i = 0; i < spec.template_resource_refs.size(); ++i) {
    model::ObjectReference& resource = spec.template_resource_refs[i].resource;
    TRY_ASSIGN(resource.ns, render_field(renderer, field_text("templateResourceRefs", i, "resource.namespace"),
                                                 resource.ns));
    TRY_ASSIGN(resource.name,
               render_field(renderer, field_text("templateResourceRefs", i, "resource.name"), resource.name));
  }
  return {};
}

Result<std::string> profile_name(const Inputs& inputs, Renderer& renderer) {
  if (!inputs.trigger->spec.profile_name_format.empty()) {
    return render_field(renderer, "spec.profileNameFormat", inputs.trigger->spec.profile_name_format);
  }
  if (!inputs.existing_profile.empty()) return inputs.existing_profile;
  return derived_name(inputs.unit, "");
}

}  // namespace

Result<std::vector<Reference>> plan_references(const Inputs& inputs, gotemplate::Cache& templates) {
  Renderer renderer(templates, inputs.data, inputs.now);
  std::vector<Reference> references;
  const model::EventTriggerSpec& spec = inputs.trigger->spec;
  TRY(plan_generators(inputs, renderer, RefKind::ConfigMap, spec.config_map_generator, references));
  TRY(plan_generators(inputs, renderer, RefKind::Secret, spec.secret_generator, references));
  for (std::size_t i = 0; i < spec.policy_refs.size(); ++i) {
    const model::PolicyRef& ref = spec.policy_refs[i];
    Reference reference{.kind = ref.kind.value_or(RefKind::ConfigMap), .key = {}, .optional = ref.optional, .generated_name = {}, .index = i};
    TRY_ASSIGN(reference.key, render_key(renderer, inputs, "policyRefs", i, ref.ns, ref.name));
    references.push_back(std::move(reference));
  }
  return references;
}

Result<Decision> decide(const Inputs& inputs, const std::vector<Reference>& references,
                        gotemplate::Cache& templates) {
  Renderer renderer(templates, inputs.data, inputs.now);
  Decision decision;
  model::Profile profile;
  static_cast<model::AddOns&>(profile.spec) = inputs.trigger->spec;
  TRY(add_policy_refs(inputs, renderer, references, profile.spec, decision.copies));
  TRY(add_destination(inputs, renderer, profile.spec));
  TRY(add_template_resources(renderer, profile.spec));
  TRY_ASSIGN(profile.meta.name, profile_name(inputs, renderer));
  decision.profile = model::to_json(profile);
  json::Value labels = unit_labels(inputs.unit);
  for (std::string_view tenant : {model::label::kServiceAccountName, model::label::kServiceAccountNamespace}) {
    std::string value = inputs.trigger->meta.label(tenant);
    if (!value.empty()) labels.set(tenant, value);
  }
  decision.profile.erase("status");
  decision.profile.set_path({"metadata", "labels"}, std::move(labels));
  decision.profile.set_path({"metadata", "annotations"}, json::object({{kUnitAnnotation, unit_text(inputs.unit)}}));
  // The finalizer is there from the first instant: a profile that is deleted early still withdraws.
  decision.profile.set_path({"metadata", "finalizers"}, json::array({model::finalizer::kClusterProfile}));
  return decision;
}

}  // namespace lesto::trigger
