#include "tests/sim/truth.h"

#include <algorithm>

#include "foundation/base/hash.h"

namespace lesto::sim {
namespace {

json::Value text_map(const Labels& labels) {
  json::Value value = json::object({});
  for (const auto& [key, text] : labels) value.set(key, text);
  return value;
}

json::Value selector(const Selection& selection) {
  json::Value value = json::object({});
  if (!selection.equal.empty()) value.set("matchLabels", text_map(selection.equal));
  if (selection.in_key.empty()) return value;
  json::Value values = json::array({});
  for (const std::string& text : selection.in_values) values.push(text);
  value.set("matchExpressions", json::array({json::object(
                                    {{"key", selection.in_key}, {"operator", "In"}, {"values", values}})}));
  return value;
}

std::string selector_text(const Selection& selection) {
  std::string text;
  for (const auto& [key, value] : selection.equal) text += (text.empty() ? "" : ",") + key + "=" + value;
  if (selection.in_key.empty()) return text;
  text += (text.empty() ? "" : ",") + selection.in_key + " in (";
  for (std::size_t i = 0; i < selection.in_values.size(); ++i) text += (i ? "," : "") + selection.in_values[i];
  return text + ")";
}

json::Value cluster_reference(const std::pair<std::string, std::string>& cluster) {
  return json::object({{"apiVersion", "lib.projectsveltos.io/v1beta1"},
                       {"kind", "SveltosCluster"},
                       {"namespace", cluster.first},
                       {"name", cluster.second}});
}

json::Value ref_object(const Ref& ref, bool old_form) {
  json::Value value = json::object(
      {{"kind", ref.secret ? "Secret" : "ConfigMap"}, {"namespace", ref.ns}, {"name", ref.name}});
  if (!old_form && ref.tier != 100) value.set("tier", ref.tier);
  return value;
}

void set_add_ons(json::Value& spec, const AddOns& add_ons, bool old_form) {
  json::Value refs = json::array({});
  for (const Ref& ref : add_ons.refs) refs.push(ref_object(ref, old_form));
  spec.set("policyRefs", std::move(refs));
  if (add_ons.leave) spec.set("stopMatchingBehavior", "LeavePolicies");
  if (old_form) return;
  spec.set("tier", add_ons.tier);
  if (add_ons.continue_on_conflict) spec.set("continueOnConflict", true);
  if (!add_ons.extra_labels.empty()) spec.set("extraLabels", text_map(add_ons.extra_labels));
}

std::string script(const SourceTruth& source) {
  if (source.defect == Defect::Syntax) return "function evaluate( return";
  std::string test = source.shape == SourceShape::Addressed ? "obj.status.loadBalancer.ingress ~= nil"
                                                            : "obj.data ~= nil and obj.data.value == 'export'";
  std::string fault = source.defect == Defect::Runtime ? "  local x = obj.nowhere.at.all\n" : "";
  return "function evaluate()\n" + fault + "  return {matching = " + test + ", message = ''}\nend\n";
}

constexpr const char* kQuorum =
    "function evaluate()\n  local all = {}\n  for _, r in ipairs(resources) do table.insert(all, r) end\n"
    "  if #all < 2 then all = {} end\n  return {resources = all}\nend\n";

json::Value label_filter(const std::string& app) {
  return json::array({json::object({{"key", "app"}, {"operation", "Equal"}, {"value", app}})});
}

json::Value resource_selector(const std::string& kind) {
  return json::object({{"group", ""}, {"version", "v1"}, {"kind", kind}});
}

}  // namespace

bool Selection::matches(const Labels& labels) const {
  if (empty()) return false;
  for (const auto& [key, value] : equal) {
    auto found = labels.find(key);
    if (found == labels.end() || found->second != value) return false;
  }
  if (in_key.empty()) return true;
  auto found = labels.find(in_key);
  return found != labels.end() && std::ranges::find(in_values, found->second) != in_values.end();
}

const TemplateTruth* Truth::find_template(const Ref& ref) const {
  for (const TemplateTruth& content : templates) {
    if (content.exists && content.ns == ref.ns && content.name == ref.name && content.secret == ref.secret) {
      return &content;
    }
  }
  return nullptr;
}

const SourceTruth* Truth::find_source(const std::string& name) const {
  for (const SourceTruth& source : sources) {
    if (source.exists && source.name == name) return &source;
  }
  return nullptr;
}

const ClusterTruth* Truth::find_cluster(const std::string& ns, const std::string& name) const {
  for (const ClusterTruth& cluster : clusters) {
    if (cluster.registered && cluster.ns == ns && cluster.name == name) return &cluster;
  }
  return nullptr;
}

std::string source_name(const TriggerTruth& trigger, const ClusterTruth& cluster) {
  return trigger.source == "by-env" ? "by-" + cluster.labels.at("env") : trigger.source;
}

json::Value cluster_object(const ClusterTruth& cluster) {
  return json::object({{"apiVersion", "lib.projectsveltos.io/v1beta1"},
                       {"kind", "SveltosCluster"},
                       {"metadata", json::object({{"name", cluster.name},
                                                  {"namespace", cluster.ns},
                                                  {"labels", text_map(cluster.labels)}})},
                       {"spec", json::object({{"data", json::object({{"region", cluster.region}})}})}});
}

json::Value thing_object(const Thing& thing) {
  json::Value object = json::object({{"apiVersion", "v1"}, {"kind", thing.kind}});
  object.set("metadata", json::object({{"name", thing.name},
                                       {"namespace", thing.ns},
                                       {"labels", json::object({{"app", thing.app}})}}));
  if (thing.kind == "ConfigMap") {
    object.set("data", json::object({{"value", thing.value}}));
    return object;
  }
  json::Value ports = json::array({});
  for (int port : thing.ports) {
    ports.push(json::object({{"name", "p" + std::to_string(port)}, {"port", port}, {"targetPort", port + 1000}}));
  }
  object.set("spec", json::object({{"type", "LoadBalancer"}, {"ports", std::move(ports)}}));
  return object;
}

json::Value source_object(const SourceTruth& source) {
  json::Value spec = json::object({{"collectResources", source.collect}});
  std::string version = source.flat ? "v1alpha1" : "v1beta1";
  json::Value first = resource_selector(source.shape == SourceShape::Marked ? "ConfigMap" : "Service");
  bool scripted = source.shape == SourceShape::Addressed || source.shape == SourceShape::Marked;
  if (scripted) {
    first.set(source.flat ? "script" : "evaluate", script(source));
  } else if (source.shape == SourceShape::Narrow) {
    first.set("namespace", "shop");
    first.set("name", source.app);
  } else {
    first.set("labelFilters", label_filter(source.app));
  }
  if (source.shape == SourceShape::Quorum) {
    spec.set("aggregatedSelection", source.defect == Defect::None ? kQuorum : "function evaluate( return");
  }
  if (source.flat) {
    for (const json::Member& member : first.members()) spec.set(member.name(), member.value);
  } else {
    json::Value selectors = json::array({std::move(first)});
    if (source.shape == SourceShape::Several) {
      json::Value second = resource_selector("ConfigMap");
      second.set("labelFilters", label_filter(source.app));
      selectors.push(std::move(second));
    }
    spec.set("resourceSelectors", std::move(selectors));
  }
  return json::object({{"apiVersion", "lib.projectsveltos.io/" + version},
                       {"kind", "EventSource"},
                       {"metadata", json::object({{"name", source.name}})},
                       {"spec", std::move(spec)}});
}

json::Value trigger_object(const TriggerTruth& trigger) {
  bool old_form = trigger.form == TriggerForm::AddOn;
  bool text = trigger.form != TriggerForm::Beta;
  auto written = [&](const Selection& s) { return text ? json::Value(selector_text(s)) : selector(s); };
  json::Value spec = json::object({{"sourceClusterSelector", written(trigger.sources)},
                                   {"eventSourceName", trigger.source == "by-env"
                                                           ? "by-{{ .Cluster.metadata.labels.env }}"
                                                           : trigger.source},
                                   {"oneForEvent", trigger.one_for_event}});
  if (!trigger.destinations.empty()) spec.set("destinationClusterSelector", written(trigger.destinations));
  if (trigger.destination) spec.set("destinationCluster", cluster_reference(*trigger.destination));
  set_add_ons(spec, trigger.add_ons, old_form);
  return json::object({{"apiVersion", std::string("lib.projectsveltos.io/") + (text ? "v1alpha1" : "v1beta1")},
                       {"kind", old_form ? "EventBasedAddOn" : "EventTrigger"},
                       {"metadata", json::object({{"name", trigger.name}})},
                       {"spec", std::move(spec)}});
}

json::Value profile_object(const ProfileTruth& profile) {
  json::Value spec = json::object({});
  if (!profile.clusters.empty()) {
    spec.set("clusterSelector", profile.alpha ? json::Value(selector_text(profile.clusters)) : selector(profile.clusters));
  }
  json::Value refs = json::array({});
  for (const auto& ref : profile.refs) refs.push(cluster_reference(ref));
  if (!refs.empty()) spec.set("clusterRefs", std::move(refs));
  set_add_ons(spec, profile.add_ons, false);
  json::Value metadata = json::object({{"name", profile.name}});
  if (!profile.ns.empty()) metadata.set("namespace", profile.ns);
  return json::object(
      {{"apiVersion", std::string("config.projectsveltos.io/") + (profile.alpha ? "v1alpha1" : "v1beta1")},
       {"kind", profile.ns.empty() ? "ClusterProfile" : "Profile"},
       {"metadata", std::move(metadata)},
       {"spec", std::move(spec)}});
}

}  // namespace lesto::sim
