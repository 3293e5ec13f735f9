// Goal: an object of a built-in kind comes out of its Go type as a real server shows it, with the
// same complaints.
#include "kube/apiserver/types.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::apiserver {
namespace {

class TypesTest : public testing::Test {
 protected:
  std::string read(std::string_view api_version, std::string_view kind, std::string_view text) {
    const Message* message = types_->kind(api_version, kind);
    if (!message) return "no such kind";
    auto typed = types_->read(*message, *json::parse(text));
    if (!typed) return "error: " + typed.error().message();
    std::string out = json::write(typed->value);
    for (const std::string& path : typed->unknown) out += " unknown " + path;
    return out;
  }
  std::shared_ptr<const Types> types_ = *Types::load();
};

TEST_F(TypesTest, EmptyMembersFollowTheTagsOfTheType) {
  EXPECT_EQ(read("v1", "ConfigMap", R"({"metadata":{"name":"a","labels":{}},"data":{}})"),
            R"({"metadata":{"name":"a"}})");
  EXPECT_EQ(read("rbac.authorization.k8s.io/v1", "Role", R"({"metadata":{"name":"a"}})"),
            R"({"metadata":{"name":"a"},"rules":null})");
  EXPECT_EQ(read("v1", "Pod", R"({"spec":{"containers":[{"name":"c"}]}})"),
            R"({"metadata":{},"spec":{"containers":[{"name":"c","resources":{}}]},"status":{}})");
}

TEST_F(TypesTest, UnknownFieldsAreDroppedAndNamed) {
  EXPECT_EQ(read("v1", "Secret", R"({"metadata":{"name":"a","x":1},"Data":{}})"),
            R"({"metadata":{"name":"a"}} unknown Data unknown metadata.x)");
  EXPECT_EQ(read("apps/v1", "Deployment",
                 R"({"spec":{"template":{"spec":{"containers":[{"nome":"x"}]}}}})")
                .substr(0, 1),
            "{");
}

TEST_F(TypesTest, WrongTypesAreErrorsInGosWords) {
  EXPECT_EQ(read("apps/v1", "Deployment", R"({"spec":{"replicas":"1"}})"),
            "error: json: cannot unmarshal string into Go struct field "
            "DeploymentSpec.spec.replicas of type int32");
  EXPECT_EQ(read("apps/v1", "Deployment", R"({"spec":{"replicas":1.5}})"),
            "error: json: cannot unmarshal number 1.5 into Go struct field "
            "DeploymentSpec.spec.replicas of type int32");
  EXPECT_EQ(read("v1", "ConfigMap", R"({"data":[]})"),
            "error: json: cannot unmarshal array into Go struct field ConfigMap.data of type "
            "map[string]string");
  EXPECT_EQ(read("v1", "ConfigMap", "[]"),
            "error: json: cannot unmarshal array into Go value of type v1.ConfigMap");
}

TEST_F(TypesTest, QuantitiesAndTimesGetTheirCanonicalForm) {
  EXPECT_EQ(read("v1", "ResourceQuota", R"({"spec":{"hard":{"cpu":0.5,"memory":"1024Mi"}}})"),
            R"({"metadata":{},"spec":{"hard":{"cpu":"500m","memory":"1Gi"}},"status":{}})");
  EXPECT_EQ(read("v1", "Namespace",
                 R"({"metadata":{"creationTimestamp":"2024-01-01T01:00:00.5+01:00"}})"),
            R"({"metadata":{"creationTimestamp":"2024-01-01T00:00:00Z"},"spec":{},"status":{}})");
  EXPECT_EQ(read("v1", "Namespace", R"({"metadata":{"creationTimestamp":"2024-13-01T00:00:00Z"}})"),
            "error: parsing time \"2024-13-01T00:00:00Z\": month out of range");
}

TEST_F(TypesTest, WhatIsNotBuiltInHasNoType) {
  EXPECT_EQ(types_->kind("example.com/v1", "Thing"), nullptr);
  EXPECT_EQ(types_->kind("v1", "Deployment"), nullptr);
  EXPECT_EQ(types_->message("core.v1.Nope"), nullptr);
}

}  // namespace
}  // namespace lesto::apiserver
