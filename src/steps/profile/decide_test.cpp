#include "steps/profile/decide.h"

#include "tests/support/cases.h"

namespace lesto::profile {
namespace {

std::shared_ptr<const model::Profile> read_profile(const json::Value& given) {
  json::Value object = json::object({{"apiVersion", "config.projectsveltos.io/v1beta1"},
                                     {"kind", given["kind"].is_null() ? json::Value("ClusterProfile") : given["kind"]},
                                     {"metadata", json::object({{"name", "p"}})},
                                     {"spec", given["spec"].is_null() ? json::object({}) : given["spec"]}});
  if (!given["namespace"].is_null()) object.set_path({"metadata", "namespace"}, given["namespace"]);
  if (given["deleted"].boolean()) object.set_path({"metadata", "deletionTimestamp"}, "2026-11-24T12:00:00Z");
  auto profile = model::parse_profile(object);
  CHECK(profile.has_value());
  return std::make_shared<const model::Profile>(std::move(*profile));
}

model::ClusterRef cluster(std::string_view name) { return {"clusters", std::string(name), model::ClusterType::Sveltos}; }

std::shared_ptr<const model::ClusterSummary> read_summary(std::string_view name, const json::Value& given) {
  auto summary = std::make_shared<model::ClusterSummary>();
  summary->meta.name = "p-sveltos-" + std::string(name);
  summary->meta.ns = "clusters";
  summary->spec.cluster = cluster(name);
  summary->spec.profile_spec = read_profile(given)->spec;
  if (given["leaving"].boolean()) summary->meta.deleted = Time{};
  return summary;
}

json::Value decide_case(const json::Value& given) {
  Inputs inputs{.profile = read_profile(given["profile"]), .matching = {}, .existing = {}};
  for (const json::Value& name : given["matching"].items()) inputs.matching.push_back({cluster(name.text()), true});
  for (const json::Value& name : given["notReady"].items()) inputs.matching.push_back({cluster(name.text()), false});
  for (const json::Value& name : given["gone"].items()) inputs.matching.push_back({cluster(name.text()), false, false});
  for (const json::Member& summary : given["summaries"].members()) {
    inputs.existing[cluster(summary.name())] = read_summary(summary.name(), summary.value);
  }
  json::Value decided = json::object({});
  if (auto out = out_of_namespace(*inputs.profile)) {
    decided.set("refused", *out);
    return decided;
  }
  Decision decision = decide(inputs);
  for (const json::Value& summary : decision.create) decided.at("create").push(kube::key_of(summary).text());
  for (const json::Value& summary : decision.update) {
    decided.at("update").set(kube::key_of(summary).text(), summary["spec"]["clusterProfileSpec"]);
  }
  for (const auto& summary : decision.remove) decided.at("remove").push(summary->meta.ns + "/" + summary->meta.name);
  return decided;
}

}  // namespace
}  // namespace lesto::profile

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("steps/profile", lesto::profile::decide_case);
  return RUN_ALL_TESTS();
}
