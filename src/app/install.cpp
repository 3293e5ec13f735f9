#include "app/install.h"

#include <optional>

#include "fleet/model/crds.h"
#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/object/api_error.h"
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

std::vector<json::Value> stamped_crds() {
  std::vector<json::Value> crds = model::crds();
  for (json::Value& crd : crds) {
    std::string hash = sha256_hex(json::canonical(crd));
    crd.at("metadata").at("annotations").set(kDefinitionHash, hash);
  }
  return crds;
}

std::string form_of(const json::Value& crd) {
  const json::Value* hash = kube::annotation_of(crd, kDefinitionHash);
  return hash ? hash->string() : "";
}

// Name to form of all definitions that are there.
io::Task<Result<std::map<std::string, std::string>>> installed_forms(client::Client& management) {
  auto installed = co_await management.list({}, crd_resource(), {.ns = {}, .label_selector = {}, .field_selector = {}, .continue_token = {}});
  if (!installed) co_return fail(std::move(installed).error());
  std::map<std::string, std::string> forms;
  for (const json::Value& crd : installed->items) forms[std::string(kube::name_of(crd))] = form_of(crd);
  co_return forms;
}

// Those that are missing are created, those of another form are applied over.
io::Task<void> install(client::Client& management, json::Value crd, bool present, std::optional<Error>& first) {
  Result<void> done;
  if (present) {
    done = co_await apply(management, crd_resource(), std::move(crd));
  } else {
    auto created = co_await management.create({}, crd_resource(), std::move(crd), std::string(kManager));
    // Another manager that starts at the same time may have been faster.
    if (!created && !kube::is_already_exists(created.error())) done = fail(std::move(created).error());
  }
  if (!done && !first) first = std::move(done).error();
}

}  // namespace

io::Task<Result<void>> install_crds(client::Client& management) {
  auto installed = co_await installed_forms(management);
  if (!installed) co_return fail(std::move(installed).error());
  io::TaskScope scope(management.loop());
  std::optional<Error> first;
  for (json::Value& crd : stamped_crds()) {
    auto present = installed->find(std::string(kube::name_of(crd)));
    bool there = present != installed->end();
    if (there && present->second == form_of(crd)) continue;
    scope.spawn(install(management, std::move(crd), there, first));
  }
  co_await scope.join();
  if (first && first->code() == Code::Denied) {
    co_return fail(std::move(*first).during(
        "the definitions cannot be installed with these rights; --crds check leaves them to you"));
  }
  if (first) co_return fail(std::move(*first));
  co_return {};
}

io::Task<Result<void>> check_crds(client::Client& management, Log& log) {
  auto installed = co_await installed_forms(management);
  if (!installed) co_return fail(std::move(installed).error());
  std::string missing;
  std::size_t found = 0;
  for (const json::Value& crd : stamped_crds()) {
    std::string name(kube::name_of(crd));
    auto present = installed->find(name);
    if (present == installed->end()) {
      missing += (missing.empty() ? "" : ", ") + name;
      continue;
    }
    ++found;
    if (present->second != form_of(crd)) {
      log.warn("app", "this definition is of another version of Lesto, or not Lesto's",
               {{"name", name}});
    }
  }
  if (missing.empty()) co_return {};
  co_return fail(Code::NotFound,
                 (found == 0 ? std::string("none of Lesto's definitions is there")
                             : "these definitions are missing: " + missing) +
                     "; install them with `lesto crds | kubectl apply --server-side -f -`");
}

std::string crds_text() {
  std::string text;
  for (const json::Value& crd : stamped_crds()) text += "---\n" + json::write_yaml(crd);
  return text;
}

io::Task<Result<void>> ensure_namespace(client::Client& management, std::string name) {
  kube::Resource resource = kube::core_resource("namespaces", "Namespace", kube::Scope::Cluster);
  auto there = co_await management.get({}, resource, {"", name});
  if (there) co_return {};
  if (there.error().code() != Code::NotFound) co_return fail(std::move(there).error());
  json::Value object = json::object({{"apiVersion", "v1"},
                                     {"kind", "Namespace"},
                                     {"metadata", json::object({{"name", name}})}});
  auto created = co_await management.create({}, std::move(resource), std::move(object), std::string(kManager));
  if (created || kube::is_already_exists(created.error())) co_return {};
  if (created.error().code() == Code::Denied) {
    co_return fail(std::move(created.error()).during("namespace " + name + " is missing; `kubectl create namespace " + name + "` makes it"));
  }
  co_return fail(std::move(created).error());
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

}  // namespace lesto::app
