#include "fleet/model/names.h"

#include <gtest/gtest.h>

#include <set>
#include <unordered_set>

#include "fleet/model/enums.h"
#include "fleet/model/meta.h"

namespace lesto::model {
namespace {

const ClusterRef kGke{"default", "gke", ClusterType::Sveltos};
const ClusterRef kCapi{"default", "gke", ClusterType::Capi};

TEST(Names, derived_objects_are_called_as_upstream_calls_them) {
  EXPECT_EQ(kubeconfig_secret_name(kGke), "gke-sveltos-kubeconfig");
  EXPECT_EQ(kubeconfig_secret_name(kCapi), "gke-kubeconfig");
  EXPECT_EQ(event_report_name(kGke, "source"), "sveltos--source--gke");
  EXPECT_EQ(cluster_summary_name(OwnerScope::Cluster, "web", kGke), "web-sveltos-gke");
  EXPECT_EQ(cluster_summary_name(OwnerScope::Namespace, "web", kCapi), "p--web-capi-gke");
  EXPECT_EQ(cluster_configuration_name(kCapi), "capi--gke");
  EXPECT_EQ(cluster_report_name(OwnerScope::Namespace, "web", kGke), "p--web--sveltos--gke");
  EXPECT_EQ(resource_summary_name({"default", "web-sveltos-gke"}), "default--web-sveltos-gke");
  EXPECT_EQ(reloader_name("web", FeatureId::Helm), "web--helm");
}

TEST(Names, clusters_of_two_types_are_two_clusters) {
  EXPECT_NE(kGke, kCapi);
  EXPECT_EQ((std::unordered_set<ClusterRef>{kGke, kCapi, kGke}).size(), 2U);
  EXPECT_EQ(to_string(kGke), "sveltos:default/gke");
  for (const ClusterRef& cluster : {kGke, kCapi}) {
    Result<ClusterRef> back = to_cluster(to_reference(cluster));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(*back, cluster);
  }
  ObjectReference pod;
  pod.kind = "Pod";
  Result<ClusterRef> wrong = to_cluster(pod);
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().text(),
            "a cluster reference must be of kind SveltosCluster or Cluster, got \"Pod\"");
}

TEST(Names, words_are_spelled_as_the_api_spells_them) {
  EXPECT_EQ(to_string(HelmAction::UpdateValues), "Update Values");
  EXPECT_EQ(to_string(ResourceAction::NoAction), "No Action");
  EXPECT_EQ(to_string(PostRenderStrategy::NoHooks), "nohooks");
  EXPECT_EQ(to_string(SyncMode::ContinuousWithDriftDetection), "ContinuousWithDriftDetection");
}

TEST(Names, presence_of_an_annotation_counts_whatever_its_value) {
  Meta meta;
  EXPECT_FALSE(meta.has_annotation(annotation::kTemplate));
  meta.annotations["projectsveltos.io/template"] = "false";
  EXPECT_TRUE(meta.has_annotation(annotation::kTemplate));
  EXPECT_EQ(meta.label("a"), "");
  meta.finalizers = {"f"};
  EXPECT_TRUE(meta.has_finalizer("f"));
  EXPECT_FALSE(meta.has_finalizer("g"));
}

}  // namespace
}  // namespace lesto::model
