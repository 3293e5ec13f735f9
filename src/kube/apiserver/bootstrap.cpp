// The roles that every cluster has, for people and for discovery (upstream: plugin/pkg/auth/authorizer/rbac/
// bootstrappolicy); the roles of upstream's own controllers are left out, since those run inside this server.
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/rbac.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kRoles = "rbac.authorization.k8s.io/clusterroles";
constexpr std::string_view kRead = "get list watch";
constexpr std::string_view kWrite = "create delete deletecollection patch update";
constexpr std::string_view kAll = "create delete deletecollection get list patch update watch";

json::Value words(std::string_view text) {
  json::Value out = json::Value::array();
  while (!text.empty()) {
    std::size_t end = std::min(text.find(' '), text.size());
    out.push(json::Value(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

json::Value rule(std::string_view group, std::string_view resources, std::string_view verbs) {
  return json::object({{"apiGroups", json::array({group})}, {"resources", words(resources)}, {"verbs", words(verbs)}});
}

json::Value paths(std::string_view list, std::string_view verbs) {
  return json::object({{"nonResourceURLs", words(list)}, {"verbs", words(verbs)}});
}

json::Value view_rules() {
  return json::array({
      rule("", "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers "
               "replicationcontrollers/scale serviceaccounts services services/status", kRead),
      rule("", "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status "
               "resourcequotas resourcequotas/status", kRead),
      rule("", "namespaces", kRead),
      rule("discovery.k8s.io", "endpointslices", kRead),
      rule("apps", "controllerrevisions daemonsets daemonsets/status deployments deployments/scale "
                   "deployments/status replicasets replicasets/scale replicasets/status statefulsets "
                   "statefulsets/scale statefulsets/status", kRead),
      rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", kRead),
      rule("batch", "cronjobs cronjobs/status jobs jobs/status", kRead),
      rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", kRead),
      rule("networking.k8s.io", "ingresses ingresses/status networkpolicies", kRead),
  });
}

json::Value edit_rules() {
  return json::array({
      rule("", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", kRead),
      rule("", "serviceaccounts", "impersonate"),
      rule("", "pods pods/attach pods/exec pods/portforward pods/proxy", kWrite),
      rule("", "pods/eviction", "create"),
      rule("", "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets "
               "serviceaccounts services services/proxy", kWrite),
      rule("", "serviceaccounts/token", "create"),
      rule("apps", "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale "
                   "statefulsets statefulsets/scale", kWrite),
      rule("autoscaling", "horizontalpodautoscalers", kWrite),
      rule("batch", "cronjobs jobs", kWrite),
      rule("policy", "poddisruptionbudgets", kWrite),
      rule("networking.k8s.io", "ingresses networkpolicies", kWrite),
      rule("coordination.k8s.io", "leases", kAll),
  });
}

json::Value admin_rules() {
  return json::array({rule("authorization.k8s.io", "localsubjectaccessreviews", "create"),
                      rule("rbac.authorization.k8s.io", "rolebindings roles", kAll)});
}

void put(Core& core, std::string_view kind, std::string_view name, json::Value body) {
  std::string table = kind == "ClusterRole" ? std::string(kRoles) : "rbac.authorization.k8s.io/clusterrolebindings";
  Key key = make_key("", name);
  if (core.store.newest(table, key)) return;
  body.set("apiVersion", "rbac.authorization.k8s.io/v1");
  body.set("kind", kind);
  body.set_path({"metadata", "name"}, name);
  body.set_path({"metadata", "labels", "kubernetes.io/bootstrapping"}, "rbac-defaults");
  body.set_path({"metadata", "annotations", "rbac.authorization.kubernetes.io/autoupdate"}, "true");
  fill_new(core, body);
  core.store.put(table, key, std::move(body));
}

void role(Core& core, std::string_view name, json::Value rules, std::string_view aggregate_to = "") {
  json::Value body = json::object({{"rules", std::move(rules)}});
  if (!aggregate_to.empty()) {
    std::string label = "rbac.authorization.k8s.io/aggregate-to-" + std::string(aggregate_to);
    body.set_path({"metadata", "labels", label}, "true");
  }
  put(core, "ClusterRole", name, std::move(body));
}

void aggregated(Core& core, std::string_view name, std::string_view aggregate_to) {
  std::string own = "rbac.authorization.k8s.io/aggregate-to-" + std::string(name);
  json::Value selector = json::object({{"matchLabels", json::object({{own.c_str(), "true"}})}});
  json::Value body = json::object({{"aggregationRule", json::object({{"clusterRoleSelectors", json::array({selector})}})},
                                   {"rules", nullptr}});
  if (!aggregate_to.empty()) {
    std::string label = "rbac.authorization.k8s.io/aggregate-to-" + std::string(aggregate_to);
    body.set_path({"metadata", "labels", label}, "true");
  }
  put(core, "ClusterRole", name, std::move(body));
}

void bind(Core& core, std::string_view name, std::initializer_list<std::string_view> groups) {
  json::Value subjects = json::Value::array();
  for (std::string_view group : groups) {
    subjects.push(json::object({{"kind", "Group"}, {"apiGroup", "rbac.authorization.k8s.io"}, {"name", group}}));
  }
  json::Value ref = json::object({{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", name}});
  put(core, "ClusterRoleBinding", name, json::object({{"roleRef", std::move(ref)}, {"subjects", std::move(subjects)}}));
}

// The classes that every cluster has for its own parts.
void priority_class(Core& core, std::string_view name, std::int64_t value) {
  constexpr const char* kTable = "scheduling.k8s.io/priorityclasses";
  Key key = make_key("", name);
  if (core.store.newest(kTable, key)) return;
  json::Value body = json::object({{"apiVersion", "scheduling.k8s.io/v1"},
                                   {"kind", "PriorityClass"},
                                   {"value", value},
                                   {"preemptionPolicy", "PreemptLowerPriority"}});
  body.set_path({"metadata", "name"}, name);
  body.set_path({"metadata", "generation"}, 1);
  fill_new(core, body);
  core.store.put(kTable, key, std::move(body));
}

bool selected(const json::Value& role, const json::Value& selectors) {
  const json::Value& labels = role["metadata"]["labels"];
  for (const json::Value& selector : selectors.items()) {
    bool all = !selector["matchLabels"].empty();
    for (const json::Member& member : selector["matchLabels"].members()) {
      all = all && labels.contains(member.name()) && labels[member.name()] == member.value;
    }
    if (all) return true;
  }
  return false;
}

// Fills one aggregated role from all that it selects.
void aggregate(Core& core, const Key& key, const json::Value& whole) {
  json::Value rules = json::Value::array();
  core.store.each_newest(kRoles, "", [&](const Key& part_key, const json::Value& part) {
    if (part_key == key || !selected(part, whole["aggregationRule"]["clusterRoleSelectors"])) return;
    for (const json::Value& one : part["rules"].items()) {
      bool known = std::any_of(rules.items().begin(), rules.items().end(), [&](const json::Value& r) { return r == one; });
      if (!known) rules.push(one);
    }
  });
  if (whole["rules"] == rules) return;
  ResourceRef resource = core.registry.find("rbac.authorization.k8s.io", "clusterroles");
  change_object(core, *resource, key, [&](json::Value& fresh) { fresh.set("rules", rules); });
}

void aggregate_all(Core& core) {
  std::vector<std::pair<Key, json::Value>> wholes;
  core.store.each_newest(kRoles, "", [&](const Key& key, const json::Value& role) {
    if (!role["aggregationRule"].is_null()) wholes.emplace_back(key, role);
  });
  for (const auto& [key, whole] : wholes) aggregate(core, key, whole);
}

}  // namespace

void bootstrap_roles(Core& core) {
  json::Value everything = json::array({rule("*", "*", "*"), paths("*", "*")});
  role(core, "cluster-admin", std::move(everything));
  role(core, "system:discovery", json::array({paths("/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/", "get")}));
  role(core, "system:public-info-viewer", json::array({paths("/healthz /livez /readyz /version /version/", "get")}));
  role(core, "system:basic-user",
       json::array({rule("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews", "create"),
                    rule("authentication.k8s.io", "selfsubjectreviews", "create")}));
  role(core, "system:service-account-issuer-discovery",
       json::array({paths("/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks "
                          "/openid/v1/jwks/", "get")}));
  role(core, "system:aggregate-to-view", view_rules(), "view");
  role(core, "system:aggregate-to-edit", edit_rules(), "edit");
  role(core, "system:aggregate-to-admin", admin_rules(), "admin");
  aggregated(core, "view", "edit");
  aggregated(core, "edit", "admin");
  aggregated(core, "admin", "");
  bind(core, "cluster-admin", {"system:masters"});
  bind(core, "system:discovery", {"system:authenticated"});
  bind(core, "system:basic-user", {"system:authenticated"});
  bind(core, "system:public-info-viewer", {"system:authenticated", "system:unauthenticated"});
  bind(core, "system:service-account-issuer-discovery", {"system:serviceaccounts"});
  priority_class(core, "system-cluster-critical", 2'000'000'000);
  priority_class(core, "system-node-critical", 2'000'001'000);
  aggregate_all(core);
}

void watch_aggregation(Core& core) {
  core.store.listen([&core](const Table& table, const Event& event) {
    if (table.name != kRoles) return;
    bool rules_differ = event.object["rules"] != event.before["rules"] ||
                        event.object["metadata"]["labels"] != event.before["metadata"]["labels"] ||
                        event.object["aggregationRule"] != event.before["aggregationRule"];
    if (rules_differ || event.change == Change::Deleted) aggregate_all(core);
  });
}

}  // namespace lesto::apiserver
