#include "fleet/model/names.h"

#include "foundation/base/hash.h"

namespace lesto::model {
namespace {

constexpr std::size_t kNameMax = 253;
constexpr std::size_t kLabelValueMax = 63;
constexpr std::size_t kCutHash = 10;

// A text that is too long keeps its beginning and gets a hash of the whole.
std::string bounded(std::string text, std::size_t max) {
  if (text.size() <= max) return text;
  std::string hash = name_hash(text, kCutHash);
  text.resize(max - kCutHash - 1);
  return text + "-" + hash;
}

std::string joined(std::initializer_list<std::string_view> parts, std::string_view separator) {
  std::string text;
  for (std::string_view part : parts) {
    if (!text.empty()) text += separator;
    text += part;
  }
  return bounded(std::move(text), kNameMax);
}

std::string_view scope_prefix(OwnerScope scope) { return scope == OwnerScope::Namespace ? "p--" : ""; }

}  // namespace

std::string label_value(std::string_view text) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  bool fits = text.size() <= kLabelValueMax && (text.empty() || (letter(text.front()) && letter(text.back())));
  std::string value;
  for (char c : text) {
    bool good = letter(c) || c == '-' || c == '_' || c == '.';
    fits = fits && good;
    value += good ? c : '-';
  }
  if (fits) return value;
  std::string hash = name_hash(text, kCutHash);
  value.resize(std::min(value.size(), kLabelValueMax - kCutHash - 2));
  // The first character must be a letter or a digit, too.
  return "x" + value + "-" + hash;
}

std::string_view lower(ClusterType type) { return type == ClusterType::Capi ? "capi" : "sveltos"; }

std::string_view lower(FeatureId feature) {
  switch (feature) {
    case FeatureId::Resources: return "resources";
    case FeatureId::Helm: return "helm";
    case FeatureId::Kustomize: return "kustomize";
  }
  return {};
}

std::string kubeconfig_secret_name(const ClusterRef& cluster) {
  return cluster.name + (cluster.type == ClusterType::Capi ? "-kubeconfig" : "-sveltos-kubeconfig");
}

std::string event_report_name(const ClusterRef& cluster, std::string_view event_source, std::size_t number) {
  if (number == 0) return joined({lower(cluster.type), event_source, cluster.name}, "--");
  return joined({lower(cluster.type), event_source, cluster.name, std::to_string(number)}, "--");
}

std::map<std::string, std::string> event_report_labels(const ClusterRef& cluster, std::string_view event_source) {
  return {{std::string(label::kEventSourceName), label_value(event_source)},
          {std::string(label::kReportClusterName), label_value(cluster.name)},
          {std::string(label::kReportClusterType), std::string(lower(cluster.type))}};
}

std::string cluster_summary_name(OwnerScope scope, std::string_view profile, const ClusterRef& cluster) {
  return joined({std::string(scope_prefix(scope)) + std::string(profile), lower(cluster.type), cluster.name}, "-");
}

std::string cluster_configuration_name(const ClusterRef& cluster) {
  return joined({lower(cluster.type), cluster.name}, "--");
}

std::string cluster_report_name(OwnerScope scope, std::string_view profile, const ClusterRef& cluster) {
  return joined({std::string(scope_prefix(scope)) + std::string(profile), lower(cluster.type), cluster.name}, "--");
}

std::string resource_summary_name(const kube::ObjectKey& summary) { return joined({summary.ns, summary.name}, "--"); }

std::string reloader_name(std::string_view profile, FeatureId feature) {
  return joined({profile, lower(feature)}, "--");
}

}  // namespace lesto::model
