// Who may do what: Role-based access control over the stored roles and bindings; system:masters may do all.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// What is asked for: a resource, or a path when `path` is set.
struct Attributes {
  std::string verb;
  std::string group;
  std::string resource;  // with "/subresource"
  std::string ns;
  std::string name;
  std::string path;
};
Attributes attributes_of(const Call& call);

struct Decision {
  bool allowed = false;
  std::string reason;
};
Decision authorize(Core& core, const User& user, const Attributes& attributes);
// The 403 of a decision that says no.
Status denied(const User& user, const Attributes& attributes);

// All rules that hold for a user in a namespace, cluster-wide ones included.
std::vector<json::Value> rules_of(Core& core, const User& user, std::string_view ns);

// Roles and bindings: refuses those that grant what the user does not have (without escalate or bind).
Outcome<void> check_escalation(Core& core, const Call& call, const json::Value& fresh, const json::Value* old);

// The roles and bindings that every cluster has.
void bootstrap_roles(Core& core);
// Fills ClusterRoles with an aggregationRule, whenever a ClusterRole changes.
void watch_aggregation(Core& core);

}  // namespace lesto::apiserver
