#include "steps/deploy/inventory.h"

#include "fleet/model/names.h"
#include "kube/object/api_error.h"
#include "steps/deploy/status.h"

namespace lesto::deploy {
namespace {

std::string joined(const std::set<std::string>& kinds) {
  std::string text;
  for (const std::string& kind : kinds) text += (text.empty() ? "" : ",") + kind;
  return text;
}

json::Value new_configuration(const model::ClusterRef& cluster, const std::string& kinds) {
  kube::ObjectKey key = configuration_key(cluster);
  json::Value labels = json::object({{model::label::kClusterName, model::label_value(cluster.name)},
                                     {model::label::kClusterType, model::to_string(cluster.type)}});
  json::Value metadata = json::object({{"name", key.name},
                                       {"namespace", key.ns},
                                       {"labels", std::move(labels)},
                                       {"annotations", json::object({{kKindsAnnotation, kinds}})}});
  return json::object({{"apiVersion", model::kConfigApiVersion},
                       {"kind", "ClusterConfiguration"},
                       {"metadata", std::move(metadata)}});
}

// When each object was applied, as the configuration says now.
std::map<std::string, json::Value> times_of(const json::Value& configuration) {
  std::map<std::string, json::Value> times;
  for (const char* list : {"clusterProfileResources", "profileResources"}) {
    for (const json::Value& profile : configuration["status"][list].items()) {
      for (const json::Value& feature : profile["Features"].items()) {
        for (const json::Value& resource : feature["resources"].items()) {
          std::string id = resource["group"].string() + "/" + resource["kind"].string() + "/" +
                           resource["namespace"].string() + "/" + resource["name"].string();
          times[id] = resource["lastAppliedTime"];
        }
      }
    }
  }
  return times;
}

}  // namespace

kube::ObjectKey configuration_key(const model::ClusterRef& cluster) {
  return {cluster.ns, model::cluster_configuration_name(cluster)};
}

std::set<std::string> recorded_kinds(const json::Value& configuration) {
  std::set<std::string> kinds;
  const json::Value* annotation = kube::annotation_of(configuration, kKindsAnnotation);
  std::string_view text = annotation ? annotation->text() : std::string_view();
  while (!text.empty()) {
    auto comma = std::min(text.find(','), text.size());
    if (comma > 0) kinds.emplace(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return kinds;
}

kube::GroupVersionKind parse_kind_text(std::string_view text) {
  auto first = text.find('.');
  auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return {};
  return {std::string(text.substr(second + 1)), std::string(text.substr(first + 1, second - first - 1)),
          std::string(text.substr(0, first))};
}

io::Task<Result<void>> record_kinds(io::Context context, cluster::Management& management, model::ClusterRef cluster,
                                    std::set<std::string> kinds) {
  kube::ObjectKey key = configuration_key(cluster);
  const json::Value& configuration = management.cluster_configurations.get(key);
  if (configuration.is_null()) {
    auto created = co_await management.cluster_configurations.create(std::move(context), new_configuration(cluster, joined(kinds)));
    // Another summary of the cluster was first: the next try reads what it wrote.
    if (!created) co_return fail(std::move(created).error());
    co_return {};
  }
  std::set<std::string> recorded = recorded_kinds(configuration);
  std::size_t before = recorded.size();
  recorded.insert(kinds.begin(), kinds.end());
  if (recorded.size() == before) co_return {};
  json::Value next = configuration;
  next.at("metadata").at("annotations").set(kKindsAnnotation, joined(recorded));
  auto updated = co_await management.cluster_configurations.update(std::move(context), std::move(next));
  if (!updated) co_return fail(std::move(updated).error());
  co_return {};
}

json::Value decide_inventory(const Owned& owned, const std::string& mark, const json::Value& configuration, Time now) {
  std::map<std::string, json::Value> times = times_of(configuration);
  json::Value of_cluster_profiles = json::array({});
  json::Value of_profiles = json::array({});
  for (const auto& [owner, ids] : owned.by_owner()) {
    json::Value resources = json::array({});
    for (const kube::ObjectId& id : ids) {
      const OwnedObject* object = owned.find(id);
      if (!Holder{owner, mark}.holds(object->ownership)) continue;
      std::string key = id.group + "/" + id.kind + "/" + id.key.ns + "/" + id.key.name;
      auto time = times.find(key);
      resources.push(json::object({{"group", id.group},
                                   {"kind", id.kind},
                                   {"version", object->gvk.version},
                                   {"namespace", id.key.ns},
                                   {"name", id.key.name},
                                   {"deploymentType", model::to_string(model::DeploymentType::Remote)},
                                   {"lastAppliedTime", time == times.end() ? json::Value(rfc3339(now)) : time->second}}));
    }
    if (resources.empty()) continue;
    bool of_cluster = owner.kind == "ClusterProfile";
    json::Value feature = json::object({{"featureID", model::to_string(model::FeatureId::Resources)},
                                        {"resources", std::move(resources)}});
    json::Value entry = json::object({{of_cluster ? "clusterProfileName" : "profileName", owner.name},
                                      {"Features", json::array({std::move(feature)})}});
    (of_cluster ? of_cluster_profiles : of_profiles).push(std::move(entry));
  }
  const json::Value& before = configuration["status"];
  auto same = [&](const char* list, const json::Value& now_) { return before[list] == now_ || (before[list].empty() && now_.empty()); };
  if (same("clusterProfileResources", of_cluster_profiles) && same("profileResources", of_profiles)) return {};
  return json::object({{"clusterProfileResources", std::move(of_cluster_profiles)},
                       {"profileResources", std::move(of_profiles)}});
}

}  // namespace lesto::deploy
