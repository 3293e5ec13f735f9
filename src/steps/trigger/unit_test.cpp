#include "steps/trigger/unit.h"

#include <gtest/gtest.h>

#include <set>

namespace lesto::trigger {
namespace {

Unit unit_for(kube::ObjectId object) {
  return {.form = model::TriggerForm::EventTrigger,
          .trigger = "t",
          .cluster = {"default", "gke", model::ClusterType::Sveltos},
          .source = "s",
          .object = std::move(object)};
}

TEST(Unit, names_of_what_it_makes_follow_from_everything_that_it_is_for) {
  Unit unit = unit_for({"", "Service", {"a", "x"}});
  EXPECT_EQ(derived_name(unit, ""), derived_name(unit, ""));
  EXPECT_TRUE(derived_name(unit, "").starts_with("sveltos-"));
  EXPECT_LE(derived_name(unit, "").size(), 63u);
  Unit addon = unit;
  addon.form = model::TriggerForm::EventBasedAddOn;
  Unit other_trigger = unit;
  other_trigger.trigger = "t2";
  Unit other_cluster = unit;
  other_cluster.cluster.ns = "other";
  Unit other_type = unit;
  other_type.cluster.type = model::ClusterType::Capi;
  Unit other_source = unit;
  other_source.source = "s2";
  std::set<std::string> names;
  for (const Unit& one : {unit, addon, other_trigger, other_cluster, other_type, other_source,
                          unit_for({"", "ConfigMap", {"a", "x"}}), unit_for({"", "Service", {"x", "a"}}), unit_for({})}) {
    names.insert(derived_name(one, ""));
    names.insert(derived_name(one, "ConfigMap default/p"));
  }
  EXPECT_EQ(names.size(), 18u);
}

TEST(Unit, is_read_back_from_what_it_wrote) {
  for (const Unit& unit : {unit_for({"apps", "Deployment", {"a", "x"}}), unit_for({})}) {
    json::Value object = json::object({});
    object.set_path({"metadata", "labels"}, unit_labels(unit));
    object.set_path({"metadata", "annotations"}, json::object({{kUnitAnnotation, unit_text(unit)}}));
    auto found = unit_of(object);
    ASSERT_TRUE(found);
    EXPECT_EQ(*found, unit);
  }
}

TEST(Unit, of_an_object_without_our_annotation_is_read_from_the_labels_and_knows_no_kind) {
  json::Value object = json::object({});
  object.set_path({"metadata", "labels"}, unit_labels(unit_for({"", "Service", {"a", "x"}})));
  auto found = unit_of(object);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->object, (kube::ObjectId{"", "", {"a", "x"}}));
  EXPECT_TRUE(same_unit(*found, unit_for({"", "Service", {"a", "x"}})));
  EXPECT_FALSE(same_unit(*found, unit_for({"", "Service", {"a", "y"}})));
  EXPECT_FALSE(unit_of(json::object({{"metadata", json::object({{"name", "bystander"}})}})));
}

}  // namespace
}  // namespace lesto::trigger
