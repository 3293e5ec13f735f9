#include "kube/apiserver/validation.h"

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "kube/object/names.h"

namespace lesto::apiserver {

void complain(FieldErrors& errors, const std::string& field, const json::Value& value, const std::vector<std::string>& texts) {
  for (const std::string& text : texts) errors.push_back(field_invalid(field, value, text));
}

namespace {

using json::Value;

void check_data_keys(const Value& data, const std::string& path, FieldErrors& errors) {
  for (const json::Member& member : data.members()) {
    complain(errors, path + "[" + std::string(member.name()) + "]", member.key, kube::check_config_key(member.name()));
  }
}

std::size_t base64_size(const Value& data) {
  std::size_t size = 0;
  for (const json::Member& member : data.members()) size += member.value.text().size() * 3 / 4;
  return size;
}

void check_immutable(const Value& fresh, const Value& old, std::initializer_list<const char*> fields, FieldErrors& errors) {
  if (!old["immutable"].boolean()) return;
  constexpr std::string_view kWhy = "field is immutable when `immutable` is set";
  if (!fresh["immutable"].boolean()) errors.push_back(field_forbidden("immutable", std::string(kWhy)));
  for (const char* field : fields) {
    if (fresh[field] != old[field]) errors.push_back(field_forbidden(field, std::string(kWhy)));
  }
}

void validate_config_map(const Value& fresh, const Value* old, FieldErrors& errors) {
  std::size_t size = 0;
  for (const json::Member& member : fresh["data"].members()) {
    complain(errors, "data[" + std::string(member.name()) + "]", member.key, kube::check_config_key(member.name()));
    if (fresh["binaryData"].contains(member.name())) {
      errors.push_back(field_invalid("data[" + std::string(member.name()) + "]", member.key, "duplicate of key present in binaryData"));
    }
    size += member.value.text().size();
  }
  check_data_keys(fresh["binaryData"], "binaryData", errors);
  size += base64_size(fresh["binaryData"]);
  if (size > kDataBytesMax) errors.push_back(field_too_long("", kDataBytesMax));
  if (old) check_immutable(fresh, *old, {"data", "binaryData"}, errors);
}

void require_key(const Value& secret, const char* key, FieldErrors& errors) {
  if (!secret["data"].contains(key)) errors.push_back(field_required(std::string("data[") + key + "]"));
}

void check_docker_config(const Value& secret, const char* key, FieldErrors& errors) {
  const Value* data = secret["data"].find(key);
  if (!data) return;
  auto bytes = base64_decode(data->text());
  auto parsed = bytes ? json::parse(*bytes) : fail(Code::Invalid, "illegal base64 data");
  if (parsed) return;
  errors.push_back(field_invalid(std::string("data[") + key + "]", "<secret contents redacted>", parsed.error().message()));
}

void validate_secret_type(const Value& fresh, FieldErrors& errors) {
  std::string_view type = fresh["type"].text();
  if (type == "kubernetes.io/service-account-token") {
    if (fresh["metadata"]["annotations"]["kubernetes.io/service-account.name"].text().empty()) {
      errors.push_back(field_required("metadata.annotations[kubernetes.io/service-account.name]"));
    }
  } else if (type == "kubernetes.io/tls") {
    require_key(fresh, "tls.crt", errors);
    require_key(fresh, "tls.key", errors);
  } else if (type == "kubernetes.io/ssh-auth") {
    require_key(fresh, "ssh-privatekey", errors);
  } else if (type == "kubernetes.io/basic-auth") {
    bool user = fresh["data"].contains("username");
    bool password = fresh["data"].contains("password");
    if (!user && !password) {
      errors.push_back(field_required("data[username]"));
      errors.push_back(field_required("data[password]"));
    }
  } else if (type == "kubernetes.io/dockerconfigjson") {
    require_key(fresh, ".dockerconfigjson", errors);
    check_docker_config(fresh, ".dockerconfigjson", errors);
  } else if (type == "kubernetes.io/dockercfg") {
    require_key(fresh, ".dockercfg", errors);
    check_docker_config(fresh, ".dockercfg", errors);
  }
}

void validate_secret(const Value& fresh, const Value* old, FieldErrors& errors) {
  check_data_keys(fresh["data"], "data", errors);
  if (base64_size(fresh["data"]) > kDataBytesMax) errors.push_back(field_too_long("data", kDataBytesMax));
  validate_secret_type(fresh, errors);
  if (!old) return;
  if (fresh["type"] != (*old)["type"]) errors.push_back(field_invalid("type", fresh["type"], "field is immutable"));
  check_immutable(fresh, *old, {"data"}, errors);
}

void validate_rules(const Value& rules, bool namespaced, FieldErrors& errors) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Value& rule = rules[i];
    std::string path = "rules[" + std::to_string(i) + "]";
    if (rule["verbs"].empty()) errors.push_back(field_required(path + ".verbs", "verbs must contain at least one value"));
    const Value& paths = rule["nonResourceURLs"];
    if (!paths.empty()) {
      if (namespaced) {
        errors.push_back(field_invalid(path + ".nonResourceURLs", paths, "namespaced rules cannot apply to non-resource URLs"));
      }
      if (!rule["apiGroups"].empty() || !rule["resources"].empty() || !rule["resourceNames"].empty()) {
        errors.push_back(field_invalid(path + ".nonResourceURLs", paths, "rules cannot apply to both regular resources and non-resource URLs"));
      }
      continue;
    }
    if (rule["apiGroups"].empty()) errors.push_back(field_required(path + ".apiGroups", "resource rules must supply at least one api group"));
    if (rule["resources"].empty()) errors.push_back(field_required(path + ".resources", "resource rules must supply at least one resource"));
  }
}

void validate_subject(const Value& subject, const std::string& path, bool namespaced, FieldErrors& errors) {
  if (subject["name"].text().empty()) errors.push_back(field_required(path + ".name"));
  std::string_view kind = subject["kind"].text();
  if (kind == "ServiceAccount") {
    if (!subject["name"].text().empty()) {
      complain(errors, path + ".name", subject["name"], kube::check_name_subdomain(subject["name"].text(), kube::NameForm::Whole));
    }
    if (!subject["apiGroup"].text().empty()) errors.push_back(field_not_supported(path + ".apiGroup", subject["apiGroup"], {""}));
    if (!namespaced && subject["namespace"].text().empty()) errors.push_back(field_required(path + ".namespace"));
  } else if (kind == "User" || kind == "Group") {
    if (subject["apiGroup"].text() != "rbac.authorization.k8s.io") {
      errors.push_back(field_not_supported(path + ".apiGroup", subject["apiGroup"], {"rbac.authorization.k8s.io"}));
    }
  } else {
    errors.push_back(field_not_supported(path + ".kind", Value(kind), {"ServiceAccount", "User", "Group"}));
  }
}

void validate_binding(const Value& fresh, const Value* old, bool namespaced, FieldErrors& errors) {
  const Value& ref = fresh["roleRef"];
  if (ref["apiGroup"].text() != "rbac.authorization.k8s.io") {
    errors.push_back(field_not_supported("roleRef.apiGroup", ref["apiGroup"].is_null() ? Value("") : ref["apiGroup"], {"rbac.authorization.k8s.io"}));
  }
  std::string_view kind = ref["kind"].text();
  bool known = kind == "ClusterRole" || (namespaced && kind == "Role");
  if (!known) {
    errors.push_back(field_not_supported("roleRef.kind", Value(kind), namespaced ? std::vector<std::string>{"Role", "ClusterRole"} : std::vector<std::string>{"ClusterRole"}));
  }
  if (ref["name"].text().empty()) errors.push_back(field_required("roleRef.name"));
  const Value& subjects = fresh["subjects"];
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    validate_subject(subjects[i], "subjects[" + std::to_string(i) + "]", namespaced, errors);
  }
  if (old && (*old)["roleRef"] != ref) errors.push_back(field_invalid("roleRef", ref, "cannot change roleRef"));
}

void validate_namespace(const Call& call, const Value& fresh, FieldErrors& errors) {
  if (call.route.subresource != "status") return;
  std::string_view phase = fresh["status"]["phase"].text();
  bool deleting = !fresh["metadata"]["deletionTimestamp"].is_null();
  if (!deleting && phase != "Active") {
    errors.push_back(field_invalid("status.Phase", Value(phase), "may only be 'Active' if `deletionTimestamp` is empty"));
  }
  if (deleting && phase != "Terminating") {
    errors.push_back(field_invalid("status.Phase", Value(phase), "may only be 'Terminating' if `deletionTimestamp` is not empty"));
  }
}

}  // namespace

void validate_kind(const Call& call, const json::Value& fresh, const json::Value* old, FieldErrors& errors) {
  const std::string& group = call.resource->group;
  const std::string& kind = call.resource->kind;
  if (group.empty()) {
    if (kind == "ConfigMap") validate_config_map(fresh, old, errors);
    if (kind == "Secret") validate_secret(fresh, old, errors);
    if (kind == "Namespace") validate_namespace(call, fresh, errors);
    if (kind == "Service") validate_service(call, fresh, old, errors);
    if (kind == "Endpoints") validate_endpoints(fresh, errors);
    if (kind == "Pod" || kind == "Event") validate_workload(call, fresh, old, errors);
  } else if (group == "rbac.authorization.k8s.io") {
    if (kind == "Role" || kind == "ClusterRole") validate_rules(fresh["rules"], kind == "Role", errors);
    else validate_binding(fresh, old, kind == "RoleBinding", errors);
  } else if (group == "apps" || group == "batch" || group == "coordination.k8s.io" || group == "networking.k8s.io") {
    validate_workload(call, fresh, old, errors);
  } else if (kind == "EndpointSlice") {
    validate_endpoint_slice(fresh, old, errors);
  }
}

}  // namespace lesto::apiserver
