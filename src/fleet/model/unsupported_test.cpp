#include "fleet/model/unsupported.h"

#include <gtest/gtest.h>

#include <set>

#include "fleet/model/crds.h"
#include "fleet/model/test_support.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

using test::error_of;
using test::yaml;

std::string said_of_trigger(std::string_view spec) {
  Result<EventTrigger> trigger =
      parse_event_trigger(yaml("{kind: EventTrigger, metadata: {name: x}, spec: "
                               "{sourceClusterSelector: {}, eventSourceName: e, " +
                               std::string(spec) + "}}"));
  EXPECT_TRUE(trigger.has_value()) << error_of(trigger);
  return trigger ? unsupported_text(unsupported(*trigger)) : "";
}

TEST(Unsupported, says_nothing_of_what_works) {
  EXPECT_EQ(said_of_trigger(
                "oneForEvent: true, destinationClusterSelector: {matchLabels: {a: b}}, tier: 5, "
                "syncMode: OneTime, stopMatchingBehavior: LeavePolicies, extraLabels: {a: b}, "
                "policyRefs: [{kind: Secret, name: s, optional: true, tier: 7}], "
                "configMapGenerator: [{name: a, nameFormat: b}], cloudEventAction: Create, "
                "templateResourceRefs: [{identifier: i, resource: {kind: Secret, name: s}}]"),
            "");
}

TEST(Unsupported, names_each_field_and_what_it_asks_for) {
  EXPECT_EQ(said_of_trigger("reloader: true"),
            "spec.reloader (reloading workloads) is not supported yet");
  EXPECT_EQ(said_of_trigger("syncMode: DryRun, dependsOn: [a]"),
            "spec.syncMode (dry run) and spec.dependsOn (dependencies between profiles) are not "
            "supported yet");
  EXPECT_EQ(said_of_trigger("syncMode: ContinuousWithDriftDetection"),
            "spec.syncMode (drift detection) is not supported yet");
  EXPECT_EQ(
      said_of_trigger("policyRefs: [{kind: ConfigMap, name: a}, {remoteURL: {url: \"https://x\"}}, "
                      "{kind: Bucket, name: b}]"),
      "spec.policyRefs[1].remoteURL (content from an address) and spec.policyRefs[2].kind (Flux "
      "sources) are not "
      "supported yet");
  EXPECT_EQ(said_of_trigger("clusterSetRefs: [a], cloudEventAction: Delete, maxUpdate: 1"),
            "spec.clusterSetRefs (cluster sets), spec.cloudEventAction (CloudEvents) and "
            "spec.maxUpdate (rolling "
            "updates over clusters) are not supported yet");
  EXPECT_EQ(
      said_of_trigger("helmCharts: [{repositoryURL: \"oci://x\", repositoryName: r, chartName: c, "
                      "chartVersion: v, releaseName: a, releaseNamespace: b}]"),
      "spec.helmCharts (Helm charts) is not supported yet");
}

TEST(Unsupported, knows_the_other_kinds) {
  Result<EventSource> source =
      parse_event_source(yaml("{kind: EventSource, metadata: {name: x}, spec: "
                              "{messagingMatchCriteria: [{subject: s}], resourceSelectors: "
                              "[{group: \"\", version: v1, kind: Pod}, {group: \"\", version: v1, "
                              "kind: Pod, evaluateCEL: [{name: a, rule: b}]}]}}"));
  ASSERT_TRUE(source.has_value()) << error_of(source);
  EXPECT_EQ(unsupported_text(unsupported(*source)),
            "spec.resourceSelectors[1].evaluateCEL (CEL rules) and spec.messagingMatchCriteria "
            "(CloudEvents) are not "
            "supported yet");
  Result<SveltosCluster> cluster = parse_sveltos_cluster(
      yaml("{kind: SveltosCluster, metadata: {name: x}, spec: {pullMode: true, data: {a: b}}}"));
  ASSERT_TRUE(cluster.has_value()) << error_of(cluster);
  EXPECT_EQ(unsupported_text(unsupported(*cluster)),
            "spec.pullMode (pull mode) is not supported yet");
  Result<Profile> profile =
      parse_profile(yaml("{kind: Profile, metadata: {name: x}, spec: {clusterRefs: [{kind: "
                         "SveltosCluster, name: a}, {kind: Cluster, "
                         "name: b}]}}"));
  ASSERT_TRUE(profile.has_value()) << error_of(profile);
  EXPECT_EQ(unsupported_text(unsupported(*profile)),
            "spec.clusterRefs[1].kind (clusters of Cluster API) is not supported yet");
  EXPECT_EQ(unsupported_text(unsupported_kind("Set")), "spec (cluster sets) is not supported yet");
  EXPECT_TRUE(unsupported_kind("EventTrigger").empty());
  EXPECT_EQ(unsupported_content({{"projectsveltos.io/lua", "false"}}).size(), 1U);
  EXPECT_TRUE(unsupported_content({{"projectsveltos.io/template", "true"}}).empty());
}

TEST(Unsupported, knows_the_labels_of_tenants) {
  Result<Profile> profile =
      parse_profile(yaml("{kind: ClusterProfile, metadata: {name: x, labels: "
                         "{projectsveltos.io/admin-namespace: a}}}"));
  ASSERT_TRUE(profile.has_value()) << error_of(profile);
  EXPECT_EQ(unsupported_text(unsupported(*profile)),
            "metadata.labels[projectsveltos.io/admin-namespace] (the rights of a tenant) is not "
            "supported yet");
  EXPECT_TRUE(unsupported_labels({{"team", "a"}}).empty());
}

// A value for a field, as its schema wants it; of several the one that is not the default.
json::Value sample(const json::Value& schema) {
  std::string_view type = schema["type"].text();
  const json::Value& choice = schema["enum"];
  if (!choice.empty()) {
    bool first = choice[choice.size() - 1] == schema["default"];
    return first ? choice[std::size_t(0)] : choice[choice.size() - 1];
  }
  if (schema["x-kubernetes-int-or-string"].boolean()) return 1;
  if (type == "boolean") return true;
  if (type == "integer" || type == "number") return 7;
  if (type == "array") return json::array({sample(schema["items"])});
  if (type != "object") return "1m";
  json::Value out = json::Value::object();
  for (const json::Value& name : schema["required"].items()) {
    out.set(name.text(), sample(schema["properties"][name.text()]));
  }
  if (out.empty() && schema["additionalProperties"].is_object()) out.set("a", "b");
  for (const char* name : {"url", "repositoryURL"}) {
    if (out.contains(name)) out.set(name, "https://x");
  }
  for (const char* name : {"chartName", "chartVersion", "repositoryName"}) {
    if (schema["properties"].contains(name)) out.set(name, "x");
  }
  // What schemas do not say: content comes from a kind or an address; a provider has its settings.
  if (schema["properties"].contains("remoteURL")) out.set("kind", "ConfigMap");
  if (schema["properties"].contains("azure"))
    out.set("azure", sample(schema["properties"]["azure"]));
  return out;
}

// What unsupported() says of an object of the kind with this spec.
std::string said_of(std::string_view kind, const json::Value& spec) {
  json::Value object =
      json::object({{"kind", kind}, {"metadata", json::object({{"name", "x"}})}, {"spec", spec}});
  auto text = [](const auto& parsed) {
    return parsed ? unsupported_text(unsupported(*parsed)) : "refused: " + parsed.error().text();
  };
  if (kind == "EventSource") return text(parse_event_source(object));
  if (kind == "SveltosCluster") return text(parse_sveltos_cluster(object));
  if (kind == "ClusterProfile" || kind == "Profile") return text(parse_profile(object));
  return text(parse_event_trigger(object));
}

// Fields that steps act on. Whoever serves one more adds it here, and a field that is in no list
// fails the test below.
const std::set<std::string, std::less<>> kServed = {
    "clusterRefs",
    "clusterSelector",
    "collectResources",
    "aggregatedSelection",
    "configMapGenerator",
    "configMapGenerator.name",
    "configMapGenerator.namespace",
    "configMapGenerator.nameFormat",
    "configMapGenerator.optional",
    "configMapGenerator.instantiatedResourceNameFormat",
    "secretGenerator",
    "secretGenerator.name",
    "secretGenerator.namespace",
    "secretGenerator.nameFormat",
    "secretGenerator.optional",
    "secretGenerator.instantiatedResourceNameFormat",
    "consecutiveFailureThreshold",
    "continueOnConflict",
    "continueOnError",
    "data",
    "destinationCluster",
    "destinationClusterSelector",
    "eventSourceName",
    "extraAnnotations",
    "extraLabels",
    "group",
    "kind",
    "kubeconfigKeyName",
    "kubeconfigName",
    "labelFilters",
    "namespace",
    "oneForEvent",
    "paused",
    "policyRefs",
    "policyRefs.kind",
    "policyRefs.name",
    "policyRefs.namespace",
    "policyRefs.optional",
    "policyRefs.tier",
    "policyRefs.skipNamespaceCreation",
    "profileNameFormat",
    "resourceSelectors",
    "resourceSelectors.group",
    "resourceSelectors.version",
    "resourceSelectors.kind",
    "resourceSelectors.labelFilters",
    "resourceSelectors.namespace",
    "resourceSelectors.name",
    "resourceSelectors.evaluate",
    "resourceSelectors.selector",
    "script",
    "sourceClusterSelector",
    "stopMatchingBehavior",
    "templateResourceRefs",
    "templateResourceRefs.identifier",
    "templateResourceRefs.optional",
    "templateResourceRefs.resource",
    "tier",
    "version"};

TEST(Unsupported, leaves_no_field_of_the_CRDs_that_is_neither_served_nor_refused) {
  for (const char* kind : {"SveltosCluster", "EventSource", "EventTrigger", "EventBasedAddOn",
                           "ClusterProfile", "Profile"}) {
    json::Value base = json::Value::object();
    if (std::string_view(kind).starts_with("Event") && std::string_view(kind) != "EventSource") {
      base = json::object({{"eventSourceName", "e"}, {"sourceClusterSelector", "a=b"}});
    }
    const json::Value document = crd(kind);
    const json::Value& schema = document["spec"]["versions"][std::size_t(0)]["schema"]
                                        ["openAPIV3Schema"]["properties"]["spec"];
    ASSERT_FALSE(schema["properties"].empty()) << kind;
    for (const json::Member& field : schema["properties"].members()) {
      std::string name(field.name());
      auto check = [&](const std::string& path, json::Value value) {
        json::Value spec = base;
        spec.set(name, std::move(value));
        if (!kServed.contains(path)) {
          std::string said = said_of(kind, spec);
          EXPECT_FALSE(said.starts_with("refused: ")) << said << " of " << json::write(spec);
          EXPECT_NE(said.find("spec." + name), std::string::npos)
              << kind << " spec." << path << " is ignored: " << json::write(spec);
        }
      };
      check(name, sample(field.value));
      bool list = field.value["type"].text() == "array";
      if (!kServed.contains(name) || (!list && field.value["type"].text() != "object")) continue;
      const json::Value& inner = list ? field.value["items"] : field.value;
      for (const json::Member& below : inner["properties"].members()) {
        bool known = name == "policyRefs" || name == "resourceSelectors" ||
                     name == "templateResourceRefs" || name.ends_with("Generator");
        if (!known) continue;
        json::Value item = sample(inner);
        item.set(below.name(), sample(below.value));
        if (below.name() == "remoteURL") item.erase("kind");
        check(name + "." + std::string(below.name()), list ? json::array({item}) : item);
      }
    }
  }
}

}  // namespace
}  // namespace lesto::model
