#include "kube/object/selector.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::kube {
namespace {

json::Value read(std::string_view text) { return *json::parse(text); }

TEST(LabelSelector, parses_and_prints_canonically) {
  auto selector = parse_label_selector("tier notin (b, a) ,env==prod, !x,n>3");
  ASSERT_TRUE(selector);
  EXPECT_EQ(selector->text(), "env==prod,n>3,tier notin (a,b),!x");
  EXPECT_TRUE(selector->matches(read(R"({"env":"prod","n":"4"})")));
  EXPECT_FALSE(selector->matches(read(R"({"env":"prod","n":"3"})")));
  EXPECT_FALSE(selector->matches(read(R"({"env":"prod","n":"4","tier":"a"})")));
}

TEST(LabelSelector, null_matches_nothing_and_empty_everything) {
  json::Value labels = read(R"({"a":"b"})");
  EXPECT_FALSE(read_label_selector(nullptr)->matches(labels));
  EXPECT_TRUE(read_label_selector(json::Value::object())->matches(labels));
  EXPECT_TRUE(LabelSelector().matches(nullptr));
}

TEST(FieldSelector, matches_paths_of_an_object) {
  auto selector = parse_field_selector("metadata.name=a,status.phase!=Failed,spec.replicas=2");
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->matches_object(read(R"({"metadata":{"name":"a"},"spec":{"replicas":2}})")));
  EXPECT_FALSE(selector->matches_object(
      read(R"({"metadata":{"name":"a"},"spec":{"replicas":2},"status":{"phase":"Failed"}})")));
}

TEST(Names, explain_what_is_wrong) {
  EXPECT_TRUE(check_dns1123_label("a-1").empty());
  EXPECT_EQ(check_dns1123_label("a.b"), Complaints{"must not contain dots"});
  EXPECT_TRUE(check_qualified_name("example.com/a_B.c").empty());
  EXPECT_EQ(check_qualified_name("/a"), Complaints{"prefix part must be non-empty"});
  EXPECT_TRUE(check_name_subdomain("web-", NameForm::Prefix).empty());
  EXPECT_FALSE(check_name_subdomain("web-", NameForm::Whole).empty());
}

}  // namespace
}  // namespace lesto::kube
