#include "bench/sightings.h"

#include "bench/floor.h"
#include "fleet/cluster/management.h"
#include "kube/object/discovery.h"

namespace lesto::bench {
namespace {

constexpr std::string_view kExternal = "external-";

}  // namespace

Sightings::Sightings(client::Client& management, client::Client& target, const std::string& target_namespace,
                     std::string prefix, Look look)
    : loop_(target.loop()),
      prefix_(std::move(prefix)),
      look_(look),
      endpoints_(target, endpoints(), {.ns = target_namespace, .label_selector = {}, .field_selector = {}}),
      summaries_(management, cluster::config_resource("clustersummaries", "ClusterSummary", kube::Scope::Namespaced)),
      profiles_(management, cluster::config_resource("clusterprofiles", "ClusterProfile", kube::Scope::Cluster)),
      copies_(management, kube::core_resource("configmaps", "ConfigMap", kube::Scope::Namespaced)),
      reports_(management, cluster::lib_resource("eventreports", "EventReport", kube::Scope::Namespaced)) {
  endpoints_.store().listen([this](const control::Change& change) { hear_target(change); });
  summaries_.store().listen([this](const control::Change& change) { hear_summary(change); });
  profiles_.store().listen([this](const control::Change& change) { first("ClusterProfile", change.after); });
  copies_.store().listen([this](const control::Change& change) { first("ConfigMap", change.after); });
  reports_.store().listen([this](const control::Change& change) { hear_report(change); });
}

void Sightings::start(io::TaskScope& scope) {
  endpoints_.start(scope);
  if (look_ == Look::Target) return;
  summaries_.start(scope);
  if (look_ == Look::Statuses) return;
  profiles_.start(scope);
  copies_.start(scope);
  reports_.start(scope);
}

std::string Sightings::service_of(const json::Value& object) const {
  for (const json::Member& label : object["metadata"]["labels"].members()) {
    if (label.value.text().starts_with(prefix_)) return label.value.string();
  }
  return {};
}

void Sightings::first(const std::string& stage, const json::Value& object) {
  std::string name = service_of(object);
  if (!name.empty()) stages_[stage].emplace(std::move(name), loop_.now());
}

void Sightings::hear_target(const control::Change& change) {
  std::string_view name = kube::name_of(change.after.is_null() ? change.before : change.after);
  if (!name.starts_with(kExternal)) return;
  name.remove_prefix(kExternal.size());
  objects_[std::string(name)] = {loop_.now(), change.after["subsets"][0]["addresses"][0]["ip"].string()};
}

void Sightings::hear_summary(const control::Change& change) {
  if (look_ == Look::Stages) first("ClusterSummary", change.after);
  const json::Value& feature = change.after["status"]["featureSummaries"][0];
  bool gone = change.after.is_null();
  if (!gone && feature["status"].text() != "Provisioned") return;
  std::string name = service_of(gone ? change.before : change.after);
  if (name.empty()) return;
  Seen& status = statuses_[name];
  std::string hash = gone ? "" : feature["hash"].string();
  if (gone || status.content != hash) status = {loop_.now(), std::move(hash)};
}

void Sightings::hear_report(const control::Change& change) {
  for (const json::Value& match : change.after["spec"]["matchingResources"].items()) {
    if (match["name"].text().starts_with(prefix_)) stages_["EventReport"].emplace(match["name"].string(), loop_.now());
  }
}

}  // namespace lesto::bench
