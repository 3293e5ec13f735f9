#include "steps/event/gather.h"

#include "fleet/cluster/reference.h"
#include "fleet/model/unsupported.h"

namespace lesto::event {
namespace {

const std::string kIndex = "event/source";

std::string index_value(const model::ClusterRef& cluster, const std::string& source) {
  return model::to_string(cluster) + "|" + source;
}

// The sources that one trigger asks for, in the clusters that it matches now. What is wrong with a trigger is shown by
// step 2; here it only makes the plan uncertain.
void add_wanted(const model::EventTrigger& trigger, const cluster::Registry& registry, Plan& plan) {
  if (trigger.meta.deleted) return;
  auto matching = registry.match(trigger.spec.source_cluster_selector);
  if (!matching) {
    plan.uncertain = true;
    return;
  }
  for (const model::ClusterRef& ref : *matching) {
    auto cluster = registry.find(ref);
    auto name = cluster::event_source_name(trigger.spec.event_source_name, cluster->object());
    if (name) {
      plan.wanted.insert({ref, std::move(*name)});
    } else {
      plan.uncertain = true;
    }
  }
}

void add_all_wanted(const cluster::Typed<model::EventTrigger>& triggers, const cluster::Registry& registry,
                    Plan& plan) {
  for (const auto& [key, trigger] : triggers.all()) add_wanted(*trigger, registry, plan);
  if (triggers.all().size() != triggers.store().size()) plan.uncertain = true;
}

void add_watches(const SourceKey& key, const model::EventSource& source, Plan& plan) {
  for (std::size_t i = 0; i < source.spec.resource_selectors.size(); ++i) {
    const model::ResourceSelector& selector = source.spec.resource_selectors[i];
    plan.watches[key.cluster][watch_key(selector)].push_back(
        {.source = key,
         .selector = i,
         .filter = compile_filter(selector),
         // The aggregated script sees whole objects, reported or not.
         .collect = source.spec.collect_resources || !source.spec.aggregated_selection.empty()});
  }
}

}  // namespace

Plan gather_plan(const cluster::Management& management, const cluster::Registry& registry) {
  Plan plan;
  add_all_wanted(management.event_triggers.typed, registry, plan);
  add_all_wanted(management.event_based_add_ons.typed, registry, plan);
  for (const SourceKey& key : plan.wanted) {
    auto source = management.event_sources.get({"", key.source});
    if (!source || source->meta.deleted) continue;
    auto unsupported = model::unsupported(*source);
    if (unsupported.empty()) {
      add_watches(key, *source, plan);
    } else {
      plan.refused[key.source] = model::unsupported_text(unsupported);
    }
  }
  return plan;
}

std::map<std::string, std::shared_ptr<const model::EventReport>> gather_reports(
    const cluster::Management& management, const SourceKey& key) {
  std::map<std::string, std::shared_ptr<const model::EventReport>> reports;
  const control::Store& store = management.event_reports.collection.store();
  for (const kube::ObjectKey& report_key : store.by_index(kIndex, index_value(key.cluster, key.source))) {
    auto report = management.event_reports.get(report_key);
    if (report) reports.emplace(report_key.name, std::move(report));
  }
  return reports;
}

std::optional<SourceKey> source_of(const json::Value& report) {
  const json::Value& spec = report["spec"];
  if (spec["eventSourceName"].text().empty()) return std::nullopt;
  bool capi = spec["clusterType"].text() == model::to_string(model::ClusterType::Capi);
  return SourceKey{{spec["clusterNamespace"].string(), spec["clusterName"].string(),
                    capi ? model::ClusterType::Capi : model::ClusterType::Sveltos},
                   spec["eventSourceName"].string()};
}

void index_reports(cluster::Management& management) {
  management.event_reports.store().add_index(kIndex, [](const json::Value& object) -> std::vector<std::string> {
    auto source = source_of(object);
    if (!source) return {};
    return {index_value(source->cluster, source->source)};
  });
}

}  // namespace lesto::event
