#include "kube/object/kubeconfig.h"

#include "foundation/base/hash.h"

namespace lesto::kube {
namespace {

std::unexpected<Error> refuse(std::string message) {
  return fail(Code::Invalid, "kubeconfig: " + std::move(message));
}

// The entry of a named list: {"name": NAME, FIELD: {...}}.
const json::Value& entry(const json::Value& list, std::string_view name, std::string_view field) {
  static const json::Value none{};
  for (const json::Value& item : list.items()) {
    if (item["name"].text() == name) return item[field];
  }
  return none;
}

Result<std::string> decoded(const json::Value& holder, std::string_view field) {
  auto bytes = base64_decode(holder[field].text());
  if (!bytes) return refuse(std::string(field) + " is not base64");
  return bytes;
}

Result<void> read_user(const json::Value& user, Kubeconfig& config) {
  for (const char* plugin : {"exec", "auth-provider"}) {
    if (user.contains(plugin)) {
      return refuse(std::string("user uses \"") + plugin +
                    "\", which runs programs and is not supported; use a token or a client certificate");
    }
  }
  for (const char* file : {"tokenFile", "client-certificate", "client-key"}) {
    if (!user[file].text().empty()) {
      return refuse(std::string("user names a file in \"") + file + "\"; put the data itself into the kubeconfig");
    }
  }
  if (user.contains("username")) return refuse("user name and password are not supported");
  config.token = user["token"].string();
  TRY_ASSIGN(config.client_certificate_pem, decoded(user, "client-certificate-data"));
  TRY_ASSIGN(config.client_key_pem, decoded(user, "client-key-data"));
  if (config.client_certificate_pem.empty() != config.client_key_pem.empty()) {
    return refuse("client-certificate-data and client-key-data must be given together");
  }
  return {};
}

}  // namespace

Result<Kubeconfig> parse_kubeconfig(const json::Value& document, std::string_view context) {
  if (!document.is_object()) return refuse("not a YAML or JSON object");
  std::string name(context.empty() ? document["current-context"].text() : context);
  if (name.empty()) return refuse("current-context is not set");
  const json::Value& chosen = entry(document["contexts"], name, "context");
  if (chosen.is_null()) return refuse("there is no context \"" + name + "\"");
  const json::Value& cluster = entry(document["clusters"], chosen["cluster"].text(), "cluster");
  if (cluster.is_null()) return refuse("context \"" + name + "\" names cluster \"" + chosen["cluster"].string() + "\", which is not there");
  Kubeconfig config;
  config.server = cluster["server"].string();
  if (!config.server.starts_with("https://") && !config.server.starts_with("http://")) {
    return refuse("cluster \"" + chosen["cluster"].string() + "\" has no https:// or http:// server");
  }
  if (!cluster["certificate-authority"].text().empty()) {
    return refuse("certificate-authority names a file; use certificate-authority-data");
  }
  TRY_ASSIGN(config.ca_pem, decoded(cluster, "certificate-authority-data"));
  config.tls_server_name = cluster["tls-server-name"].string();
  config.insecure_skip_tls_verify = cluster["insecure-skip-tls-verify"].boolean();
  config.ns = chosen["namespace"].string();
  const json::Value& user = entry(document["users"], chosen["user"].text(), "user");
  TRY(read_user(user, config));
  return config;
}

json::Value kubeconfig_document(const std::vector<NamedKubeconfig>& contexts, std::string_view current) {
  json::Value document = json::object({{"apiVersion", "v1"},
                                       {"kind", "Config"},
                                       {"current-context", current},
                                       {"clusters", json::array({})},
                                       {"contexts", json::array({})},
                                       {"users", json::array({})}});
  for (const NamedKubeconfig& named : contexts) {
    const Kubeconfig& config = named.config;
    json::Value cluster = json::object({{"server", config.server}});
    if (!config.ca_pem.empty()) cluster.set("certificate-authority-data", base64_encode(config.ca_pem));
    if (!config.tls_server_name.empty()) cluster.set("tls-server-name", config.tls_server_name);
    if (config.insecure_skip_tls_verify) cluster.set("insecure-skip-tls-verify", true);
    json::Value user = json::object({});
    if (!config.token.empty()) user.set("token", config.token);
    if (!config.client_certificate_pem.empty()) {
      user.set("client-certificate-data", base64_encode(config.client_certificate_pem));
      user.set("client-key-data", base64_encode(config.client_key_pem));
    }
    json::Value context = json::object({{"cluster", named.name}, {"user", named.name}});
    if (!config.ns.empty()) context.set("namespace", config.ns);
    document.at("clusters").push(json::object({{"name", named.name}, {"cluster", std::move(cluster)}}));
    document.at("users").push(json::object({{"name", named.name}, {"user", std::move(user)}}));
    document.at("contexts").push(json::object({{"name", named.name}, {"context", std::move(context)}}));
  }
  return document;
}

}  // namespace lesto::kube
