#include "kube/apiserver/tokens.h"

#include "foundation/base/hash.h"
#include "foundation/io/jwt.h"
#include "foundation/json/text.h"
#include "kube/apiserver/authn.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kLegacyIssuer = "kubernetes/serviceaccount";
constexpr std::string_view kLegacyType = "kubernetes.io/service-account-token";
constexpr std::string_view kNameKey = "kubernetes.io/service-account.name";
constexpr std::string_view kUidKey = "kubernetes.io/service-account.uid";
constexpr std::int64_t kSecondsLeast = 600;
constexpr std::int64_t kSecondsDefault = 3600;
constexpr std::int64_t kSecondsMax = std::int64_t(1) << 32;

std::int64_t seconds_now(const Core& core) {
  return std::chrono::floor<std::chrono::seconds>(core.loop.now()).time_since_epoch().count();
}

std::optional<AccountToken> check_legacy(Core& core, std::string_view token, const json::Value& claims) {
  std::string_view ns = claims["kubernetes.io/serviceaccount/namespace"].text();
  std::string_view secret = claims["kubernetes.io/serviceaccount/secret.name"].text();
  std::string_view name = claims["kubernetes.io/serviceaccount/service-account.name"].text();
  std::string_view uid = claims["kubernetes.io/serviceaccount/service-account.uid"].text();
  const json::Value* account = core.store.get("core/serviceaccounts", make_key(ns, name));
  const json::Value* stored = core.store.get("core/secrets", make_key(ns, secret));
  if (!account || !stored || (*account)["metadata"]["uid"].text() != uid) return std::nullopt;
  auto kept = base64_decode((*stored)["data"]["token"].text());
  if (!kept || *kept != token) return std::nullopt;
  return AccountToken{service_account(ns, name, uid), {core.options.issuer}};
}

// What a token is bound to must still be there, as the same object.
bool bound_objects_live(Core& core, std::string_view ns, const json::Value& claims) {
  for (auto [claim, table] : {std::pair("pod", "core/pods"), std::pair("secret", "core/secrets")}) {
    const json::Value& bound = claims[claim];
    if (!bound.is_object()) continue;
    const json::Value* object = core.store.get(table, make_key(ns, bound["name"].text()));
    if (!object || (*object)["metadata"]["uid"] != bound["uid"]) return false;
  }
  return true;
}

Status invalid_request(std::string_view name, FieldError error) {
  return invalid("authentication.k8s.io", "TokenRequest", name, {std::move(error)});
}

// Adds the bound object's claim, if the request names one.
Outcome<void> bind(Core& core, const Call& call, const json::Value& ref, json::Value& claims) {
  if (!ref.is_object()) return {};
  std::string kind = ref["kind"].string();
  std::string table = kind == "Pod" ? "core/pods" : kind == "Secret" ? "core/secrets" : kind == "Node" ? "core/nodes" : "";
  if (table.empty()) return refuse(bad_request("cannot bind token for serviceaccount " + quoted(call.route.name) + " to object of type " + ref["apiVersion"].string() + ", Kind=" + kind));
  std::string_view ns = kind == "Node" ? std::string_view() : call.ns();
  const json::Value* object = core.store.get(table, make_key(ns, ref["name"].text()));
  std::string plural = table.substr(5);
  if (!object) return refuse(not_found({"", plural}, ref["name"].text()));
  std::string_view uid = ref["uid"].text();
  if (!uid.empty() && uid != (*object)["metadata"]["uid"].text()) {
    return refuse(conflict({"", plural}, ref["name"].text(), "the UID in the bound object reference (" + std::string(uid) +
                                                                 ") does not match the UID in record. The object might have been deleted and then recreated"));
  }
  std::string claim = plural.substr(0, plural.size() - 1);
  claims.set(claim, json::object({{"name", ref["name"]}, {"uid", (*object)["metadata"]["uid"]}}));
  return {};
}

void fill_secret(Core& core, const Key& key, const json::Value& secret) {
  if (secret["type"].text() != kLegacyType) return;
  std::string_view ns = key_namespace(key);
  std::string_view name = secret["metadata"]["annotations"][kNameKey].text();
  ResourceRef resource = core.registry.find("", "secrets");
  auto account = core.store.newest("core/serviceaccounts", make_key(ns, name));
  if (!account) {
    delete_object(core, *resource, key, secret, {});
    return;
  }
  const json::Value& uid = (*account)["metadata"]["uid"];
  if (secret["metadata"]["annotations"][kUidKey] == uid && !secret["data"]["token"].text().empty()) return;
  json::Value claims = json::object({{"iss", kLegacyIssuer},
                                     {"kubernetes.io/serviceaccount/namespace", ns},
                                     {"kubernetes.io/serviceaccount/secret.name", key_name(key)},
                                     {"kubernetes.io/serviceaccount/service-account.name", name},
                                     {"kubernetes.io/serviceaccount/service-account.uid", uid},
                                     {"sub", service_account(ns, name, "").name}});
  auto token = io::sign_jwt(json::write(claims), core.options.signing_key);
  if (!token) return;
  change_object(core, *resource, key, [&](json::Value& fresh) {
    fresh.set_path({"data", "token"}, base64_encode(*token));
    fresh.set_path({"data", "namespace"}, base64_encode(ns));
    fresh.set_path({"data", "ca.crt"}, base64_encode(core.options.ca_certificate));
    fresh.set_path({"metadata", "annotations", kUidKey}, uid);
  });
}

}  // namespace

std::optional<AccountToken> check_account_token(Core& core, std::string_view token,
                                                const std::vector<std::string>& audiences) {
  auto jwt = io::verify_jwt(token, core.options.signing_key);
  if (!jwt) return std::nullopt;
  auto parsed = json::parse(jwt->claims_json);
  if (!parsed) return std::nullopt;
  const json::Value& claims = *parsed;
  if (claims["iss"].text() == kLegacyIssuer) return check_legacy(core, token, claims);
  std::int64_t now = seconds_now(core);
  if (claims["iss"].text() != core.options.issuer || claims["exp"].integer() <= now || claims["nbf"].integer() > now) {
    return std::nullopt;
  }
  AccountToken out;
  for (const json::Value& audience : claims["aud"].items()) {
    if (std::find(audiences.begin(), audiences.end(), audience.text()) != audiences.end()) {
      out.audiences.push_back(audience.string());
    }
  }
  if (out.audiences.empty()) return std::nullopt;
  const json::Value& own = claims["kubernetes.io"];
  std::string_view ns = own["namespace"].text();
  std::string_view name = own["serviceaccount"]["name"].text();
  const json::Value* account = core.store.get("core/serviceaccounts", make_key(ns, name));
  if (!account || (*account)["metadata"]["uid"] != own["serviceaccount"]["uid"]) return std::nullopt;
  if (!bound_objects_live(core, ns, own)) return std::nullopt;
  out.user = service_account(ns, name, (*account)["metadata"]["uid"].text());
  out.user.extra.push_back({"authentication.kubernetes.io/credential-id", {"JTI=" + claims["jti"].string()}});
  if (own["pod"].is_object()) {
    out.user.extra.push_back({"authentication.kubernetes.io/pod-name", {own["pod"]["name"].string()}});
    out.user.extra.push_back({"authentication.kubernetes.io/pod-uid", {own["pod"]["uid"].string()}});
  }
  return out;
}

Outcome<Reply> request_token(Core& core, Call& call, const json::Value& body) {
  const json::Value* account = core.store.get("core/serviceaccounts", call.key());
  if (!account) return refuse(not_found(call.group_resource(), call.route.name));
  json::Value spec = body["spec"].is_object() ? body["spec"] : json::Value::object();
  if (spec["audiences"].empty()) spec.set("audiences", json::array({core.options.issuer}));
  std::int64_t seconds = spec["expirationSeconds"].integer(kSecondsDefault);
  spec.set("expirationSeconds", seconds);
  if (!spec.contains("boundObjectRef")) spec.set("boundObjectRef", nullptr);
  if (seconds < kSecondsLeast) {
    return refuse(invalid_request("", field_invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")));
  }
  if (seconds > kSecondsMax) {
    return refuse(invalid_request("", field_invalid("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")));
  }
  const json::Value& metadata = (*account)["metadata"];
  json::Value own = json::object({{"namespace", call.route.ns},
                                  {"serviceaccount", json::object({{"name", call.route.name}, {"uid", metadata["uid"]}})}});
  auto bound = bind(core, call, spec["boundObjectRef"], own);
  if (!bound) return refuse(bound.error());
  std::int64_t now = seconds_now(core);
  json::Value claims = json::object({{"aud", spec["audiences"]},
                                     {"exp", now + seconds},
                                     {"iat", now},
                                     {"iss", core.options.issuer},
                                     {"jti", core.new_uid()},
                                     {"kubernetes.io", std::move(own)},
                                     {"nbf", now},
                                     {"sub", service_account(call.route.ns, call.route.name, "").name}});
  auto token = io::sign_jwt(json::write(claims), core.options.signing_key);
  if (!token) return refuse(internal(token.error().text()));
  std::string expires = rfc3339(Time(std::chrono::seconds(now + seconds)));
  Reply reply;
  reply.code = 201;
  reply.body = json::object({{"kind", "TokenRequest"},
                             {"apiVersion", "authentication.k8s.io/v1"},
                             {"metadata", json::object({{"name", call.route.name},
                                                        {"namespace", call.route.ns},
                                                        {"uid", metadata["uid"]},
                                                        {"creationTimestamp", core.now_text()}})},
                             {"spec", std::move(spec)},
                             {"status", json::object({{"token", *token}, {"expirationTimestamp", expires}})}});
  return reply;
}

void watch_token_secrets(Core& core) {
  core.store.listen([&core](const Table& table, const Event& event) {
    if (table.name == "core/secrets" && event.change != Change::Deleted) {
      fill_secret(core, event.key, event.object);
    } else if (table.name == "core/serviceaccounts" && event.change == Change::Deleted) {
      // Its token Secrets go with it.
      std::string prefix = std::string(key_namespace(event.key)) + "/";
      std::vector<std::pair<Key, json::Value>> secrets;
      core.store.each_newest("core/secrets", prefix, [&](const Key& key, const json::Value& secret) {
        if (secret["type"].text() == kLegacyType &&
            secret["metadata"]["annotations"][kNameKey].text() == key_name(event.key)) {
          secrets.emplace_back(key, secret);
        }
      });
      ResourceRef resource = core.registry.find("", "secrets");
      for (const auto& [key, secret] : secrets) delete_object(core, *resource, key, secret, {});
    }
  });
}

}  // namespace lesto::apiserver
