#include "kube/apiserver/admission.h"

#include "foundation/base/hash.h"
#include "kube/apiserver/crds.h"
#include "kube/apiserver/metadata.h"

namespace lesto::apiserver {

namespace {

void admit_namespace(json::Value& fresh) {
  json::Value& metadata = fresh.at("metadata");
  if (!metadata["labels"].is_object()) metadata.set("labels", json::Value::object());
  metadata.at("labels").set("kubernetes.io/metadata.name", metadata["name"]);
  if (!fresh["spec"].is_object()) fresh.set("spec", json::Value::object());
  if (!fresh["status"].is_object()) fresh.set("status", json::Value::object());
  if (fresh["status"]["phase"].text().empty()) fresh.at("status").set("phase", "Active");
}

}  // namespace

Outcome<void> admit(Core&, Call& call, json::Value& fresh, const json::Value* old) {
  const Resource& resource = *call.resource;
  if (resource.group.empty() && resource.plural == "namespaces") {
    if (!old) fresh.set_path({"spec", "finalizers"}, json::array({"kubernetes"}));
    admit_namespace(fresh);
  }
  if (resource.group == "apiextensions.k8s.io") default_definition(fresh);
  if (resource.group.empty() && resource.plural == "secrets") {
    if (const json::Value* plain = fresh.find("stringData"); plain && plain->is_object()) {
      json::Value data = fresh["data"].is_object() ? fresh["data"] : json::Value::object();
      for (const json::Member& member : plain->members()) {
        data.set(member.name(), base64_encode(member.value.text()));
      }
      if (!data.empty()) fresh.set("data", std::move(data));
    }
    fresh.erase("stringData");
    if (fresh["type"].text().empty()) fresh.set("type", "Opaque");
  }
  return {};
}

Outcome<void> validate(Core&, Call& call, const json::Value& fresh, const json::Value* old) {
  FieldErrors errors;
  if (old) {
    check_metadata_update(fresh, *old, errors);
  } else {
    check_metadata(*call.resource, fresh, errors);
  }
  if (errors.empty()) return {};
  return refuse(invalid(call.resource->group, call.resource->kind, fresh["metadata"]["name"].text(), errors));
}

}  // namespace lesto::apiserver
