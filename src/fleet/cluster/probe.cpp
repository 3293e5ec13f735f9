#include "fleet/cluster/probe.h"

#include "fleet/model/unsupported.h"
#include "kube/control/conditions.h"

namespace lesto::cluster {
namespace {

constexpr std::int64_t kFailuresDefault = 3;

std::string_view reason_of(const Error& error) {
  switch (error.code()) {
    case Code::NotFound: return "KubeconfigMissing";
    case Code::Invalid: return "KubeconfigInvalid";
    case Code::Denied: return "AccessDenied";
    default: return "Unreachable";
  }
}

}  // namespace

json::Value probe_status(const json::Value& cluster, const Result<std::string>& version, Time now) {
  const json::Value& before = cluster["status"];
  json::Value status = json::object({});
  control::Condition ready{.type = "Ready", .status = {}, .reason = {}, .message = {}};
  if (version) {
    status.set("ready", true);
    status.set("version", *version);
    status.set("connectionStatus", "Healthy");
    status.set("connectionFailures", 0);
    status.set("failureMessage", json::Value());
    ready.status = control::ConditionStatus::True;
    ready.reason = "Reachable";
    ready.message = "the API server answers, version " + *version;
  } else {
    std::int64_t threshold = cluster["spec"]["consecutiveFailureThreshold"].integer(kFailuresDefault);
    std::int64_t failures = std::min(before["connectionFailures"].integer() + 1, threshold);
    status.set("connectionFailures", failures);
    status.set("failureMessage", version.error().text());
    if (failures >= threshold) status.set("connectionStatus", "Down");
    ready.status = control::ConditionStatus::False;
    ready.reason = reason_of(version.error());
    ready.message = version.error().text();
  }
  json::Value conditions =
      control::with_condition(before["conditions"], ready, cluster["metadata"]["generation"].integer(), now);
  bool changed = !control::same_conditions(before["conditions"], conditions);
  for (const json::Member& member : status.members()) changed |= before[member.name()] != member.value;
  if (!changed) return {};
  status.set("conditions", std::move(conditions));
  return status;
}

std::optional<std::string> unserved_field(const model::SveltosCluster& cluster) {
  model::UnsupportedFields fields = model::unsupported(cluster);
  if (fields.empty()) return std::nullopt;
  return model::unsupported_text(fields);
}

Result<kube::LabelSelector> compile(const model::Selector& selector) {
  if (selector.source.is_string()) return kube::parse_label_selector(selector.source.text());
  return kube::read_label_selector(selector.source);
}

}  // namespace lesto::cluster
