#include "kube/apiserver/defaults.h"

namespace lesto::apiserver {

namespace {

using json::Value;

void fill(Value& object, std::string_view key, Value value) {
  if (const Value* present = object.find(key); !present || present->is_null()) object.set(key, std::move(value));
}

// Empty texts count as absent.
void fill_text(Value& object, std::string_view key, std::string_view value) {
  if (object[key].text().empty()) object.set(key, value);
}

// The member as an object to fill; null when it is not there.
Value* part(Value& object, std::string_view key) {
  Value* found = object.edit(key);
  return found && found->is_object() ? found : nullptr;
}

Value& made_part(Value& object, std::string_view key) {
  Value& found = object.at(key);
  if (!found.is_object()) found = Value::object();
  return found;
}

void each(Value& object, std::string_view key, void (*apply)(Value&)) {
  Value* list = object.edit(key);
  if (!list || !list->is_array()) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Value* item = list->edit(i);
    if (item && item->is_object()) apply(*item);
  }
}

// The tag decides: none or "latest" is pulled always.
bool pulls_always(std::string_view image) {
  if (image.find('@') != image.npos) return false;
  std::size_t slash = image.rfind('/');
  std::size_t colon = image.rfind(':');
  if (colon == image.npos || (slash != image.npos && colon < slash)) return true;
  return image.substr(colon + 1) == "latest";
}

void default_probe(Value& container, std::string_view key) {
  Value* probe = part(container, key);
  if (!probe) return;
  for (auto [field, value] : {std::pair("timeoutSeconds", 1), std::pair("periodSeconds", 10), std::pair("successThreshold", 1), std::pair("failureThreshold", 3)}) {
    if ((*probe)[field].integer() == 0) probe->set(field, value);
  }
  if (Value* http = part(*probe, "httpGet")) {
    fill_text(*http, "path", "/");
    fill_text(*http, "scheme", "HTTP");
  }
  if (Value* grpc = part(*probe, "grpc")) fill(*grpc, "service", "");
}

void default_handler(Value& container) {
  Value* lifecycle = part(container, "lifecycle");
  if (!lifecycle) return;
  for (const char* hook : {"postStart", "preStop"}) {
    Value* handler = part(*lifecycle, hook);
    if (!handler) continue;
    if (Value* http = part(*handler, "httpGet")) {
      fill_text(*http, "path", "/");
      fill_text(*http, "scheme", "HTTP");
    }
  }
}

// What has a limit and no request requests its limit: in a pod, not in a template of pods.
void default_requests(Value& container) {
  Value* resources = part(container, "resources");
  if (!resources) return;
  for (const json::Member& limit : Value((*resources)["limits"]).members()) {
    if (!(*resources)["requests"].contains(limit.name())) resources->set_path({"requests", limit.name()}, limit.value);
  }
}

void default_container(Value& container) {
  fill_text(container, "imagePullPolicy", pulls_always(container["image"].text()) ? "Always" : "IfNotPresent");
  fill_text(container, "terminationMessagePath", "/dev/termination-log");
  fill_text(container, "terminationMessagePolicy", "File");
  made_part(container, "resources");
  each(container, "ports", [](Value& port) { fill_text(port, "protocol", "TCP"); });
  each(container, "env", [](Value& variable) {
    Value* from = part(variable, "valueFrom");
    if (!from) return;
    if (Value* field = part(*from, "fieldRef")) fill_text(*field, "apiVersion", "v1");
    if (Value* resource = part(*from, "resourceFieldRef")) fill_text(*resource, "divisor", "0");
  });
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) default_probe(container, probe);
  default_handler(container);
}

void default_field_ref_item(Value& item) {
  if (Value* field = part(item, "fieldRef")) fill_text(*field, "apiVersion", "v1");
  if (Value* resource = part(item, "resourceFieldRef")) fill_text(*resource, "divisor", "0");
}

void default_volume(Value& volume) {
  constexpr int kMode = 0644;
  if (volume.size() == 1 && volume.contains("name")) volume.set("emptyDir", Value::object());
  for (const char* source : {"secret", "configMap", "downwardAPI", "projected"}) {
    if (Value* found = part(volume, source)) fill(*found, "defaultMode", kMode);
  }
  if (Value* downward = part(volume, "downwardAPI")) each(*downward, "items", default_field_ref_item);
  if (Value* projected = part(volume, "projected")) {
    each(*projected, "sources", [](Value& source) {
      if (Value* token = part(source, "serviceAccountToken")) fill(*token, "expirationSeconds", 3600);
      if (Value* downward = part(source, "downwardAPI")) each(*downward, "items", default_field_ref_item);
    });
  }
  if (Value* host = part(volume, "hostPath")) fill(*host, "type", "");
  if (Value* iscsi = part(volume, "iscsi")) fill_text(*iscsi, "iscsiInterface", "default");
  if (Value* rbd = part(volume, "rbd")) {
    fill_text(*rbd, "pool", "rbd");
    fill_text(*rbd, "user", "admin");
    fill_text(*rbd, "keyring", "/etc/ceph/keyring");
  }
  if (Value* azure = part(volume, "azureDisk")) {
    fill(*azure, "cachingMode", "ReadWrite");
    fill(*azure, "kind", "Shared");
    fill(*azure, "fsType", "ext4");
    fill(*azure, "readOnly", false);
  }
  if (Value* ephemeral = part(volume, "ephemeral")) {
    if (Value* claim = part(*ephemeral, "volumeClaimTemplate")) fill_text(made_part(*claim, "spec"), "volumeMode", "Filesystem");
  }
}

void default_template(Value& object, std::string_view key = "template") {
  Value* spec = part(object, "spec");
  if (!spec) return;
  Value* pod = part(*spec, key);
  if (!pod) return;
  if (Value* pod_spec = part(*pod, "spec")) default_pod_spec(*pod_spec);
}

void default_deployment(Value& spec) {
  fill(spec, "replicas", 1);
  fill(spec, "revisionHistoryLimit", 10);
  fill(spec, "progressDeadlineSeconds", 600);
  Value& strategy = made_part(spec, "strategy");
  fill_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].text() == "RollingUpdate") {
    Value& rolling = made_part(strategy, "rollingUpdate");
    fill(rolling, "maxUnavailable", "25%");
    fill(rolling, "maxSurge", "25%");
  }
}

void default_stateful_set(Value& spec) {
  fill(spec, "replicas", 1);
  fill(spec, "revisionHistoryLimit", 10);
  fill_text(spec, "podManagementPolicy", "OrderedReady");
  Value& strategy = made_part(spec, "updateStrategy");
  fill_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].text() == "RollingUpdate") fill(made_part(strategy, "rollingUpdate"), "partition", 0);
  Value& retention = made_part(spec, "persistentVolumeClaimRetentionPolicy");
  fill_text(retention, "whenDeleted", "Retain");
  fill_text(retention, "whenScaled", "Retain");
  each(spec, "volumeClaimTemplates", [](Value& claim) {
    claim.set("apiVersion", "v1");
    claim.set("kind", "PersistentVolumeClaim");
    fill_text(made_part(claim, "spec"), "volumeMode", "Filesystem");
    fill_text(made_part(claim, "status"), "phase", "Pending");
  });
}

void default_daemon_set(Value& spec) {
  fill(spec, "revisionHistoryLimit", 10);
  Value& strategy = made_part(spec, "updateStrategy");
  fill_text(strategy, "type", "RollingUpdate");
  if (strategy["type"].text() == "RollingUpdate") {
    Value& rolling = made_part(strategy, "rollingUpdate");
    fill(rolling, "maxUnavailable", 1);
    fill(rolling, "maxSurge", 0);
  }
}

void default_job(Value& spec) {
  if (!spec.contains("completions") && !spec.contains("parallelism")) {
    spec.set("completions", 1);
    spec.set("parallelism", 1);
  }
  fill(spec, "parallelism", 1);
  fill(spec, "backoffLimit", 6);
  fill_text(spec, "completionMode", "NonIndexed");
  fill(spec, "suspend", false);
  fill(spec, "manualSelector", false);
  fill_text(spec, "podReplacementPolicy", spec.contains("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
  if (Value* policy = part(spec, "podFailurePolicy")) {
    each(*policy, "rules", [](Value& rule) {
      each(rule, "onPodConditions", [](Value& condition) { fill_text(condition, "status", "True"); });
    });
  }
}

void default_cron_job(Value& spec) {
  fill_text(spec, "concurrencyPolicy", "Allow");
  fill(spec, "suspend", false);
  fill(spec, "successfulJobsHistoryLimit", 3);
  fill(spec, "failedJobsHistoryLimit", 1);
  Value* job = part(spec, "jobTemplate");
  if (job) default_template(*job);
}

void default_service(Value& spec) {
  fill_text(spec, "sessionAffinity", "None");
  if (spec["sessionAffinity"].text() == "None") spec.erase("sessionAffinityConfig");
  if (spec["sessionAffinity"].text() == "ClientIP") {
    Value& client = made_part(made_part(spec, "sessionAffinityConfig"), "clientIP");
    fill(client, "timeoutSeconds", 10800);
  }
  fill_text(spec, "type", "ClusterIP");
  each(spec, "ports", [](Value& port) {
    fill_text(port, "protocol", "TCP");
    const Value& target = port["targetPort"];
    bool unset = target.is_null() || (target.is_int() && target.integer() == 0) || (target.is_string() && target.text().empty());
    if (unset) port.set("targetPort", port["port"].is_null() ? Value(0) : port["port"]);
  });
  std::string_view type = spec["type"].text();
  bool external = type == "NodePort" || type == "LoadBalancer";
  if (external) fill_text(spec, "externalTrafficPolicy", "Cluster");
  if (type == "ClusterIP" || external) fill_text(spec, "internalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") fill(spec, "allocateLoadBalancerNodePorts", true);
}

void default_network_policy(Value& spec) {
  auto ports = [](Value& rule) { each(rule, "ports", [](Value& port) { fill_text(port, "protocol", "TCP"); }); };
  each(spec, "ingress", ports);
  each(spec, "egress", ports);
  if (!spec["policyTypes"].empty()) return;
  Value types = json::array({"Ingress"});
  if (!spec["egress"].empty()) types.push("Egress");
  spec.set("policyTypes", std::move(types));
}

void default_rbac(const std::string& kind, Value& object) {
  if (kind != "RoleBinding" && kind != "ClusterRoleBinding") return;
  fill_text(made_part(object, "roleRef"), "apiGroup", "rbac.authorization.k8s.io");
  each(object, "subjects", [](Value& subject) {
    std::string_view type = subject["kind"].text();
    if (type == "User" || type == "Group") fill_text(subject, "apiGroup", "rbac.authorization.k8s.io");
  });
}

void default_webhooks(Value& object) {
  each(object, "webhooks", [](Value& hook) {
    fill_text(hook, "failurePolicy", "Fail");
    fill_text(hook, "matchPolicy", "Equivalent");
    fill(hook, "namespaceSelector", Value::object());
    fill(hook, "objectSelector", Value::object());
    fill(hook, "timeoutSeconds", 10);
    each(hook, "rules", [](Value& rule) { fill_text(rule, "scope", "*"); });
    if (Value* client = part(hook, "clientConfig")) {
      if (Value* service = part(*client, "service")) fill(*service, "port", 443);
    }
  });
}

void default_core(const std::string& kind, Value& object) {
  Value* spec = part(object, "spec");
  if (kind == "Pod" && spec) {
    for (const char* list : {"containers", "initContainers"}) each(*spec, list, default_requests);
    default_pod_spec(*spec);
    fill(*spec, "enableServiceLinks", true);
    if ((*spec)["hostNetwork"].boolean()) {
      each(*spec, "containers", [](Value& container) {
        each(container, "ports", [](Value& port) { if (port["hostPort"].integer() == 0) port.set("hostPort", port["containerPort"]); });
      });
    }
  }
  if (kind == "PodTemplate") {
    if (Value* pod = part(object, "template")) {
      if (Value* inner = part(*pod, "spec")) default_pod_spec(*inner);
    }
  }
  if (kind == "ReplicationController" && spec) {
    fill(*spec, "replicas", 1);
    default_template(object);
    const Value labels = (*spec)["template"]["metadata"]["labels"];
    if (!labels.empty() && (*spec)["selector"].empty()) spec->set("selector", labels);
  }
  if (kind == "Service") default_service(made_part(object, "spec"));
  if (kind == "Secret") fill_text(object, "type", "Opaque");
  if (kind == "Endpoints") {
    each(object, "subsets", [](Value& subset) { each(subset, "ports", [](Value& port) { fill_text(port, "protocol", "TCP"); }); });
  }
  if (kind == "PersistentVolumeClaim") {
    fill_text(made_part(object, "spec"), "volumeMode", "Filesystem");
    fill_text(made_part(object, "status"), "phase", "Pending");
  }
  if (kind == "PersistentVolume") {
    Value& volume = made_part(object, "spec");
    fill_text(volume, "volumeMode", "Filesystem");
    fill_text(volume, "persistentVolumeReclaimPolicy", "Retain");
    fill_text(made_part(object, "status"), "phase", "Pending");
    if (Value* host = part(volume, "hostPath")) fill(*host, "type", "");
  }
  if (kind == "Namespace") fill_text(made_part(object, "status"), "phase", "Active");
}

void default_autoscaler(json::Value& spec) {
  constexpr int kCpuPercent = 80;
  fill(spec, "minReplicas", 1);
  if (!spec["metrics"].empty()) return;
  Value target = json::object({{"type", "Utilization"}, {"averageUtilization", kCpuPercent}});
  Value resource = json::object({{"name", "cpu"}, {"target", std::move(target)}});
  spec.set("metrics", json::array({json::object({{"type", "Resource"}, {"resource", std::move(resource)}})}));
}

}  // namespace

void default_pod_spec(json::Value& spec) {
  fill_text(spec, "restartPolicy", "Always");
  fill_text(spec, "dnsPolicy", "ClusterFirst");
  fill(spec, "terminationGracePeriodSeconds", 30);
  made_part(spec, "securityContext");
  fill_text(spec, "schedulerName", "default-scheduler");
  for (const char* list : {"containers", "initContainers", "ephemeralContainers"}) each(spec, list, default_container);
  each(spec, "volumes", default_volume);
  // The old name of the account follows the new one.
  if (std::string account = spec["serviceAccountName"].string(); !account.empty()) spec.set("serviceAccount", account);
  else if (std::string old = spec["serviceAccount"].string(); !old.empty()) spec.set("serviceAccountName", old);
}

void fill_defaults(const Resource& resource, json::Value& object) {
  const std::string& group = resource.group;
  const std::string& kind = resource.kind;
  Value* spec = part(object, "spec");
  if (group.empty()) return default_core(kind, object);
  if (group == "rbac.authorization.k8s.io") return default_rbac(kind, object);
  if (group == "admissionregistration.k8s.io") return default_webhooks(object);
  if (group == "apps" && spec) {
    if (kind == "Deployment") default_deployment(*spec);
    if (kind == "ReplicaSet") fill(*spec, "replicas", 1);
    if (kind == "StatefulSet") default_stateful_set(*spec);
    if (kind == "DaemonSet") default_daemon_set(*spec);
    default_template(object);
  }
  if (group == "batch" && spec) {
    if (kind == "Job") {
      default_job(*spec);
      default_template(object);
    } else {
      default_cron_job(*spec);
    }
  }
  if (kind == "NetworkPolicy" && spec) default_network_policy(*spec);
  if (kind == "EndpointSlice") {
    each(object, "ports", [](Value& port) {
      fill(port, "name", "");
      fill_text(port, "protocol", "TCP");
    });
  }
  if (kind == "StorageClass") {
    fill_text(object, "reclaimPolicy", "Delete");
    fill_text(object, "volumeBindingMode", "Immediate");
  }
  if (kind == "PriorityClass") fill_text(object, "preemptionPolicy", "PreemptLowerPriority");
  if (kind == "HorizontalPodAutoscaler" && spec) default_autoscaler(*spec);
}

}  // namespace lesto::apiserver
