#include "fleet/model/event_source.h"

#include <gtest/gtest.h>

#include "fleet/model/test_support.h"

namespace lesto::model {
namespace {

using test::error_of;
using test::yaml;

constexpr std::string_view kFlat = R"(
apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventSource
metadata:
 name: load-balancer-service
spec:
 collectResources: true
 group: ""
 version: "v1"
 kind: "Service"
 namespace: shop
 labelFilters:
 - {key: app, operation: Different, value: old}
 script: |
  function evaluate()
    return {matching = obj.status ~= nil}
  end
)";

constexpr std::string_view kToday = R"(
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventSource
metadata:
 name: load-balancer-service
spec:
 collectResources: true
 resourceSelectors:
 - group: ""
   version: v1
   kind: Service
   namespace: shop
   labelFilters:
   - {key: app, operation: Different, value: old}
   evaluate: |
    function evaluate()
      return {matching = obj.status ~= nil}
    end
)";

TEST(EventSource, both_forms_read_alike) {
  Result<EventSource> flat = parse_event_source(yaml(kFlat));
  Result<EventSource> today = parse_event_source(yaml(kToday));
  ASSERT_TRUE(flat.has_value()) << error_of(flat);
  ASSERT_TRUE(today.has_value()) << error_of(today);
  EXPECT_EQ(*flat, *today);
  ASSERT_EQ(flat->spec.resource_selectors.size(), 1U);
  const ResourceSelector& selector = flat->spec.resource_selectors[0];
  EXPECT_EQ(selector.kind, "Service");
  EXPECT_EQ(selector.label_filters[0].operation, FilterOperation::Different);
  EXPECT_TRUE(selector.evaluate.starts_with("function evaluate()"));
}

TEST(EventSource, the_flat_form_prints_as_todays) {
  Result<EventSource> flat = parse_event_source(yaml(kFlat));
  ASSERT_TRUE(flat.has_value()) << error_of(flat);
  EXPECT_EQ(to_json(*flat), yaml(kToday));
}

TEST(EventSource, flat_fields_may_stand_beside_selectors) {
  Result<EventSource> source = parse_event_source(yaml(R"(
kind: EventSource
metadata: {name: x}
spec: {kind: Service, resourceSelectors: [{group: apps, version: v1, kind: Deployment}]})"));
  ASSERT_TRUE(source.has_value()) << error_of(source);
  ASSERT_EQ(source->spec.resource_selectors.size(), 2U);
  EXPECT_EQ(source->spec.resource_selectors[0].kind, "Service");
  EXPECT_EQ(source->spec.resource_selectors[0].version, "v1");
  EXPECT_EQ(source->spec.resource_selectors[1].kind, "Deployment");
}

TEST(EventSource, an_empty_spec_is_a_source_of_nothing) {
  for (std::string_view spec :
       {"{}", "null", "{resourceSelectors: null}", "{resourceSelectors: []}"}) {
    Result<EventSource> source = parse_event_source(
        yaml("{kind: EventSource, metadata: {name: x}, spec: " + std::string(spec) + "}"));
    ASSERT_TRUE(source.has_value()) << error_of(source);
    EXPECT_EQ(source->spec, EventSourceSpec()) << spec;
  }
}

TEST(EventSource, errors_name_the_field) {
  auto error_for = [](std::string_view selector) {
    return error_of(parse_event_source(
        yaml("{kind: EventSource, metadata: {name: x}, spec: {resourceSelectors: [" +
             std::string(selector) + "]}}")));
  };
  EXPECT_EQ(error_for("{kind: Service}"),
            "Invalid: EventSource x: spec.resourceSelectors[0].group: Required value; "
            "spec.resourceSelectors[0].version: Required value");
  EXPECT_EQ(
      error_for("{group: \"\", version: v1, kind: \"\"}"),
      "Invalid: EventSource x: spec.resourceSelectors[0].kind: should be at least 1 chars long");
  EXPECT_EQ(
      error_for("{group: \"\", version: v1, kind: S, labelFilters: [{key: a, operation: Foo}]}"),
      "Invalid: EventSource x: spec.resourceSelectors[0].labelFilters[0].operation: unsupported "
      "value \"Foo\", "
      "supported values: \"Equal\", \"Different\", \"Has\", \"DoesNotHave\"");
  EXPECT_EQ(error_of(parse_event_source(
                yaml("{kind: EventSource, metadata: {name: x}, spec: {script: f}}"))),
            "Invalid: EventSource x: spec.resourceSelectors[0].kind: Required value");
}

}  // namespace
}  // namespace lesto::model
