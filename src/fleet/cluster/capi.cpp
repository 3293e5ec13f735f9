#include "fleet/cluster/capi.h"

#include <array>
#include <set>

namespace lesto::cluster {
namespace {

// How long a start may wait for a list before the log says for which.
constexpr Duration kSayAfter = std::chrono::seconds(5);
constexpr std::string_view kDefinition = "clusters.cluster.x-k8s.io";
// Newest first.
constexpr std::array<std::string_view, 2> kVersions = {"v1beta2", "v1beta1"};

kube::Resource definitions() {
  return {"apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition",
          kube::Scope::Cluster};
}

kube::Resource clusters(const std::string& version) {
  return {"cluster.x-k8s.io", version, "clusters", "Cluster", kube::Scope::Namespaced};
}

bool is_initialized(const json::Value& conditions) {
  for (const json::Value& condition : conditions.items()) {
    if (condition["type"].text() != "ControlPlaneInitialized") continue;
    return condition["status"].text() == "True";
  }
  return false;
}

}  // namespace

std::string capi_version(const json::Value& crd) {
  for (std::string_view known : kVersions) {
    for (const json::Value& version : crd["spec"]["versions"].items()) {
      if (version["name"].text() == known && version["served"].boolean()) return std::string(known);
    }
  }
  return {};
}

bool capi_ready(const json::Value& cluster) {
  const json::Value& status = cluster["status"];
  return status["initialization"]["controlPlaneInitialized"].boolean() ||
         is_initialized(status["conditions"]);
}

// Feeds the store, which outlives the watch of one version, from one watch.
class CapiClusters::Feed final : public control::Consumer {
 public:
  Feed(control::Store& store, Log& log) : store_(store), log_(log) {}

  void upsert(json::Value object) override {
    if (!synced_) seen_.insert(kube::key_of(object));
    store_.upsert(std::move(object));
  }
  void gone(const kube::ObjectKey& key, const json::Value& last,
            control::Evidence evidence) override {
    store_.gone(key, last, evidence);
  }
  // What an earlier watch knew and the first complete list of this one lacks is gone.
  void synced() override {
    std::vector<kube::ObjectKey> absent;
    for (const auto& [key, object] : store_.all()) {
      if (!seen_.contains(key)) absent.push_back(key);
    }
    for (const kube::ObjectKey& key : absent) {
      store_.gone(key, json::Value(), control::Evidence::List);
    }
    seen_.clear();
    synced_ = true;
    store_.synced();
  }
  void state(const std::optional<Error>& error) override {
    std::string text = error ? error->text() : "";
    if (error && text != told_) {
      log_.warn("cluster", "Cluster API clusters are not being watched", {{"error", text}});
    }
    told_ = std::move(text);
    store_.state(error);
  }

 private:
  control::Store& store_;
  Log& log_;
  std::set<kube::ObjectKey> seen_;
  bool synced_ = false;
  std::string told_;
};

CapiClusters::CapiClusters(client::Client& management_client, Log& log)
    : client_(management_client),
      log_(log),
      definition_(management_client, definitions(),
                  {.ns = {},
                   .label_selector = {},
                   .field_selector = "metadata.name=" + std::string(kDefinition)}),
      changed_(management_client.loop()) {
  definition_.store().listen([this](const control::Change& change) {
    if (!change.after.is_null()) hear_definition(change.after);
  });
}

void CapiClusters::hear_definition(const json::Value& crd) {
  std::string version = capi_version(crd);
  if (version.empty() || version == version_) return;
  version_ = std::move(version);
  if (running_) running_->request();
  changed_.notify();
}

void CapiClusters::start(io::TaskScope& scope) {
  definition_.start(scope);
  scope.spawn(run(scope.context()));
}

io::Task<Result<void>> CapiClusters::wait_synced(io::Context context) {
  for (;;) {
    io::Context bounded = context.until(client_.loop().now() + kSayAfter);
    auto known = co_await definition_.store().wait_synced(std::move(bounded), client_.loop());
    if (known) break;
    if (known.error().code() != Code::Timeout) co_return known;
    const std::optional<Error>& broken = definition_.store().broken();
    log_.warn("cluster", "still waiting for the management cluster",
              {{"kind", definition_.resource().kind}, {"error", broken ? broken->text() : "no answer"}});
  }
  if (version_.empty()) co_return {};
  auto synced = co_await store_.wait_synced(std::move(context), client_.loop());
  co_return synced;
}

io::Task<void> CapiClusters::run(io::Context context) {
  while (!context.cancel.requested()) {
    if (version_.empty()) {
      auto changed = co_await changed_.wait(context);
      if (!changed) co_return;
      continue;
    }
    io::CancelSource stop;
    auto cancelled = context.cancel.on_request([&stop] { stop.request(); });
    running_ = &stop;
    Feed feed(store_, log_);
    control::Reflector reflector(client_, clusters(version_), {}, feed);
    co_await reflector.run({stop.token(), Time::max()});
    running_ = nullptr;
  }
}

}  // namespace lesto::cluster
