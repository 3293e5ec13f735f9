#include "fleet/model/crds.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "fleet/model/schema.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

// One line a field: its path, then all that its schema says but for what is below it.
void outline(const json::Value& schema, const std::string& path, std::string& out) {
  json::Value own = schema;
  for (const char* below : {"properties", "items", "additionalProperties"}) own.erase(below);
  out += path + " " + json::write(own) + "\n";
  for (const json::Member& property : schema["properties"].members()) {
    outline(property.value, path + "." + std::string(property.name()), out);
  }
  if (schema["items"].is_object()) outline(schema["items"], path + "[]", out);
  if (schema["additionalProperties"].is_object())
    outline(schema["additionalProperties"], path + "{}", out);
}

std::string outlines() {
  std::string out =
      "# Each CRD that `lesto crds` prints. Written by LESTO_WRITE_GOLDEN=1 fleet_model_test.\n";
  for (const json::Value& definition : crds()) {
    json::Value head = definition;
    for (std::size_t i = 0; i < definition["spec"]["versions"].size(); ++i) {
      head.edit("spec")->edit("versions")->edit(i)->erase("schema");
    }
    out += "\n" + json::write(head) + "\n";
    const json::Value& versions = definition["spec"]["versions"];
    for (std::size_t i = 1; i < versions.size(); ++i) {
      EXPECT_EQ(versions[i]["schema"], versions.items()[0]["schema"])
          << "the schemas of the versions differ";
    }
    outline(versions.items()[0]["schema"]["openAPIV3Schema"],
            definition["spec"]["names"]["kind"].string(), out);
  }
  return out;
}

TEST(Crds, are_as_recorded) {
  const std::string file = std::string(LESTO_ROOT) + "/tests/golden/crds/outline.txt";
  std::string now = outlines();
  if (std::getenv("LESTO_WRITE_GOLDEN")) {
    std::ofstream(file) << now;
    return;
  }
  std::ifstream in(file);
  ASSERT_TRUE(in.good()) << file << " is missing";
  std::stringstream recorded;
  recorded << in.rdbuf();
  // Compared line by line, so that a difference can be read.
  std::istringstream want(recorded.str());
  std::istringstream got(now);
  std::string want_line;
  std::string got_line;
  int number = 0;
  while (std::getline(got, got_line)) {
    number += 1;
    ASSERT_TRUE(std::getline(want, want_line))
        << "not recorded, from line " << number << ": " << got_line;
    ASSERT_EQ(got_line, want_line) << "line " << number;
  }
  EXPECT_FALSE(std::getline(want, want_line)) << "recorded, but gone: " << want_line;
}

TEST(Crds, store_v1beta1_and_serve_v1alpha1_with_the_same_schema) {
  for (const json::Value& definition : crds()) {
    const json::Value& versions = definition["spec"]["versions"];
    EXPECT_EQ(definition["spec"]["conversion"]["strategy"].text(), "None");
    if (definition["spec"]["names"]["kind"].text() == "EventBasedAddOn") {
      ASSERT_EQ(versions.size(), 1U);
      EXPECT_EQ(versions.items()[0]["name"].text(), "v1alpha1");
      EXPECT_TRUE(versions.items()[0]["storage"].boolean());
      continue;
    }
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions.items()[0]["name"].text(), "v1beta1");
    EXPECT_TRUE(versions.items()[0]["storage"].boolean());
    EXPECT_EQ(versions.items()[1]["name"].text(), "v1alpha1");
    EXPECT_FALSE(versions.items()[1]["storage"].boolean(true));
    EXPECT_TRUE(versions.items()[1]["served"].boolean());
  }
}

TEST(Crds, spell_names_as_upstream_does_where_they_surprise) {
  auto properties = [](std::string_view kind, std::string_view part) {
    return crd(kind)["spec"]["versions"]
        .items()[0]["schema"]["openAPIV3Schema"]["properties"][part]["properties"];
  };
  json::Value inventory = properties("ClusterConfiguration", "status");
  EXPECT_TRUE(inventory["clusterProfileResources"]["items"]["properties"].contains("Features"));
  EXPECT_TRUE(inventory["profileResources"]["items"]["properties"].contains("Features"));
  EXPECT_TRUE(
      properties("ResourceSummary", "spec")["chartResources"]["items"]["properties"].contains(
          "group"));
  json::Value release =
      properties("ClusterReport", "status")["releaseReports"]["items"]["properties"];
  EXPECT_TRUE(release.contains("chartName"));
  EXPECT_FALSE(release.contains("releaseName"));
  json::Value generator =
      properties("EventTrigger", "spec")["configMapGenerator"]["items"]["properties"];
  EXPECT_TRUE(generator.contains("nameFormat"));
  EXPECT_TRUE(properties("SveltosCluster", "spec").contains("data"));
}

TEST(Crds, fields_are_counted_at_all_depths) {
  Schema inner = object({}, {required("a", string("A."))});
  Schema outer = object("All.", {optional("list", array("List.", inner)),
                                 optional("map", map("Map.", inner)), optional("one", inner)});
  EXPECT_EQ(field_count(outer.json()), 6U);
  EXPECT_EQ(field_count(json::Value()), 0U);
}

TEST(Crds, say_which_collections_there_are) {
  std::vector<kube::Resource> all = resources();
  ASSERT_EQ(all.size(), crds().size());
  for (const kube::Resource& resource : all) {
    json::Value definition = crd(resource.kind);
    EXPECT_EQ(definition["metadata"]["name"].string(), resource.plural + "." + resource.group);
    EXPECT_EQ(definition["spec"]["versions"].items()[0]["name"].text(), resource.version);
    EXPECT_EQ(definition["spec"]["scope"].text() == "Cluster",
              resource.scope == kube::Scope::Cluster);
  }
  EXPECT_TRUE(crd("Nothing").is_null());
}

TEST(Crds, describe_every_field_that_has_a_name) {
  std::function<void(const json::Value&, const std::string&)> walk = [&](const json::Value& schema,
                                                                         const std::string& path) {
    for (const json::Member& property : schema["properties"].members()) {
      std::string inner = path + "." + std::string(property.name());
      if (inner.ends_with(".metadata")) continue;
      EXPECT_FALSE(property.value["description"].text().empty()) << inner;
      walk(property.value, inner);
    }
    for (const char* below : {"items", "additionalProperties"}) {
      if (schema[below].is_object()) walk(schema[below], path + "[]");
    }
  };
  for (const json::Value& definition : crds()) {
    walk(definition["spec"]["versions"].items()[0]["schema"]["openAPIV3Schema"],
         definition["spec"]["names"]["kind"].string());
  }
}

}  // namespace
}  // namespace lesto::model
