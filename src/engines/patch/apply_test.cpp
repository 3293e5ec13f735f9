#include "engines/patch/apply.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

Value read(std::string_view text) { return *json::parse(text); }

Endpoint widgets() {
  Endpoint endpoint;
  endpoint.api_version = "example.com/v1";
  endpoint.kind = "Widget";
  endpoint.schema =
      *schema_from_crd(read(R"({"type":"object","properties":{"spec":{"type":"object","properties":{
    "replicas":{"type":"integer"},
    "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["port","protocol"],
      "items":{"type":"object","properties":{"port":{"type":"integer"},"name":{"type":"string"},
        "protocol":{"type":"string","default":"TCP"}}}}}},
    "status":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}})"));
  endpoint.reset_fields = {{"status"}};
  return endpoint;
}

Value widget(std::string_view spec) {
  return json::object({{"apiVersion", "example.com/v1"},
                       {"kind", "Widget"},
                       {"metadata", json::object({{"name", "w"}, {"namespace", "n"}})},
                       {"spec", read(spec)}});
}

const Time kNow = Time(std::chrono::seconds(1'577'836'800));

TEST(Apply, owns_what_it_sets_and_removes_what_it_drops) {
  auto first =
      apply(widgets(), nullptr, widget(R"({"replicas":1,"ports":[{"port":80,"name":"a"}]})"), "m",
            Force::No, kNow);
  ASSERT_TRUE(first);
  EXPECT_EQ(
      json::write(first->object["metadata"]["managedFields"][0]["fieldsV1"]),
      R"({"f:spec":{"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{},"f:port":{}}},"f:replicas":{}}})");
  auto second = apply(widgets(), first->object, widget(R"({"replicas":1})"), "m", Force::No, kNow);
  ASSERT_TRUE(second);
  EXPECT_EQ(json::write(second->object["spec"]), R"({"replicas":1})");
}

TEST(Apply, refuses_what_another_owns_unless_forced) {
  auto first = apply(widgets(), nullptr, widget(R"({"replicas":1})"), "a", Force::No, kNow);
  auto refused = apply(widgets(), first->object, widget(R"({"replicas":2})"), "b", Force::No, kNow);
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->conflicts.size(), 1u);
  EXPECT_EQ(refused->conflicts[0].field, ".spec.replicas");
  EXPECT_EQ(refused->conflict_message,
            "Apply failed with 1 conflict: conflict with \"a\": .spec.replicas");
  auto forced = apply(widgets(), first->object, widget(R"({"replicas":2})"), "b", Force::Yes, kNow);
  EXPECT_EQ(json::write(forced->object["spec"]), R"({"replicas":2})");
  EXPECT_EQ(forced->object["metadata"]["managedFields"].size(), 1u);
}

TEST(Apply, that_changes_nothing_says_so) {
  auto first = apply(widgets(), nullptr, widget(R"({"replicas":1})"), "a", Force::No, kNow);
  auto again = apply(widgets(), first->object, widget(R"({"replicas":1})"), "a", Force::No,
                     kNow + std::chrono::hours(1));
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->content_changed);
  EXPECT_EQ(again->object, first->object);
}

TEST(Apply, refuses_bodies_that_do_not_fit) {
  auto unknown = apply(widgets(), nullptr, widget(R"({"size":1})"), "a", Force::No, kNow);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().text(),
            "failed to create typed patch object (n/w; example.com/v1, Kind=Widget): .spec.size: "
            "field not declared in schema");
  Value other = widget("{}");
  other.set("kind", "Gadget");
  EXPECT_EQ(apply(widgets(), nullptr, other, "a", Force::No, kNow).error().code(), Code::Invalid);
}

TEST(Update, records_what_changed_and_nothing_that_the_endpoint_resets) {
  Value object = widget(R"({"replicas":1})");
  object.set_path({"status", "ready"}, true);
  Value tracked = track_update(widgets(), nullptr, object, "kubectl", kNow);
  EXPECT_EQ(json::write(tracked["metadata"]["managedFields"][0]["fieldsV1"]),
            R"({"f:spec":{".":{},"f:replicas":{}}})");
  EXPECT_EQ(tracked["metadata"]["managedFields"][0]["operation"].text(), "Update");
}

TEST(Manager, is_the_user_agent_up_to_the_slash) {
  EXPECT_EQ(manager_of_user_agent("kubectl/v1.36 (linux)"), "kubectl");
  EXPECT_EQ(manager_of_user_agent(std::string(300, 'x')).size(), 128u);
}

}  // namespace
}  // namespace lesto::patch
