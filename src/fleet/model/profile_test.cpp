#include "fleet/model/profile.h"

#include <gtest/gtest.h>

#include "fleet/model/cluster_summary.h"
#include "fleet/model/sveltos_cluster.h"
#include "fleet/model/test_support.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

using test::error_of;
using test::yaml;

std::string error_for(std::string_view spec) {
  return error_of(parse_profile(yaml(
      "{kind: Profile, metadata: {name: x, namespace: ns}, spec: " + std::string(spec) + "}")));
}

TEST(Profile, kind_tells_the_scope) {
  Result<Profile> cluster = parse_profile(yaml("{kind: ClusterProfile, metadata: {name: x}}"));
  Result<Profile> spaced =
      parse_profile(yaml("{kind: Profile, metadata: {name: x, namespace: ns}}"));
  ASSERT_TRUE(cluster.has_value() && spaced.has_value());
  EXPECT_EQ(cluster->scope, ProfileScope::Cluster);
  EXPECT_EQ(spaced->scope, ProfileScope::Namespace);
  EXPECT_EQ(to_json(*spaced)["kind"].text(), "Profile");
  EXPECT_EQ(to_json(*cluster)["apiVersion"].text(), "config.projectsveltos.io/v1beta1");
}

TEST(Profile, max_update_is_a_number_or_a_percentage) {
  for (std::string_view text : {"5", "\"5\"", "30%", "100%", "0"}) {
    Result<Profile> profile = parse_profile(
        yaml("{kind: Profile, metadata: {name: x}, spec: {maxUpdate: " + std::string(text) + "}}"));
    ASSERT_TRUE(profile.has_value()) << text << error_of(profile);
    ASSERT_TRUE(profile->spec.max_update.has_value());
    bool percent = text.ends_with('%');
    EXPECT_EQ(profile->spec.max_update->unit,
              percent ? MaxUpdate::Unit::Percent : MaxUpdate::Unit::Clusters)
        << text;
  }
  for (std::string_view text :
       {"-1", "101%", "x", "\"\"", "\"%\"", "1.5", "[]", "99999999999999999999"}) {
    EXPECT_NE(error_for("{maxUpdate: " + std::string(text) + "}"), "no error") << text;
  }
}

TEST(Profile, charts_of_repositories_need_name_and_version) {
  EXPECT_EQ(
      error_for(
          "{helmCharts: [{repositoryURL: \"https://x\", releaseName: a, releaseNamespace: b}]}"),
      "Invalid: Profile ns/x: spec.helmCharts[0].chartName: must be defined; "
      "spec.helmCharts[0].chartVersion: must "
      "be defined; spec.helmCharts[0].repositoryName: must be defined");
  EXPECT_EQ(error_for("{helmCharts: [{repositoryURL: \"gitrepository://a/b/c\", releaseName: a, "
                      "releaseNamespace: b}]}"),
            "no error");
}

TEST(Profile, identifiers_are_told_apart) {
  EXPECT_EQ(
      error_for(
          "{templateResourceRefs: [{identifier: a, resource: {}}, {identifier: a, resource: {}}]}"),
      "Invalid: Profile ns/x: spec.templateResourceRefs[1]: duplicate identifier \"a\"");
}

TEST(Profile, a_job_check_excludes_scripts) {
  EXPECT_EQ(error_for("{validateHealths: [{name: a, featureID: Helm, script: x, jobCheck: {jobRef: "
                      "{kind: Secret, name: s}}}]}"),
            "Invalid: Profile ns/x: spec.validateHealths[0]: jobCheck cannot be set together with "
            "script or evaluateCEL");
}

TEST(Profile, addresses_have_a_scheme) {
  EXPECT_EQ(error_for("{policyRefs: [{remoteURL: {url: \"ftp://x\"}}]}"),
            "Invalid: Profile ns/x: spec.policyRefs[0].remoteURL: url must start with http://, "
            "https:// or oci://");
}

TEST(ClusterSummary, holds_a_copy_of_the_profile_spec) {
  Result<Profile> profile =
      parse_profile(yaml("{kind: ClusterProfile, metadata: {name: x}, spec: {clusterSelector: "
                         "env=fv, tier: 3, policyRefs: [{kind: "
                         "ConfigMap, name: c, namespace: d}]}}"));
  ASSERT_TRUE(profile.has_value()) << error_of(profile);
  ClusterSummary summary;
  summary.meta.name = "x-sveltos-gke";
  summary.spec.cluster = {"default", "gke", ClusterType::Sveltos};
  summary.spec.profile_spec = profile->spec;
  json::Value printed = to_json(summary);
  EXPECT_EQ(
      json::write(printed["spec"]),
      R"({"clusterName":"gke","clusterNamespace":"default","clusterProfileSpec":{"clusterSelector":"env=fv",)"
      R"("policyRefs":[{"kind":"ConfigMap","name":"c","namespace":"d"}],"tier":3},"clusterType":"Sveltos"})");
  Result<ClusterSummary> back = parse_cluster_summary(printed);
  ASSERT_TRUE(back.has_value()) << error_of(back);
  EXPECT_EQ(back->spec.profile_spec, profile->spec);
  EXPECT_EQ(find_feature(back->status, FeatureId::Helm), nullptr);
}

TEST(SveltosCluster, has_the_defaults_of_the_api) {
  Result<SveltosCluster> cluster =
      parse_sveltos_cluster(yaml("{kind: SveltosCluster, metadata: {name: gke}}"));
  ASSERT_TRUE(cluster.has_value()) << error_of(cluster);
  EXPECT_EQ(cluster->spec.consecutive_failure_threshold, 3);
  EXPECT_FALSE(cluster->spec.paused);
  EXPECT_FALSE(cluster->status.ready);
}

TEST(SveltosCluster, identities_have_the_block_of_their_provider) {
  auto said = [](std::string_view spec) {
    return error_of(parse_sveltos_cluster(yaml(
        "{kind: SveltosCluster, metadata: {name: x, namespace: ns}, spec: " + std::string(spec) +
        "}")));
  };
  EXPECT_EQ(said("{workloadIdentity: {provider: AWS, endpoint: e, aws: {clusterName: c}}}"),
            "no error");
  EXPECT_EQ(said("{workloadIdentity: {provider: AWS, endpoint: e, gcp: {}}}"),
            "Invalid: SveltosCluster ns/x: spec.workloadIdentity.aws: must be set if and only if "
            "provider is AWS; "
            "spec.workloadIdentity.gcp: must be set if and only if provider is GCP");
  EXPECT_EQ(said("{kubeconfigName: k, workloadIdentity: {provider: GCP, endpoint: e, gcp: {}}}"),
            "Invalid: SveltosCluster ns/x: spec.kubeconfigName: cannot be set together with "
            "workloadIdentity");
  EXPECT_EQ(
      said("{tokenRequestRenewalOption: {renewTokenRequestInterval: soon}}").substr(0, 89),
      "Invalid: SveltosCluster ns/x: spec.tokenRequestRenewalOption.renewTokenRequestInterval: t");
}

}  // namespace
}  // namespace lesto::model
