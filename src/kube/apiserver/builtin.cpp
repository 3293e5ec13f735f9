// The built-in resources. One row a resource; what a row does not say follows from its flags.
#include "kube/apiserver/registry.h"

namespace lesto::apiserver {

namespace {

// s: namespaced (else cluster) · g: has a generation · t: status subresource · c: scale subresource · r: answered
// reviews, not stored · n: no deletecollection
struct Row {
  const char* group;
  const char* version;
  const char* plural;
  const char* singular;
  const char* kind;
  const char* flags;
  const char* short_names;
  const char* categories;
};

constexpr Row kRows[] = {
    {"", "v1", "bindings", "binding", "Binding", "sr", "", ""},
    {"", "v1", "componentstatuses", "componentstatus", "ComponentStatus", "o", "cs", ""},
    {"", "v1", "configmaps", "configmap", "ConfigMap", "s", "cm", ""},
    {"", "v1", "endpoints", "endpoints", "Endpoints", "s", "ep", ""},
    {"", "v1", "events", "event", "Event", "s", "ev", ""},
    {"", "v1", "limitranges", "limitrange", "LimitRange", "s", "limits", ""},
    {"", "v1", "namespaces", "namespace", "Namespace", "tn", "ns", ""},
    {"", "v1", "nodes", "node", "Node", "t", "no", ""},
    {"", "v1", "persistentvolumeclaims", "persistentvolumeclaim", "PersistentVolumeClaim", "st", "pvc", ""},
    {"", "v1", "persistentvolumes", "persistentvolume", "PersistentVolume", "t", "pv", ""},
    {"", "v1", "pods", "pod", "Pod", "sgt", "po", "all"},
    {"", "v1", "podtemplates", "podtemplate", "PodTemplate", "sg", "", ""},
    {"", "v1", "replicationcontrollers", "replicationcontroller", "ReplicationController", "sgtc", "rc", "all"},
    {"", "v1", "resourcequotas", "resourcequota", "ResourceQuota", "st", "quota", ""},
    {"", "v1", "secrets", "secret", "Secret", "s", "", ""},
    {"", "v1", "serviceaccounts", "serviceaccount", "ServiceAccount", "s", "sa", ""},
    {"", "v1", "services", "service", "Service", "st", "svc", "all"},
    {"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "mutatingwebhookconfiguration",
     "MutatingWebhookConfiguration", "g", "", "api-extensions"},
    {"admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "validatingadmissionpolicy",
     "ValidatingAdmissionPolicy", "gt", "", "api-extensions"},
    {"admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "validatingadmissionpolicybinding",
     "ValidatingAdmissionPolicyBinding", "g", "", "api-extensions"},
    {"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "validatingwebhookconfiguration",
     "ValidatingWebhookConfiguration", "g", "", "api-extensions"},
    {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "customresourcedefinition",
     "CustomResourceDefinition", "gt", "crd,crds", "api-extensions"},
    {"apiregistration.k8s.io", "v1", "apiservices", "apiservice", "APIService", "t", "", "api-extensions"},
    {"apps", "v1", "controllerrevisions", "controllerrevision", "ControllerRevision", "s", "", ""},
    {"apps", "v1", "daemonsets", "daemonset", "DaemonSet", "sgt", "ds", "all"},
    {"apps", "v1", "deployments", "deployment", "Deployment", "sgtc", "deploy", "all"},
    {"apps", "v1", "replicasets", "replicaset", "ReplicaSet", "sgtc", "rs", "all"},
    {"apps", "v1", "statefulsets", "statefulset", "StatefulSet", "sgtc", "sts", "all"},
    {"authentication.k8s.io", "v1", "selfsubjectreviews", "selfsubjectreview", "SelfSubjectReview", "r", "", ""},
    {"authentication.k8s.io", "v1", "tokenreviews", "tokenreview", "TokenReview", "r", "", ""},
    {"authorization.k8s.io", "v1", "localsubjectaccessreviews", "localsubjectaccessreview",
     "LocalSubjectAccessReview", "sr", "", ""},
    {"authorization.k8s.io", "v1", "selfsubjectaccessreviews", "selfsubjectaccessreview",
     "SelfSubjectAccessReview", "r", "", ""},
    {"authorization.k8s.io", "v1", "selfsubjectrulesreviews", "selfsubjectrulesreview", "SelfSubjectRulesReview",
     "r", "", ""},
    {"authorization.k8s.io", "v1", "subjectaccessreviews", "subjectaccessreview", "SubjectAccessReview", "r", "",
     ""},
    {"autoscaling", "v2", "horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", "sgt",
     "hpa", "all"},
    {"batch", "v1", "cronjobs", "cronjob", "CronJob", "sgt", "cj", "all"},
    {"batch", "v1", "jobs", "job", "Job", "sgt", "", "all"},
    {"certificates.k8s.io", "v1", "certificatesigningrequests", "certificatesigningrequest",
     "CertificateSigningRequest", "t", "csr", ""},
    {"coordination.k8s.io", "v1", "leases", "lease", "Lease", "s", "", ""},
    {"discovery.k8s.io", "v1", "endpointslices", "endpointslice", "EndpointSlice", "sg", "", ""},
    {"events.k8s.io", "v1", "events", "event", "Event", "s", "ev", ""},
    {"flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "flowschema", "FlowSchema", "gt", "", ""},
    {"flowcontrol.apiserver.k8s.io", "v1", "prioritylevelconfigurations", "prioritylevelconfiguration",
     "PriorityLevelConfiguration", "gt", "", ""},
    {"networking.k8s.io", "v1", "ingressclasses", "ingressclass", "IngressClass", "g", "", ""},
    {"networking.k8s.io", "v1", "ingresses", "ingress", "Ingress", "sgt", "ing", ""},
    {"networking.k8s.io", "v1", "ipaddresses", "ipaddress", "IPAddress", "", "ip", ""},
    {"networking.k8s.io", "v1", "networkpolicies", "networkpolicy", "NetworkPolicy", "sg", "netpol", ""},
    {"networking.k8s.io", "v1", "servicecidrs", "servicecidr", "ServiceCIDR", "t", "", ""},
    {"node.k8s.io", "v1", "runtimeclasses", "runtimeclass", "RuntimeClass", "", "", ""},
    {"policy", "v1", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", "sgt", "pdb", ""},
    {"rbac.authorization.k8s.io", "v1", "clusterrolebindings", "clusterrolebinding", "ClusterRoleBinding", "", "",
     ""},
    {"rbac.authorization.k8s.io", "v1", "clusterroles", "clusterrole", "ClusterRole", "", "", ""},
    {"rbac.authorization.k8s.io", "v1", "rolebindings", "rolebinding", "RoleBinding", "s", "", ""},
    {"rbac.authorization.k8s.io", "v1", "roles", "role", "Role", "s", "", ""},
    {"scheduling.k8s.io", "v1", "priorityclasses", "priorityclass", "PriorityClass", "g", "pc", ""},
    {"storage.k8s.io", "v1", "csidrivers", "csidriver", "CSIDriver", "", "", ""},
    {"storage.k8s.io", "v1", "csinodes", "csinode", "CSINode", "", "", ""},
    {"storage.k8s.io", "v1", "csistoragecapacities", "csistoragecapacity", "CSIStorageCapacity", "s", "", ""},
    {"storage.k8s.io", "v1", "storageclasses", "storageclass", "StorageClass", "", "sc", ""},
    {"storage.k8s.io", "v1", "volumeattachments", "volumeattachment", "VolumeAttachment", "t", "", ""},
    {"storage.k8s.io", "v1", "volumeattributesclasses", "volumeattributesclass", "VolumeAttributesClass", "", "vac",
     ""},
};

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(','), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void add_subresources(Resource& resource, std::string_view flags) {
  auto has = [&](char flag) { return flags.find(flag) != flags.npos; };
  if (resource.group.empty() && resource.plural == "namespaces") {
    resource.subresources.push_back({"finalize", {"update"}, {}, {}, {}});
  }
  if (resource.plural == "pods") {
    resource.subresources.push_back({"attach", {"create", "get"}, "", "v1", "PodAttachOptions"});
    resource.subresources.push_back({"binding", {"create"}, "", "v1", "Binding"});
    resource.subresources.push_back({"ephemeralcontainers", {"get", "patch", "update"}, {}, {}, {}});
    resource.subresources.push_back({"eviction", {"create"}, "policy", "v1", "Eviction"});
    resource.subresources.push_back({"exec", {"create", "get"}, "", "v1", "PodExecOptions"});
    resource.subresources.push_back({"log", {"get"}, {}, {}, {}});
    resource.subresources.push_back({"portforward", {"create", "get"}, "", "v1", "PodPortForwardOptions"});
  }
  if (resource.plural == "serviceaccounts") {
    resource.subresources.push_back({"token", {"create"}, "authentication.k8s.io", "v1", "TokenRequest"});
  }
  if (resource.plural == "certificatesigningrequests") {
    resource.subresources.push_back({"approval", {"get", "patch", "update"}, {}, {}, {}});
  }
  if (has('c')) {
    resource.subresources.push_back({"scale", {"get", "patch", "update"}, "autoscaling", "v1", "Scale"});
  }
  if (has('t')) resource.subresources.push_back({"status", {"get", "patch", "update"}, {}, {}, {}});
}

Resource from_row(const Row& row) {
  std::string_view flags = row.flags;
  auto has = [&](char flag) { return flags.find(flag) != flags.npos; };
  Resource resource;
  resource.group = row.group;
  resource.plural = row.plural;
  resource.singular = row.singular;
  resource.kind = row.kind;
  resource.list_kind = resource.kind + "List";
  resource.namespaced = has('s');
  resource.generation = has('g');
  resource.stored = !has('r');
  resource.versions.push_back({.name = row.version, .served = true, .schema = {}, .columns = {}, .subresources = {}, .selectable = {}, .deprecated = false, .deprecation_warning = {}});
  resource.storage_version = row.version;
  resource.short_names = split(row.short_names);
  resource.categories = split(row.categories);
  if (has('r')) {
    resource.verbs = {"create"};
  } else if (has('o')) {
    resource.verbs = {"get", "list"};
  } else if (has('n')) {
    resource.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
  } else {
    resource.verbs = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
  }
  resource.table = resource.group == "events.k8s.io" ? "core/events" : (resource.group.empty() ? "core" : resource.group) + "/" + resource.plural;
  add_subresources(resource, flags);
  return resource;
}

}  // namespace

std::vector<Resource> builtin_resources() {
  std::vector<Resource> out;
  for (const Row& row : kRows) out.push_back(from_row(row));
  return out;
}

}  // namespace lesto::apiserver
