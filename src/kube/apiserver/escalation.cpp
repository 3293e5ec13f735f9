// Nobody grants rights that they do not have (kubernetes/pkg/registry/rbac/{escalation_check,validation}).
#include "kube/apiserver/rbac.h"

namespace lesto::apiserver {

namespace {

// A rule about one group, resource (and name), verb; or one path and verb.
struct Atom {
  std::string group;
  std::string resource;
  std::string name;
  std::string path;
  std::string verb;
};

std::vector<Atom> atoms_of(const json::Value& rule) {
  std::vector<Atom> out;
  for (const json::Value& group : rule["apiGroups"].items()) {
    for (const json::Value& resource : rule["resources"].items()) {
      for (const json::Value& verb : rule["verbs"].items()) {
        const json::Value& names = rule["resourceNames"];
        if (names.empty()) out.push_back({group.string(), resource.string(), "", "", verb.string()});
        for (const json::Value& name : names.items()) {
          out.push_back({group.string(), resource.string(), name.string(), "", verb.string()});
        }
      }
    }
  }
  for (const json::Value& path : rule["nonResourceURLs"].items()) {
    for (const json::Value& verb : rule["verbs"].items()) out.push_back({"", "", "", path.string(), verb.string()});
  }
  return out;
}

bool holds(const json::Value& list, std::string_view text) {
  for (const json::Value& item : list.items()) {
    if (item.text() == text || item.text() == "*") return true;
  }
  return false;
}

bool covers(const json::Value& rule, const Atom& atom) {
  if (!holds(rule["verbs"], atom.verb)) return false;
  if (!atom.path.empty()) {
    for (const json::Value& item : rule["nonResourceURLs"].items()) {
      std::string_view have = item.text();
      if (have == "*" || have == atom.path) return true;
      if (have.ends_with('*') && atom.path.starts_with(have.substr(0, have.size() - 1))) return true;
    }
    return false;
  }
  if (!holds(rule["apiGroups"], atom.group)) return false;
  std::size_t slash = atom.resource.find('/');
  std::string any = slash == std::string::npos ? "" : "*" + atom.resource.substr(slash);
  bool resource = holds(rule["resources"], atom.resource);
  for (const json::Value& item : rule["resources"].items()) resource = resource || (!any.empty() && item.text() == any);
  if (!resource) return false;
  const json::Value& names = rule["resourceNames"];
  if (names.empty()) return true;
  return std::any_of(names.items().begin(), names.items().end(),
                     [&](const json::Value& name) { return !atom.name.empty() && name.text() == atom.name; });
}

std::string list_text(std::string_view title, const std::vector<std::string>& items) {
  std::string out = std::string(title) + ":[";
  for (std::size_t i = 0; i < items.size(); ++i) out += (i ? " " : "") + quoted(items[i]);
  return out + "]";
}

// What is missing, verbs of one target in one line, sorted.
std::string missing_text(const std::vector<Atom>& missing) {
  std::map<std::string, std::vector<std::string>> by_target;
  for (const Atom& atom : missing) {
    std::string target;
    if (!atom.path.empty()) {
      target = list_text("NonResourceURLs", {atom.path});
    } else {
      target = list_text("APIGroups", {atom.group}) + ", " + list_text("Resources", {atom.resource});
      if (!atom.name.empty()) target += ", " + list_text("ResourceNames", {atom.name});
    }
    by_target[target].push_back(atom.verb);
  }
  std::string out;
  for (const auto& [target, verbs] : by_target) out += "\n{" + target + ", " + list_text("Verbs", verbs) + "}";
  return out;
}

std::string groups_text(const User& user) {
  std::string out = "[";
  for (std::size_t i = 0; i < user.groups.size(); ++i) out += (i ? "," : "") + quoted(user.groups[i]);
  return out + "]";
}

Outcome<void> check_rules(Core& core, const Call& call, const json::Value& rules, std::string_view name) {
  std::vector<json::Value> have = rules_of(core, call.user, call.ns());
  std::vector<Atom> missing;
  for (const json::Value& rule : rules.items()) {
    for (Atom& atom : atoms_of(rule)) {
      bool covered = std::any_of(have.begin(), have.end(), [&](const json::Value& own) { return covers(own, atom); });
      if (!covered) missing.push_back(std::move(atom));
    }
  }
  if (missing.empty()) return {};
  return refuse(forbidden(call.group_resource(), name,
                          "user " + quoted(call.user.name) + " (groups=" + groups_text(call.user) +
                              ") is attempting to grant RBAC permissions not currently held:" + missing_text(missing)));
}

bool may(Core& core, const Call& call, std::string verb, std::string resource, std::string_view ns, std::string_view name) {
  Attributes asked;
  asked.verb = std::move(verb);
  asked.group = "rbac.authorization.k8s.io";
  asked.resource = std::move(resource);
  asked.ns = ns;
  asked.name = name;
  return authorize(core, call.user, asked).allowed;
}

}  // namespace

Outcome<void> check_escalation(Core& core, const Call& call, const json::Value& fresh, const json::Value* old) {
  if (call.user.in("system:masters")) return {};
  std::string_view name = fresh["metadata"]["name"].text();
  const std::string& plural = call.resource->plural;
  if (plural == "roles" || plural == "clusterroles") {
    if (old && (*old)["rules"] == fresh["rules"] && (*old)["aggregationRule"] == fresh["aggregationRule"]) return {};
    if (may(core, call, "escalate", plural, call.ns(), name)) return {};
    if (!fresh["aggregationRule"].is_null()) {
      auto all = json::array({json::object({{"apiGroups", json::array({"*"})},
                                            {"resources", json::array({"*"})},
                                            {"verbs", json::array({"*"})}})});
      return check_rules(core, call, all, name);
    }
    return check_rules(core, call, fresh["rules"], name);
  }
  const json::Value& ref = fresh["roleRef"];
  if (old && (*old)["roleRef"] == ref && (*old)["subjects"] == fresh["subjects"]) return {};
  bool cluster = ref["kind"].text() == "ClusterRole";
  std::string roles = cluster ? "clusterroles" : "roles";
  if (may(core, call, "bind", roles, call.ns(), ref["name"].text())) return {};
  auto role = core.store.newest("rbac.authorization.k8s.io/" + roles,
                                make_key(cluster ? std::string_view() : call.ns(), ref["name"].text()));
  if (!role) return refuse(not_found(call.group_resource(), ref["name"].text()));
  return check_rules(core, call, (*role)["rules"], name);
}

}  // namespace lesto::apiserver
