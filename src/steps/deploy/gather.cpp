#include "steps/deploy/gather.h"

#include "fleet/cluster/reference.h"
#include "fleet/model/names.h"
#include "fleet/model/unsupported.h"

namespace lesto::deploy {
namespace {

std::string field(std::string_view list, std::size_t index, std::string_view name) {
  return "spec." + std::string(list) + "[" + std::to_string(index) + "]." + std::string(name);
}

// A Profile reaches its own namespace only, also where a template says which.
Result<void> check_reach(const model::ClusterSummary& summary, const std::string& what, const std::string& ns) {
  for (const model::OwnerReference& owner : summary.meta.owners) {
    if (owner.kind != "Profile" || ns == summary.meta.ns) continue;
    return fail(Code::Invalid, what + " is \"" + ns + "\", but a Profile reaches its own namespace \"" + summary.meta.ns + "\" only");
  }
  return {};
}

Result<kube::ObjectKey> render_key(const model::ClusterSummary& summary, const json::Value& cluster,
                                   std::string_view list, std::size_t index, const std::string& ns,
                                   const std::string& name) {
  kube::ObjectKey key;
  TRY_ASSIGN(key.ns, cluster::render_reference(field(list, index, "namespace"), ns, cluster));
  TRY_ASSIGN(key.name, cluster::render_reference(field(list, index, "name"), name, cluster));
  if (key.ns.empty()) key.ns = summary.spec.cluster.ns;
  TRY(check_reach(summary, field(list, index, "namespace"), key.ns));
  return key;
}

Result<void> check_content(const json::Value& object) {
  if (object["kind"].text() == "Secret" && object["type"].text() != model::kProfileSecretType) {
    return fail(Code::Invalid, kube::text_of(object) + " has type \"" + object["type"].string() +
                                   "\", but content to deploy must have type \"" + std::string(model::kProfileSecretType) + "\"");
  }
  std::map<std::string, std::string> annotations;
  for (const json::Member& member : object["metadata"]["annotations"].members()) {
    annotations.emplace(member.name(), member.value.string());
  }
  auto unsupported = model::unsupported_content(annotations);
  if (unsupported.empty()) return {};
  return fail(Code::Invalid, kube::text_of(object) + ": " + model::unsupported_text(unsupported));
}

Result<void> gather_contents(cluster::Management& management, const model::ClusterSummary& summary,
                             const json::Value& cluster, Gathered& out) {
  const std::vector<model::PolicyRef>& refs = summary.spec.profile_spec.policy_refs;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    TRY_ASSIGN(kube::ObjectKey key, render_key(summary, cluster, "policyRefs", i, refs[i].ns, refs[i].name));
    bool secret = refs[i].kind == model::RefKind::Secret;
    std::string kind = secret ? "Secret" : "ConfigMap";
    out.uses.push_back({{"", "v1", kind}, key});
    const json::Value& object = (secret ? management.secrets : management.config_maps).get(key);
    if (object.is_null()) {
      if (refs[i].optional) continue;
      return fail(Code::NotFound, kind + " " + key.text() + " does not exist in the management cluster");
    }
    TRY(check_content(object));
    Content content{.ref = refs[i], .index = i, .object = object};
    content.ref.ns = key.ns;
    content.ref.name = key.name;
    out.sources.contents.push_back(std::move(content));
  }
  return {};
}

}  // namespace

io::Task<Result<void>> gather(io::Context context, cluster::Management& management,
                              std::shared_ptr<const model::ClusterSummary> summary, json::Value cluster, Time now,
                              Gathered& out) {
  out.sources.summary = summary;
  out.sources.cluster = cluster;
  out.sources.now = now;
  out.sources.template_resources = json::object({});
  CO_TRY(gather_contents(management, *summary, cluster, out));
  const std::vector<model::TemplateResourceRef>& refs = summary->spec.profile_spec.template_resource_refs;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const model::ObjectReference& wanted = refs[i].resource;
    CO_TRY_ASSIGN(kube::ObjectKey key,
                  render_key(*summary, cluster, "templateResourceRefs", i, wanted.ns, wanted.name));
    kube::GroupVersionKind gvk = kube::parse_gvk(wanted.api_version, wanted.kind);
    out.uses.push_back({gvk, key});
    auto collection = co_await management.other(context, gvk);
    if (!collection) co_return fail(std::move(collection.error()).during(field("templateResourceRefs", i, "resource")));
    if ((*collection)->resource().scope == kube::Scope::Cluster) key.ns.clear();
    out.uses.back().key = key;
    const json::Value& object = (*collection)->get(key);
    if (object.is_null()) {
      if (refs[i].optional) continue;
      co_return fail(Code::NotFound, wanted.kind + " " + key.text() + " (" + field("templateResourceRefs", i, "resource") +
                                         ") does not exist in the management cluster");
    }
    out.sources.template_resources.set(refs[i].identifier, object);
  }
  co_return {};
}

}  // namespace lesto::deploy
