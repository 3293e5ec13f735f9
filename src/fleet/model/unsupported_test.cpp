#include "fleet/model/unsupported.h"

#include <gtest/gtest.h>

#include "fleet/model/test_support.h"

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
  Result<Profile> profile = parse_profile(
      yaml("{kind: ClusterProfile, metadata: {name: x, labels: {projectsveltos.io/admin-namespace: a}}}"));
  ASSERT_TRUE(profile.has_value()) << error_of(profile);
  EXPECT_EQ(unsupported_text(unsupported(*profile)),
            "metadata.labels[projectsveltos.io/admin-namespace] (the rights of a tenant) is not supported yet");
  EXPECT_TRUE(unsupported_labels({{"team", "a"}}).empty());
}

}  // namespace
}  // namespace lesto::model
