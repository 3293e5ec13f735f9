#include "app/install.h"

#include <cstdlib>
#include <optional>

#include "fleet/model/crds.h"
#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/io/files.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/object/discovery.h"

namespace lesto::app {
namespace {

constexpr std::string_view kManager = "lesto";
// Says which form of a definition is installed, so that a start does not send a megabyte for nothing.
constexpr std::string_view kDefinitionHash = "lesto.dev/definition-hash";

kube::Resource crd_resource() {
  return {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", kube::Scope::Cluster};
}

io::Task<Result<void>> apply(client::Client& management, kube::Resource resource, json::Value object) {
  client::PatchOptions options;
  options.field_manager = kManager;
  options.force = true;
  auto applied = co_await management.apply({}, std::move(resource), std::move(object), std::move(options));
  if (!applied) co_return fail(std::move(applied).error());
  co_return {};
}

// Those that are missing are created, those of another form are applied over.
io::Task<void> install(client::Client& management, json::Value crd, bool present, std::optional<Error>& first) {
  Result<void> done;
  if (present) {
    done = co_await apply(management, crd_resource(), std::move(crd));
  } else {
    auto created = co_await management.create({}, crd_resource(), std::move(crd), std::string(kManager));
    if (!created) done = fail(std::move(created).error());
  }
  if (!done && !first) first = std::move(done).error();
}

}  // namespace

io::Task<Result<void>> install_crds(client::Client& management) {
  auto installed = co_await management.list({}, crd_resource(), {.ns = {}, .label_selector = {}, .field_selector = {}, .continue_token = {}});
  if (!installed) co_return fail(std::move(installed).error());
  std::map<std::string, std::string> hashes;
  for (const json::Value& crd : installed->items) {
    const json::Value* hash = kube::annotation_of(crd, kDefinitionHash);
    hashes[std::string(kube::name_of(crd))] = hash ? hash->string() : "";
  }
  io::TaskScope scope(management.loop());
  std::optional<Error> first;
  for (json::Value& crd : model::crds()) {
    std::string hash = sha256_hex(json::canonical(crd));
    auto present = hashes.find(std::string(kube::name_of(crd)));
    if (present != hashes.end() && present->second == hash) continue;
    crd.at("metadata").at("annotations").set(kDefinitionHash, hash);
    scope.spawn(install(management, std::move(crd), present != hashes.end(), first));
  }
  co_await scope.join();
  if (first) co_return fail(std::move(*first));
  co_return {};
}

io::Task<Result<void>> register_cluster(client::Client& management, Registration registration) {
  json::Value ns = json::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", registration.ns}})}});
  auto made = co_await apply(management, kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster), std::move(ns));
  if (!made) co_return made;
  std::string config = json::write_yaml(kube::kubeconfig_document({{registration.name, registration.kubeconfig}}, registration.name));
  json::Value secret = json::object(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", json::object({{"name", registration.name + "-sveltos-kubeconfig"}, {"namespace", registration.ns}})},
       {"data", json::object({{"kubeconfig", base64_encode(config)}})}});
  made = co_await apply(management, kube::core_resource("secrets", "Secret", kube::Scope::Namespaced), std::move(secret));
  if (!made) co_return made;
  json::Value labels = json::object({});
  for (const auto& [key, value] : registration.labels) labels.set(key, value);
  json::Value cluster = json::object({{"apiVersion", model::kLibApiVersion},
                                      {"kind", "SveltosCluster"},
                                      {"metadata", json::object({{"name", registration.name},
                                                                 {"namespace", registration.ns},
                                                                 {"labels", std::move(labels)}})},
                                      {"spec", json::object({})}});
  kube::Resource clusters{std::string(model::kLibGroup), std::string(model::kVersion), "sveltosclusters", "SveltosCluster", kube::Scope::Namespaced};
  made = co_await apply(management, std::move(clusters), std::move(cluster));
  co_return made;
}

Result<kube::Kubeconfig> read_kubeconfig_file(const std::string& file, const std::string& context) {
  std::string path = file;
  std::string where = "--kubeconfig " + file;
  if (path.empty()) {
    const char* variable = std::getenv("KUBECONFIG");
    if (!variable || !*variable) return fail(Code::Invalid, "say which cluster: --kubeconfig FILE, or the variable KUBECONFIG");
    path = variable;
    where = "KUBECONFIG=" + path;
  }
  auto text = io::read_file(path);
  if (!text && text.error().code() == Code::NotFound) {
    return fail(Code::NotFound, where + ": there is no such file (`lesto up` writes one; a real cluster's is often ~/.kube/config)");
  }
  if (!text) return fail(std::move(text.error()).during(std::move(where)));
  auto document = json::parse_yaml(*text);
  if (!document) return fail(std::move(document.error()).during(path));
  return during(kube::parse_kubeconfig(*document, context), path);
}

}  // namespace lesto::app
