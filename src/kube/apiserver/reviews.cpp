#include "kube/apiserver/reviews.h"

#include "kube/apiserver/rbac.h"
#include "kube/apiserver/tokens.h"
#include "kube/apiserver/tracking.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

json::Value texts(const std::vector<std::string>& list) {
  std::vector<json::Value> out;
  for (const std::string& text : list) out.emplace_back(text);
  return json::Value::array(std::move(out));
}

json::Value user_info(const User& user) {
  json::Value info = json::object({{"username", user.name}});
  if (!user.uid.empty()) info.set("uid", user.uid);
  if (!user.groups.empty()) info.set("groups", texts(user.groups));
  for (const auto& [key, values] : user.extra) info.set_path({"extra", key}, texts(values));
  return info;
}

Reply answered(json::Value body) {
  Reply reply;
  reply.code = 201;
  reply.body = std::move(body);
  return reply;
}

// Access reviews are checked without the name of a kind.
Status invalid_review(FieldErrors errors) {
  Status status = invalid("authorization.k8s.io", "", "", errors);
  status.details.erase("kind");
  return status;
}

Outcome<Attributes> read_attributes(const json::Value& spec) {
  const json::Value& resource = spec["resourceAttributes"];
  const json::Value& other = spec["nonResourceAttributes"];
  if (resource.is_object() && other.is_object()) {
    return refuse(invalid_review({field_invalid("spec.nonResourceAttributes", other, "cannot be specified in combination with resourceAttributes")}));
  }
  if (!resource.is_object() && !other.is_object()) {
    return refuse(invalid_review({field_invalid("spec.resourceAttributes", {}, "exactly one of nonResourceAttributes or resourceAttributes must be specified")}));
  }
  Attributes out;
  if (other.is_object()) {
    out.verb = other["verb"].string();
    out.path = other["path"].string();
    if (out.path.empty()) out.path = "/";
    return out;
  }
  out.verb = resource["verb"].string();
  out.group = resource["group"].string();
  out.resource = resource["resource"].string();
  if (!resource["subresource"].text().empty()) out.resource += "/" + resource["subresource"].string();
  out.ns = resource["namespace"].string();
  out.name = resource["name"].string();
  return out;
}

Outcome<User> read_user(const json::Value& spec) {
  User user;
  user.name = spec["user"].string();
  user.uid = spec["uid"].string();
  for (const json::Value& group : spec["groups"].items()) user.groups.push_back(group.string());
  if (user.name.empty() && user.groups.empty()) {
    return refuse(invalid_review({field_invalid("spec.user", "", "at least one of user or group must be specified")}));
  }
  return user;
}

Outcome<Reply> access_review(Core& core, Call& call, json::Value body, bool self) {
  bool named = !body["metadata"]["name"].text().empty();
  body = track(core, call, {}, body);
  if (named) body.at("metadata").erase("creationTimestamp");
  const json::Value spec = body["spec"];
  if (!body["metadata"]["name"].text().empty()) {
    return refuse(invalid_review({field_invalid("metadata", body["metadata"], "must be empty")}));
  }
  auto attributes = read_attributes(spec);
  if (!attributes) return refuse(attributes.error());
  User user = call.user;
  if (!self) {
    auto read = read_user(spec);
    if (!read) return refuse(read.error());
    user = std::move(*read);
  }
  if (call.resource->namespaced && attributes->ns != call.route.ns) {
    return refuse(invalid_review({field_invalid("spec.resourceAttributes.namespace", attributes->ns, "must match metadata.namespace")}));
  }
  Decision decision = authorize(core, user, *attributes);
  json::Value status = json::object({{"allowed", decision.allowed}});
  if (!decision.reason.empty()) status.set("reason", decision.reason);
  body.set("status", std::move(status));
  return answered(std::move(body));
}

Outcome<Reply> rules_review(Core& core, Call& call, json::Value body) {
  std::string_view ns = body["spec"]["namespace"].text();
  if (ns.empty()) return refuse(bad_request("no namespace on request"));
  json::Value resources = json::Value::array();
  json::Value paths = json::Value::array();
  for (const json::Value& rule : rules_of(core, call.user, ns)) {
    if (!rule["nonResourceURLs"].empty()) {
      paths.push(json::object({{"verbs", rule["verbs"]}, {"nonResourceURLs", rule["nonResourceURLs"]}}));
    } else {
      json::Value shown = json::object({{"verbs", rule["verbs"]}, {"apiGroups", rule["apiGroups"]}, {"resources", rule["resources"]}});
      if (!rule["resourceNames"].empty()) shown.set("resourceNames", rule["resourceNames"]);
      resources.push(std::move(shown));
    }
  }
  body.set("status", json::object({{"resourceRules", std::move(resources)},
                                   {"nonResourceRules", std::move(paths)},
                                   {"incomplete", false}}));
  return answered(std::move(body));
}

Outcome<Reply> token_review(Core& core, json::Value body) {
  std::string_view token = body["spec"]["token"].text();
  if (token.empty()) return refuse(bad_request("token is required for TokenReview in authentication"));
  std::vector<std::string> audiences;
  for (const json::Value& audience : body["spec"]["audiences"].items()) audiences.push_back(audience.string());
  bool any_audience = audiences.empty();
  if (any_audience) audiences.push_back(core.options.issuer);
  json::Value status = json::object({{"user", json::Value::object()}});
  if (auto account = check_account_token(core, token, audiences)) {
    status = json::object({{"authenticated", true}, {"user", user_info(account->user)}, {"audiences", texts(account->audiences)}});
  } else {
    for (const StaticToken& known : core.options.tokens) {
      if (known.token != token || !any_audience) continue;
      User user;
      user.name = known.user;
      user.uid = known.uid;
      user.groups = known.groups;
      if (!user.in("system:authenticated")) user.groups.push_back("system:authenticated");
      status = json::object({{"authenticated", true}, {"user", user_info(user)}, {"audiences", texts({core.options.issuer})}});
    }
    if (!status["authenticated"].boolean()) status.set("error", "[invalid bearer token, unknown]");
  }
  body.set("status", std::move(status));
  return answered(std::move(body));
}

}  // namespace

Outcome<Reply> answer_review(Core& core, Call& call) {
  auto read = read_object(core, call);
  if (!read) return refuse(read.error());
  json::Value body = std::move(*read);
  const std::string& plural = call.resource->plural;
  if (plural == "selfsubjectreviews") {
    body.set("metadata", json::object({{"creationTimestamp", core.now_text()}}));
    body.set("status", json::object({{"userInfo", user_info(call.user)}}));
    return answered(std::move(body));
  }
  if (plural == "selfsubjectaccessreviews") return access_review(core, call, std::move(body), true);
  if (plural == "subjectaccessreviews" || plural == "localsubjectaccessreviews") {
    return access_review(core, call, std::move(body), false);
  }
  if (plural == "selfsubjectrulesreviews") return rules_review(core, call, std::move(body));
  if (plural == "tokenreviews") return token_review(core, std::move(body));
  return refuse(not_implemented("the embedded API server does not answer " + plural));
}

}  // namespace lesto::apiserver
