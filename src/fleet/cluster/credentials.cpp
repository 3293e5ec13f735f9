#include "fleet/cluster/credentials.h"

#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"

namespace lesto::cluster {
namespace {

Result<std::string> choose_key(const model::SveltosCluster& cluster, const json::Value& secret) {
  const json::Value& data = secret["data"];
  const std::string& wanted = cluster.spec.kubeconfig_key_name;
  std::string name = "Secret " + kube::key_of(secret).text();
  if (!wanted.empty()) {
    if (data.contains(wanted)) return wanted;
    return fail(Code::Invalid, name + " has no key \"" + wanted + "\" (spec.kubeconfigKeyName)");
  }
  for (const char* usual : {"kubeconfig", "value"}) {
    if (data.contains(usual)) return std::string(usual);
  }
  if (data.size() == 1) return std::string(data.members()[0].name());
  if (data.size() == 0) return fail(Code::Invalid, name + " holds no data");
  return fail(Code::Invalid, name + " has several keys: say which one is the kubeconfig in spec.kubeconfigKeyName");
}

}  // namespace

kube::ObjectKey kubeconfig_secret(const model::SveltosCluster& cluster) {
  std::string name = cluster.spec.kubeconfig_name;
  if (name.empty()) name = cluster.meta.name + "-sveltos-kubeconfig";
  return {cluster.meta.ns, std::move(name)};
}

Result<kube::Kubeconfig> read_kubeconfig(const model::SveltosCluster& cluster, const json::Value& secret) {
  if (secret.is_null()) {
    return fail(Code::NotFound, "Secret " + kubeconfig_secret(cluster).text() + " with the kubeconfig does not exist");
  }
  TRY_ASSIGN(std::string key, choose_key(cluster, secret));
  std::string where = "Secret " + kube::key_of(secret).text() + " key " + key;
  auto text = base64_decode(secret["data"][key].text());
  if (!text) return fail(std::move(text.error()).during(where));
  auto document = json::parse_yaml(*text);
  if (!document) return fail(std::move(document.error()).during(where));
  return during(kube::parse_kubeconfig(*document), where);
}

}  // namespace lesto::cluster
