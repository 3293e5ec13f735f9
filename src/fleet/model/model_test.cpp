// The story's YAML, as JSON, in both forms.
#include <gtest/gtest.h>

#include "fleet/model/event_source.h"
#include "fleet/model/event_trigger.h"
#include "foundation/json/text.h"

namespace lesto::model {
namespace {

json::Value parsed(std::string_view text) {
  Result<json::Value> value = json::parse(text);
  EXPECT_TRUE(value.has_value()) << (value ? "" : value.error().text());
  return value.value_or(json::Value());
}

constexpr std::string_view kOldSource = R"({"apiVersion":"lib.projectsveltos.io/v1alpha1","kind":"EventSource",
 "metadata":{"name":"load-balancer-service"},
 "spec":{"collectResources":true,"group":"","version":"v1","kind":"Service","script":"function evaluate()\nend\n"}})";
constexpr std::string_view kNewSource = R"({"apiVersion":"lib.projectsveltos.io/v1beta1","kind":"EventSource",
 "metadata":{"name":"load-balancer-service"},
 "spec":{"collectResources":true,"resourceSelectors":[
   {"group":"","version":"v1","kind":"Service","evaluate":"function evaluate()\nend\n"}]}})";

TEST(Story, both_forms_of_the_event_source_read_alike) {
  Result<EventSource> old_form = parse_event_source(parsed(kOldSource));
  Result<EventSource> new_form = parse_event_source(parsed(kNewSource));
  ASSERT_TRUE(old_form.has_value()) << old_form.error().text();
  ASSERT_TRUE(new_form.has_value()) << new_form.error().text();
  EXPECT_EQ(*old_form, *new_form);
  ASSERT_EQ(old_form->spec.resource_selectors.size(), 1U);
  EXPECT_EQ(old_form->spec.resource_selectors[0].kind, "Service");
  EXPECT_TRUE(old_form->spec.collect_resources);
}

TEST(Story, the_event_based_add_on_reads_as_a_trigger) {
  Result<EventTrigger> trigger = parse_event_trigger(parsed(
      R"({"apiVersion":"lib.projectsveltos.io/v1alpha1","kind":"EventBasedAddOn","metadata":{"name":"service-policy"},
      "spec":{"sourceClusterSelector":"env=production","destinationClusterSelector":"dep=eng",
      "eventSourceName":"load-balancer-service","oneForEvent":true,
      "policyRefs":[{"name":"service-policy","namespace":"default","kind":"ConfigMap"}]}})"));
  ASSERT_TRUE(trigger.has_value()) << trigger.error().text();
  EXPECT_EQ(trigger->form, TriggerForm::EventBasedAddOn);
  EXPECT_EQ(trigger->spec.source_cluster_selector.source, json::Value("env=production"));
  EXPECT_FALSE(trigger->spec.destination_cluster_selector.empty());
  EXPECT_TRUE(trigger->spec.one_for_event);
  ASSERT_EQ(trigger->spec.policy_refs.size(), 1U);
  EXPECT_EQ(trigger->spec.policy_refs[0].ns, "default");
  EXPECT_EQ(trigger->spec.policy_refs[0].kind, RefKind::ConfigMap);
  EXPECT_EQ(trigger->spec.policy_refs[0].tier, 100);
}

}  // namespace
}  // namespace lesto::model
