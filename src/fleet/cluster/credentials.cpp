#include "fleet/cluster/credentials.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"

namespace lesto::cluster {
namespace {

Result<std::string> choose_key(const KubeconfigPlace& place, const json::Value& secret) {
  const json::Value& data = secret["data"];
  std::string name = "Secret " + place.secret.text();
  if (!place.key.empty()) {
    if (data.contains(place.key)) return place.key;
    return fail(Code::Invalid, name + " has no key \"" + place.key + "\"");
  }
  for (const char* usual : {"kubeconfig", "value"}) {
    if (data.contains(usual)) return std::string(usual);
  }
  if (data.size() == 1) return std::string(data.members()[0].name());
  if (data.size() == 0) return fail(Code::Invalid, name + " holds no data");
  return fail(Code::Invalid, name + " has several keys: say which one is the kubeconfig in spec.kubeconfigKeyName");
}

}  // namespace

KubeconfigPlace kubeconfig_place(const model::SveltosCluster& cluster) {
  std::string name = cluster.spec.kubeconfig_name;
  if (name.empty()) name = model::kubeconfig_secret_name({cluster.meta.ns, cluster.meta.name, model::ClusterType::Sveltos});
  return {{cluster.meta.ns, std::move(name)}, cluster.spec.kubeconfig_key_name};
}

KubeconfigPlace capi_kubeconfig_place(const kube::ObjectKey& cluster) {
  return {{cluster.ns, model::kubeconfig_secret_name({cluster.ns, cluster.name, model::ClusterType::Capi})}, "value"};
}

Result<kube::Kubeconfig> read_kubeconfig(const KubeconfigPlace& place, const json::Value& secret) {
  if (secret.is_null()) {
    return fail(Code::NotFound, "Secret " + place.secret.text() + " with the kubeconfig does not exist");
  }
  TRY_ASSIGN(std::string key, choose_key(place, secret));
  std::string where = "Secret " + place.secret.text() + " key " + key;
  auto text = base64_decode(secret["data"][key].text());
  if (!text) return fail(std::move(text.error()).during(where));
  auto document = json::parse_yaml(*text);
  if (!document) return fail(std::move(document.error()).during(where));
  auto config = kube::parse_kubeconfig(*document);
  if (!config) return fail(std::move(config.error()).during(where));
  if (config->token.empty() && config->client_certificate_pem.empty()) {
    return fail(Code::Invalid, where + ": kubeconfig: its user has neither a token nor a client certificate");
  }
  return config;
}

}  // namespace lesto::cluster
