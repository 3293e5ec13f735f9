#include "kube/apiserver/data.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::apiserver {
namespace {

TEST(Data, EveryServedGroupVersionHasItsSchemasAndItsMessages) {
  auto resources = json::parse(embedded("resources.json"));
  auto messages = json::parse(embedded("protobuf.json"));
  ASSERT_TRUE(resources) << resources.error().text();
  ASSERT_TRUE(messages) << messages.error().text();
  EXPECT_GE(resources->size(), 22u);
  for (const auto& group_version : resources->members()) {
    std::string name(group_version.name());
    std::string file = name.find('/') == std::string::npos ? "core_" + name : name;
    for (char& c : file) {
      if (c == '/') c = '_';
    }
    auto openapi = json::parse(embedded("openapi/" + file + ".json"));
    ASSERT_TRUE(openapi) << name << ": " << openapi.error().text();
    EXPECT_GT((*openapi)["schemas"].size(), 0u) << name;
    for (const auto& resource : group_version.value.members()) {
      std::string kind = name + "/" + resource.value["kind"].string();
      EXPECT_TRUE((*messages)["kinds"].contains(kind)) << kind;
      std::string message = (*messages)["kinds"][kind].string();
      EXPECT_GT((*messages)["messages"][message].size(), 0u) << message;
    }
  }
  EXPECT_EQ((*resources)["apps/v1"]["deployments"]["subresources"]["scale"]["kind"].text(),
            "Scale");
  EXPECT_TRUE((*resources)["v1"]["pods"]["generation"].boolean());
}

TEST(Data, AnUnknownNameIsEmpty) { EXPECT_EQ(embedded("resources"), ""); }

}  // namespace
}  // namespace lesto::apiserver
