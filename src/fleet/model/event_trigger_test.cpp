#include "fleet/model/event_trigger.h"

#include <gtest/gtest.h>

#include "fleet/model/test_support.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

using test::error_of;
using test::yaml;

// The story's first form.
constexpr std::string_view kAddOn = R"(
apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventBasedAddOn
metadata:
 name: service-policy
spec:
 sourceClusterSelector: env=production
 destinationClusterSelector: dep=eng
 eventSourceName: load-balancer-service
 oneForEvent: true
 policyRefs:
 - name: service-policy
   namespace: default
   kind: ConfigMap
)";

constexpr std::string_view kTrigger = R"(
apiVersion: lib.projectsveltos.io/v1beta1
kind: EventTrigger
metadata:
  name: service-policy
spec:
  sourceClusterSelector:
    matchLabels: {env: production}
  destinationClusterSelector:
    matchExpressions:
    - {key: dep, operator: In, values: [eng]}
  eventSourceName: load-balancer-service
  oneForEvent: true
  policyRefs:
  - {name: service-policy, namespace: default, kind: ConfigMap}
)";

bool chooses(const Selector& selector, const json::Value& labels) {
  Result<kube::LabelSelector> compiled = selector.compiled();
  EXPECT_TRUE(compiled.has_value());
  return compiled && compiled->matches(labels);
}

TEST(EventTrigger, both_forms_choose_the_same_clusters) {
  json::Value gke = json::object({{"env", "production"}});
  json::Value capi = json::object({{"dep", "eng"}});
  for (std::string_view text : {kAddOn, kTrigger}) {
    Result<EventTrigger> trigger = parse_event_trigger(yaml(text));
    ASSERT_TRUE(trigger.has_value()) << error_of(trigger);
    EXPECT_TRUE(chooses(trigger->spec.source_cluster_selector, gke));
    EXPECT_FALSE(chooses(trigger->spec.source_cluster_selector, capi));
    EXPECT_TRUE(chooses(trigger->spec.destination_cluster_selector, capi));
    EXPECT_FALSE(chooses(trigger->spec.destination_cluster_selector, gke));
  }
}

TEST(EventTrigger, the_event_based_add_on_keeps_its_kind_and_gets_the_defaults) {
  Result<EventTrigger> trigger = parse_event_trigger(yaml(kAddOn));
  ASSERT_TRUE(trigger.has_value()) << error_of(trigger);
  EXPECT_EQ(trigger->form, TriggerForm::EventBasedAddOn);
  EXPECT_EQ(kind_of(*trigger), "EventBasedAddOn");
  EXPECT_EQ(api_version_of(*trigger), "lib.projectsveltos.io/v1alpha1");
  EXPECT_TRUE(trigger->spec.one_for_event);
  EXPECT_EQ(trigger->spec.sync_mode, SyncMode::Continuous);
  EXPECT_EQ(trigger->spec.tier, 100);
  EXPECT_EQ(trigger->spec.stop_matching_behavior, StopMatchingBehavior::WithdrawPolicies);
  EXPECT_EQ(trigger->spec.cloud_event_action, "Create");
  ASSERT_EQ(trigger->spec.policy_refs.size(), 1U);
  const PolicyRef& ref = trigger->spec.policy_refs[0];
  EXPECT_EQ(ref.ns, "default");
  EXPECT_EQ(ref.kind, RefKind::ConfigMap);
  EXPECT_EQ(ref.deployment_type, DeploymentType::Remote);
  EXPECT_EQ(ref.tier, 100);
  EXPECT_FALSE(ref.optional);
}

TEST(EventTrigger, the_first_event_based_add_on_meant_one_for_each_event) {
  constexpr std::string_view kFirst = R"(
apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventBasedAddOn
metadata: {name: x}
spec: {clusterSelector: "env in (fv,qa),!old", eventSourceName: e)";
  Result<EventTrigger> silent = parse_event_trigger(yaml(std::string(kFirst) + "}"));
  ASSERT_TRUE(silent.has_value()) << error_of(silent);
  EXPECT_TRUE(silent->spec.one_for_event);
  EXPECT_TRUE(chooses(silent->spec.source_cluster_selector, json::object({{"env", "qa"}})));
  EXPECT_FALSE(
      chooses(silent->spec.source_cluster_selector, json::object({{"env", "qa"}, {"old", ""}})));

  Result<EventTrigger> spoken =
      parse_event_trigger(yaml(std::string(kFirst) + ", oneForEvent: false}"));
  ASSERT_TRUE(spoken.has_value()) << error_of(spoken);
  EXPECT_FALSE(spoken->spec.one_for_event);

  // The second version lost that default.
  Result<EventTrigger> later = parse_event_trigger(yaml(R"(
apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventBasedAddOn
metadata: {name: x}
spec: {sourceClusterSelector: env=fv, eventSourceName: e})"));
  ASSERT_TRUE(later.has_value()) << error_of(later);
  EXPECT_FALSE(later->spec.one_for_event);
}

TEST(EventTrigger, a_trigger_of_v1alpha1_has_its_selectors_as_text) {
  Result<EventTrigger> trigger = parse_event_trigger(yaml(R"(
apiVersion: lib.projectsveltos.io/v1alpha1
kind: EventTrigger
metadata: {name: x}
spec: {sourceClusterSelector: env=fv, destinationClusterSelector: "", eventSourceName: e})"));
  ASSERT_TRUE(trigger.has_value()) << error_of(trigger);
  EXPECT_EQ(trigger->form, TriggerForm::EventTrigger);
  EXPECT_TRUE(chooses(trigger->spec.source_cluster_selector, json::object({{"env", "fv"}})));
  EXPECT_TRUE(trigger->spec.destination_cluster_selector.empty());
  // It stays as it was written when it is printed.
  EXPECT_EQ(to_json(*trigger)["spec"]["sourceClusterSelector"], json::Value("env=fv"));
}

TEST(EventTrigger, an_empty_selector_chooses_no_cluster) {
  for (std::string_view empty :
       {"{}", "{matchLabels: {}}", "{matchLabels: {}, matchExpressions: []}", "\"\"", "\" \""}) {
    Result<EventTrigger> trigger = parse_event_trigger(
        yaml("{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: x}, "
             "spec: {eventSourceName: e, sourceClusterSelector: " +
             std::string(empty) + "}}"));
    ASSERT_TRUE(trigger.has_value()) << empty << " " << error_of(trigger);
    EXPECT_TRUE(trigger->spec.source_cluster_selector.empty()) << empty;
    EXPECT_FALSE(chooses(trigger->spec.source_cluster_selector, json::object({{"a", "b"}})))
        << empty;
    EXPECT_FALSE(chooses(trigger->spec.source_cluster_selector, json::Value())) << empty;
  }
}

std::string error_for(std::string_view spec) {
  return error_of(
      parse_event_trigger(yaml("{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, "
                               "metadata: {name: x}, spec: " +
                               std::string(spec) + "}")));
}

TEST(EventTrigger, errors_say_what_is_wrong_and_where) {
  EXPECT_EQ(error_for("{}"),
            "Invalid: EventTrigger x: spec.sourceClusterSelector: Required value; "
            "spec.eventSourceName: Required value");
  EXPECT_EQ(error_for("null"), "Invalid: EventTrigger x: spec: Required value");
  EXPECT_EQ(error_for("[1]"),
            "Invalid: EventTrigger x: spec: must be of type object, got array [1]");
  EXPECT_EQ(error_for("{sourceClusterSelector: {}, eventSourceName: \"\"}"),
            "Invalid: EventTrigger x: spec.eventSourceName: should be at least 1 chars long");
  EXPECT_EQ(error_for("{sourceClusterSelector: 5, eventSourceName: e}"),
            "Invalid: EventTrigger x: spec.sourceClusterSelector: must be of type object "
            "(LabelSelector) or string, "
            "got integer 5");
  EXPECT_EQ(
      error_for("{sourceClusterSelector: {}, eventSourceName: e, oneForEvent: \"yes\"}"),
      "Invalid: EventTrigger x: spec.oneForEvent: must be of type boolean, got string \"yes\"");
  EXPECT_EQ(error_for("{sourceClusterSelector: {}, eventSourceName: e, syncMode: Once}"),
            "Invalid: EventTrigger x: spec.syncMode: unsupported value \"Once\", supported values: "
            "\"OneTime\", "
            "\"Continuous\", \"ContinuousWithDriftDetection\", \"DryRun\"");
  EXPECT_EQ(error_for("{sourceClusterSelector: {}, eventSourceName: e, tier: 0}"),
            "Invalid: EventTrigger x: spec.tier: should be greater than or equal to 1");
  EXPECT_EQ(
      error_for("{sourceClusterSelector: {}, eventSourceName: e, tier: 2147483648}"),
      "Invalid: EventTrigger x: spec.tier: 2147483648 is not between -2147483648 and 2147483647");
  EXPECT_EQ(error_for("{sourceClusterSelector: {}, eventSourceName: e, maxUpdate: 130%}"),
            "Invalid: EventTrigger x: spec.maxUpdate: must be a number such as 5 or a percentage "
            "such as 10%, "
            "got \"130%\"");
  EXPECT_EQ(error_for("{sourceClusterSelector: {}, eventSourceName: e, policyRefs: [{name: a, "
                      "kind: ConfigMap}, {name: b}]}"),
            "Invalid: EventTrigger x: spec.policyRefs[1]: either remoteURL or kind must be set, "
            "but not both");
  EXPECT_EQ(
      error_for("{sourceClusterSelector: {}, eventSourceName: e, configMapGenerator: [{name: a}]}"),
      "Invalid: EventTrigger x: spec.configMapGenerator[0].nameFormat: Required value");
}

TEST(EventTrigger, a_selector_with_a_wrong_syntax_is_an_error_with_its_path) {
  std::string error =
      error_for("{sourceClusterSelector: \"env==\\\"a b\\\"\", eventSourceName: e}");
  EXPECT_TRUE(error.starts_with("Invalid: EventTrigger x: spec.sourceClusterSelector: ")) << error;
  error = error_for(
      "{sourceClusterSelector: {matchExpressions: [{key: a, operator: Nope}]}, eventSourceName: "
      "e}");
  EXPECT_TRUE(error.starts_with("Invalid: EventTrigger x: spec.sourceClusterSelector: ")) << error;
  EXPECT_NE(error.find("Nope"), std::string::npos) << error;
  EXPECT_EQ(error_for("{sourceClusterSelector: {matchLabel: {a: b}}, eventSourceName: e}"),
            "Invalid: EventTrigger x: spec.sourceClusterSelector: unknown field \"matchLabel\", a "
            "selector has "
            "matchLabels and matchExpressions");
}

TEST(EventTrigger, many_errors_are_counted_and_long_values_cut) {
  std::string spec = "{sourceClusterSelector: {}, eventSourceName: e, policyRefs: [";
  for (int i = 0; i < 9; ++i) spec += "{name: 7, kind: ConfigMap},";
  std::string error = error_for(spec + "]}");
  EXPECT_TRUE(
      error.ends_with("spec.policyRefs[4].name: must be of type string, got integer 7; and 4 more"))
      << error;

  error = error_for("{sourceClusterSelector: {}, eventSourceName: e, tier: \"" +
                    std::string(100000, 'x') + "\"}");
  EXPECT_LT(error.size(), 200U);
  std::string umlauts;
  for (int i = 0; i < 1000; ++i) umlauts += "ü";
  error = error_for("{sourceClusterSelector: {}, eventSourceName: e, tier: \"x" + umlauts + "\"}");
  EXPECT_TRUE(json::parse(json::write(json::Value(error))).has_value())
      << "cut in the middle of a letter: " << error;
}

TEST(EventTrigger, whole_numbers_may_be_written_with_a_point) {
  json::Value object = yaml(kTrigger);
  object.set_path({"spec", "tier"}, 50.0);
  Result<EventTrigger> trigger = parse_event_trigger(object);
  ASSERT_TRUE(trigger.has_value()) << error_of(trigger);
  EXPECT_EQ(trigger->spec.tier, 50);
  object.set_path({"spec", "tier"}, 50.5);
  EXPECT_FALSE(parse_event_trigger(object).has_value());
}

TEST(EventTrigger, a_required_selector_prints_as_an_object_even_when_empty) {
  json::Value spec = to_json(EventTrigger())["spec"];
  EXPECT_EQ(spec["sourceClusterSelector"], json::Value::object());
  EXPECT_FALSE(spec.contains("destinationClusterSelector"));
}

TEST(EventTrigger, another_kind_is_refused) {
  EXPECT_EQ(
      error_of(parse_event_trigger(yaml("{kind: Service, metadata: {name: x, namespace: ns}}"))),
      "Invalid: Service ns/x: kind: expected EventTrigger");
  EXPECT_EQ(error_of(parse_event_trigger(json::Value(7))),
            "Invalid: object (no name): kind: expected EventTrigger");
}

TEST(EventTrigger, a_broken_status_does_not_stop_the_spec) {
  json::Value object = yaml(kTrigger);
  object.set("status", yaml("{clusterInfo: [{cluster: 5}], matchingClusters: [{name: a}]}"));
  Result<EventTrigger> trigger = parse_event_trigger(object);
  ASSERT_TRUE(trigger.has_value()) << error_of(trigger);
  EXPECT_EQ(trigger->status, EventTriggerStatus());
}

}  // namespace
}  // namespace lesto::model
