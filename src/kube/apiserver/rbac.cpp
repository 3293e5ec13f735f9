#include "kube/apiserver/rbac.h"

#include "kube/apiserver/authn.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kGroup = "rbac.authorization.k8s.io";

bool holds(const json::Value& list, std::string_view text) {
  for (const json::Value& item : list.items()) {
    if (item.text() == text || item.text() == "*") return true;
  }
  return false;
}

bool resource_matches(const json::Value& list, std::string_view resource) {
  std::size_t slash = resource.find('/');
  std::string any_of_sub = slash == resource.npos ? std::string() : "*" + std::string(resource.substr(slash));
  for (const json::Value& item : list.items()) {
    if (item.text() == "*" || item.text() == resource) return true;
    if (!any_of_sub.empty() && item.text() == any_of_sub) return true;
  }
  return false;
}

bool path_matches(const json::Value& list, std::string_view path) {
  for (const json::Value& item : list.items()) {
    std::string_view pattern = item.text();
    if (pattern == "*" || pattern == path) return true;
    if (pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1))) return true;
  }
  return false;
}

bool rule_allows(const json::Value& rule, const Attributes& asked) {
  if (!holds(rule["verbs"], asked.verb)) return false;
  if (!asked.path.empty()) return path_matches(rule["nonResourceURLs"], asked.path);
  if (!holds(rule["apiGroups"], asked.group) || !resource_matches(rule["resources"], asked.resource)) return false;
  const json::Value& names = rule["resourceNames"];
  if (names.empty()) return true;
  return std::any_of(names.items().begin(), names.items().end(),
                     [&](const json::Value& name) { return name.text() == asked.name; });
}

bool subject_is(const json::Value& subject, const User& user, std::string_view ns) {
  std::string_view kind = subject["kind"].text();
  if (kind == "User") return subject["name"].text() == user.name;
  if (kind == "Group") return user.in(subject["name"].text());
  if (kind != "ServiceAccount") return false;
  std::string_view own = subject["namespace"].text();
  return user.name == service_account(own.empty() ? ns : own, subject["name"].text(), "").name;
}

std::string subject_text(const json::Value& subject, std::string_view ns) {
  std::string_view kind = subject["kind"].text();
  std::string name = subject["name"].string();
  if (kind == "ServiceAccount") {
    std::string_view own = subject["namespace"].text();
    name += "/" + std::string(own.empty() ? ns : own);
  }
  return std::string(kind) + " " + quoted(name);
}

// Calls `each` for every binding of the user that counts in `ns`, until it says true.
using EachBinding = std::function<bool(const json::Value& role, const json::Value& binding, const json::Value& subject)>;

void bindings_of(Core& core, const User& user, std::string_view ns, const EachBinding& each) {
  auto visit = [&](const json::Value& binding, std::string_view binding_ns) {
    for (const json::Value& subject : binding["subjects"].items()) {
      if (!subject_is(subject, user, binding_ns)) continue;
      const json::Value& ref = binding["roleRef"];
      bool cluster = ref["kind"].text() == "ClusterRole";
      std::string table = std::string(kGroup) + (cluster ? "/clusterroles" : "/roles");
      auto role = core.store.newest(table, make_key(cluster ? std::string_view() : binding_ns, ref["name"].text()));
      return role && each(*role, binding, subject);
    }
    return false;
  };
  for (const auto& [key, binding] : core.store.table("rbac.authorization.k8s.io/clusterrolebindings").objects) {
    if (visit(binding, "")) return;
  }
  if (ns.empty()) return;
  std::string prefix = std::string(ns) + "/";
  const auto& objects = core.store.table("rbac.authorization.k8s.io/rolebindings").objects;
  for (auto at = objects.lower_bound(prefix); at != objects.end() && at->first.starts_with(prefix); ++at) {
    if (visit(at->second, ns)) return;
  }
}

}  // namespace

Attributes attributes_of(const Call& call) {
  Attributes out;
  const Route& route = call.route;
  if (!route.api) {
    out.verb = route.verb;
    out.path = route.path;
    return out;
  }
  out.verb = route.verb;
  out.group = route.group;
  out.resource = route.resource;
  if (!route.subresource.empty()) out.resource += "/" + route.subresource;
  out.ns = route.ns;
  out.name = route.name;
  // A list of one object by name counts as that object.
  std::string_view selector = route.query.get("fieldSelector");
  if (out.name.empty() && selector.starts_with("metadata.name=") && selector.find(',') == selector.npos) {
    std::string_view name = selector.substr(14);
    if (name.starts_with('=')) name.remove_prefix(1);
    out.name = name;
  }
  return out;
}

Decision authorize(Core& core, const User& user, const Attributes& asked) {
  if (user.in("system:masters")) return {true, ""};
  Decision decision;
  bindings_of(core, user, asked.ns, [&](const json::Value& role, const json::Value& binding, const json::Value& subject) {
    for (const json::Value& rule : role["rules"].items()) {
      if (!rule_allows(rule, asked)) continue;
      std::string_view ns = binding["metadata"]["namespace"].text();
      std::string name = binding["metadata"]["name"].string();
      if (!ns.empty()) name += "/" + std::string(ns);
      decision = {true, "RBAC: allowed by " + std::string(ns.empty() ? "ClusterRoleBinding " : "RoleBinding ") +
                            quoted(name) + " of " + binding["roleRef"]["kind"].string() + " " +
                            quoted(binding["roleRef"]["name"].text()) + " to " + subject_text(subject, ns)};
      return true;
    }
    return false;
  });
  return decision;
}

Status denied(const User& user, const Attributes& asked) {
  std::string who = "User " + quoted(user.name) + " cannot " + asked.verb;
  if (!asked.path.empty()) {
    Status status = forbidden({}, "", who + " path " + quoted(asked.path));
    return status;
  }
  std::string scope = asked.ns.empty() ? "at the cluster scope" : "in the namespace " + quoted(asked.ns);
  std::string plural = asked.resource.substr(0, asked.resource.find('/'));
  return forbidden({asked.group, plural}, asked.name,
                   who + " resource " + quoted(asked.resource) + " in API group " + quoted(asked.group) + " " + scope);
}

std::vector<json::Value> rules_of(Core& core, const User& user, std::string_view ns) {
  std::vector<json::Value> out;
  if (user.in("system:masters")) {
    out.push_back(json::object({{"verbs", json::array({"*"})}, {"apiGroups", json::array({"*"})}, {"resources", json::array({"*"})}}));
    out.push_back(json::object({{"verbs", json::array({"*"})}, {"nonResourceURLs", json::array({"*"})}}));
  }
  bindings_of(core, user, ns, [&](const json::Value& role, const json::Value&, const json::Value&) {
    for (const json::Value& rule : role["rules"].items()) {
      if (std::find(out.begin(), out.end(), rule) == out.end()) out.push_back(rule);
    }
    return false;
  });
  return out;
}

}  // namespace lesto::apiserver
