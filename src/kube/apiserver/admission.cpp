#include "kube/apiserver/admission.h"

#include "foundation/base/hash.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/pods.h"
#include "kube/apiserver/rbac.h"
#include "kube/apiserver/schema/definition.h"
#include "kube/apiserver/schema/schema.h"
#include "kube/apiserver/services.h"
#include "kube/apiserver/validation.h"

namespace lesto::apiserver {

namespace {

bool is(const Call& call, std::string_view group, std::string_view plural) {
  return call.resource->group == group && call.resource->plural == plural;
}

void merge_string_data(json::Value& secret) {
  const json::Value* plain = secret.find("stringData");
  if (!plain) return;
  json::Value data = secret["data"].is_object() ? secret["data"] : json::Value::object();
  for (const json::Member& member : json::Value(*plain).members()) {
    data.set(member.name(), base64_encode(member.value.text()));
  }
  if (!data.empty()) secret.set("data", std::move(data));
  secret.erase("stringData");
}

void complete_namespace(json::Value& fresh, const json::Value* old) {
  json::Value& metadata = fresh.at("metadata");
  if (!metadata["labels"].is_object()) metadata.set("labels", json::Value::object());
  metadata.at("labels").set("kubernetes.io/metadata.name", metadata["name"]);
  if (!fresh["spec"].is_object()) fresh.set("spec", json::Value::object());
  // Finalizers change through /finalize only.
  if (!old) {
    json::Value list = fresh["spec"]["finalizers"].is_array() ? fresh["spec"]["finalizers"] : json::Value::array();
    bool has = std::any_of(list.items().begin(), list.items().end(), [](const json::Value& item) { return item.text() == "kubernetes"; });
    if (!has) list.push("kubernetes");
    fresh.at("spec").set("finalizers", std::move(list));
    fresh.set("status", json::object({{"phase", "Active"}}));
  } else {
    fresh.set("spec", (*old)["spec"]);
  }
}

void take(FieldErrors& errors, const schema::Problems& problems) {
  for (const schema::Problem& problem : problems) errors.push_back({problem.type, problem.field, problem.message});
}

void check_custom(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors) {
  const Version* version = call.resource->version(call.version);
  if (!version || !version->compiled) return;
  if (old && call.route.subresource == "status") {
    take(errors, version->compiled->validate_status(fresh, *old));
  } else {
    take(errors, version->compiled->validate(fresh, old));
  }
  // That rules were not checked stands after what is wrong.
  std::stable_partition(errors.begin(), errors.end(), [](const FieldError& error) { return error.field != "<nil>"; });
}

// Groups of the Kubernetes project itself.
bool is_protected(std::string_view group) {
  return group == "k8s.io" || group == "kubernetes.io" || group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io");
}

void check_definition(const Core& core, json::Value fresh, const json::Value* old, FieldErrors& errors) {
  if (!old && fresh["spec"]["preserveUnknownFields"].boolean()) {
    errors.push_back(field_invalid("spec.preserveUnknownFields", true,
                                   "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                                   "spec.versions[*].schema instead"));
  }
  constexpr std::string_view kApproval = "api-approved.kubernetes.io";
  if (!old && is_protected(fresh["spec"]["group"].text()) && fresh["metadata"]["annotations"][kApproval].text().empty()) {
    errors.push_back(field_required("metadata.annotations[api-approved.kubernetes.io]",
                                    "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
                                    "https://github.com/kubernetes/enhancements/pull/1111"));
  }
  if (fresh["spec"].is_object() && fresh["spec"]["versions"].is_null()) fresh.at("spec").set("versions", json::Value::array());
  take(errors, schema::check_definition(fresh, *core.types, old));
}

// What is allowed, but should not be.
void warn_about(Call& call, const json::Value& fresh) {
  if (call.resource->kind == "EndpointSlice" && fresh["addressType"].text() == "FQDN") {
    call.warnings.push_back("spec.addressType: FQDN endpoints are deprecated");
  }
  if (is(call, "", "secrets") && fresh["type"].text() == "kubernetes.io/tls") {
    auto pem = base64_decode(fresh["data"]["tls.crt"].text());
    if (pem && pem->find("-----BEGIN") == std::string::npos) {
      call.warnings.push_back("tls: failed to find any PEM data in certificate input");
    }
  }
}

}  // namespace

Outcome<void> admit(Core& core, Call& call, json::Value& fresh, const json::Value* old) {
  if (call.route.subresource.empty()) {
    if (is(call, "", "namespaces") && !fresh["metadata"]["name"].text().empty()) {
      json::Value& metadata = fresh.at("metadata");
      if (!metadata["labels"].is_object()) metadata.set("labels", json::Value::object());
      metadata.at("labels").set("kubernetes.io/metadata.name", metadata["name"]);
    }
    if (call.resource->group == "rbac.authorization.k8s.io") {
      FieldErrors errors;
      validate_kind(call, fresh, old, errors);
      if (errors.empty()) return check_escalation(core, call, fresh, old);
    }
  }
  if (is(call, "", "secrets")) merge_string_data(fresh);
  if (is(call, "apiextensions.k8s.io", "customresourcedefinitions")) fresh = schema::default_definition(std::move(fresh));
  return {};
}

Outcome<void> complete(Core& core, Call& call, json::Value& fresh, const json::Value* old) {
  if (is(call, "", "namespaces") && call.route.subresource.empty()) complete_namespace(fresh, old);
  // What the loss of the status took away.
  if (is(call, "apiextensions.k8s.io", "customresourcedefinitions") && !old) fresh = schema::default_definition(std::move(fresh));
  if (is(call, "apiextensions.k8s.io", "customresourcedefinitions") && call.route.subresource.empty()) fresh = schema::with_storage_version(std::move(fresh));
  if (is(call, "", "services") && call.route.subresource.empty()) return complete_service(core, call, fresh, old);
  if (is(call, "", "services") && call.route.subresource == "status") default_ingress_mode(fresh);
  if (is(call, "", "pods") && !old) {
    auto admitted = admit_pod(core, call, fresh);
    if (!admitted) return admitted;
    complete_pod(fresh);
  }
  if (is(call, "batch", "jobs") && !old) complete_job(fresh);
  return {};
}

Outcome<void> validate(Core& core, Call& call, const json::Value& fresh, const json::Value* old) {
  FieldErrors errors;
  if (old) {
    check_metadata_update(*call.resource, fresh, *old, errors);
  } else {
    check_metadata(*call.resource, fresh, errors);
  }
  if (call.resource->custom) {
    check_custom(call, fresh, old, errors);
  } else if (call.resource->group == "apiextensions.k8s.io") {
    check_definition(core, fresh, old, errors);
  } else {
    validate_kind(call, fresh, old, errors);
  }
  if (errors.empty()) {
    warn_about(call, fresh);
    return {};
  }
  return refuse(invalid(call.resource->group, call.resource->kind, fresh["metadata"]["name"].text(), errors));
}

}  // namespace lesto::apiserver
