#include "kube/apiserver/pods.h"

#include "kube/apiserver/metadata.h"

namespace lesto::apiserver {

namespace {

using json::Value;

constexpr std::string_view kTokenPath = "/var/run/secrets/kubernetes.io/serviceaccount";

Value token_volume(const std::string& name) {
  Value token = json::object({{"serviceAccountToken", json::object({{"expirationSeconds", 3607}, {"path", "token"}})}});
  Value item = json::object({{"key", "ca.crt"}, {"path", "ca.crt"}});
  Value roots = json::object({{"configMap", json::object({{"name", "kube-root-ca.crt"}, {"items", json::array({item})}})}});
  Value field = json::object({{"path", "namespace"}, {"fieldRef", json::object({{"apiVersion", "v1"}, {"fieldPath", "metadata.namespace"}})}});
  Value own = json::object({{"downwardAPI", json::object({{"items", json::array({field})}})}});
  return json::object({{"name", name},
                       {"projected", json::object({{"defaultMode", 0644}, {"sources", json::array({token, roots, own})}})}});
}

void mount_token(Rng& rng, Value& spec) {
  std::string name = generated_name(rng, "kube-api-access-");
  bool mounted = false;
  for (const char* list : {"initContainers", "containers"}) {
    Value* containers = spec.edit(list);
    if (!containers || !containers->is_array()) continue;
    for (std::size_t i = 0; i < containers->size(); ++i) {
      Value* container = containers->edit(i);
      if (!container || !container->is_object()) continue;
      bool own = false;
      for (const Value& mount : (*container)["volumeMounts"].items()) own = own || mount["mountPath"].text() == kTokenPath;
      if (own) continue;
      if (!(*container)["volumeMounts"].is_array()) container->set("volumeMounts", Value::array());
      container->at("volumeMounts").push(json::object({{"name", name}, {"readOnly", true}, {"mountPath", kTokenPath}}));
      mounted = true;
    }
  }
  if (!mounted) return;
  if (!spec["volumes"].is_array()) spec.set("volumes", Value::array());
  spec.at("volumes").push(token_volume(name));
}

void tolerate(Value& spec, std::string_view key) {
  for (const Value& have : spec["tolerations"].items()) {
    std::string_view effect = have["effect"].text();
    if ((have["key"].text() == key || have["key"].text().empty()) && (effect == "NoExecute" || effect.empty())) return;
  }
  if (!spec["tolerations"].is_array()) spec.set("tolerations", Value::array());
  spec.at("tolerations").push(json::object({{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}}));
}

}  // namespace

Outcome<void> admit_pod(Core& core, const Call& call, json::Value& pod) {
  Value* found = pod.edit("spec");
  if (!found || !found->is_object()) return {};
  Value& spec = *found;
  std::string account = spec["serviceAccountName"].string();
  if (account.empty()) {
    account = "default";
    spec.set("serviceAccountName", account);
    spec.set("serviceAccount", account);
  }
  auto stored = core.store.newest("core/serviceaccounts", make_key(call.ns(), account));
  if (!stored) {
    return refuse(forbidden({"", "pods"}, pod["metadata"]["name"].text(),
                            "error looking up service account " + call.route.ns + "/" + account + ": serviceaccount " +
                                quoted(account) + " not found"));
  }
  const Value& own = spec["automountServiceAccountToken"];
  const Value& of_account = (*stored)["automountServiceAccountToken"];
  bool mounts = own.is_bool() ? own.boolean() : of_account.is_bool() ? of_account.boolean() : true;
  if (mounts) mount_token(core.rng, spec);
  if (spec["imagePullSecrets"].empty() && !(*stored)["imagePullSecrets"].empty()) spec.set("imagePullSecrets", (*stored)["imagePullSecrets"]);
  tolerate(spec, "node.kubernetes.io/not-ready");
  tolerate(spec, "node.kubernetes.io/unreachable");
  if (!spec["priority"].is_int()) spec.set("priority", 0);
  if (spec["preemptionPolicy"].text().empty()) spec.set("preemptionPolicy", "PreemptLowerPriority");
  return {};
}

void complete_pod(json::Value& pod) {
  bool guaranteed = !pod["spec"]["containers"].empty();
  bool any = false;
  for (const Value& container : pod["spec"]["containers"].items()) {
    const Value& resources = container["resources"];
    any = any || !resources["requests"].empty() || !resources["limits"].empty();
    for (const char* kind : {"cpu", "memory"}) {
      const Value& limit = resources["limits"][kind];
      const Value& request = resources["requests"][kind];
      guaranteed = guaranteed && !limit.is_null() && (request.is_null() || request == limit);
    }
  }
  pod.set("status", json::object({{"phase", "Pending"}, {"qosClass", guaranteed ? "Guaranteed" : any ? "Burstable" : "BestEffort"}}));
}

void complete_job(json::Value& job) {
  Value* spec = job.edit("spec");
  if (!spec || !spec->is_object() || (*spec)["manualSelector"].boolean() || !(*spec)["template"].is_object()) return;
  const Value uid = job["metadata"]["uid"];
  const Value name = job["metadata"]["name"];
  Value& pod = spec->at("template");
  if (!pod["metadata"].is_object()) pod.set("metadata", Value::object());
  Value& metadata = pod.at("metadata");
  if (!metadata["labels"].is_object()) metadata.set("labels", Value::object());
  Value& labels = metadata.at("labels");
  labels.set("controller-uid", uid);
  labels.set("batch.kubernetes.io/controller-uid", uid);
  labels.set("job-name", name);
  labels.set("batch.kubernetes.io/job-name", name);
  // The Job itself is labelled as its template, unless it has labels of its own.
  const Value shared = labels;
  if (job["metadata"]["labels"].empty()) job.set_path({"metadata", "labels"}, shared);
  spec = job.edit("spec");
  if (!(*spec)["selector"].is_object()) spec->set("selector", Value::object());
  spec->set_path({"selector", "matchLabels", "batch.kubernetes.io/controller-uid"}, uid);
}

}  // namespace lesto::apiserver
