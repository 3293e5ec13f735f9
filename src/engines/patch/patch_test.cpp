#include <gtest/gtest.h>

#include "engines/patch/json_patch.h"
#include "engines/patch/merge_patch.h"
#include "engines/patch/strategic.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

Value read(std::string_view text) { return *json::parse(text); }

std::string show(const Result<Value>& result) {
  return result ? json::write(*result) : "error: " + result.error().text();
}

std::string json_patch(std::string_view document, std::string_view patch) {
  return show(apply_json_patch(read(document), read(patch)));
}

TEST(JsonPatch, counts_negative_indexes_from_the_end) {
  EXPECT_EQ(json_patch(R"({"a":[1,2,3]})",
                       R"([{"op":"remove","path":"/a/-1"},{"op":"add","path":"/a/-","value":4}])"),
            R"({"a":[1,2,4]})");
}

TEST(JsonPatch, stops_at_a_failed_test_and_changes_nothing) {
  Value document = read(R"({"a":1})");
  auto patched = apply_json_patch(
      document,
      read(R"([{"op":"add","path":"/b","value":2},{"op":"test","path":"/a","value":2}])"));
  EXPECT_EQ(show(patched), "error: testing value /a failed: test failed");
  EXPECT_EQ(json::write(document), R"({"a":1})");
}

TEST(JsonPatch, tells_what_is_missing) {
  EXPECT_EQ(json_patch(R"({"a":1})", R"([{"op":"add","path":"/b/c","value":2}])"),
            "error: add operation does not apply: doc is missing path: \"/b/c\": missing value");
  EXPECT_EQ(json_patch(R"({"a":1})", R"([{"op":"nope"}])"), "error: Unexpected kind: nope");
}

TEST(JsonPatch, does_not_grow_without_bounds) {
  Value document = read(R"({"a":{"text":"0123456789012345678901234567890123456789"}})");
  Value doubling = Value::array();
  Value deepening = Value::array();
  std::string path = "/a";
  for (int i = 0; i < 60; ++i) {
    doubling.push(
        json::object({{"op", "copy"}, {"from", "/a"}, {"path", "/a/" + std::to_string(i)}}));
    deepening.push(json::object({{"op", "copy"}, {"from", "/a"}, {"path", path + "/a"}}));
    for (std::size_t n = path.size() / 2; n > 0 && path.size() < 100'000; --n) path += "/a";
  }
  EXPECT_EQ(apply_json_patch(document, doubling).error().code(), Code::TooLarge);
  auto deep = apply_json_patch(document, deepening);
  EXPECT_FALSE(deep);
}

TEST(MergePatch, deletes_with_null_and_takes_no_new_nulls) {
  EXPECT_EQ(show(apply_merge_patch(read(R"({"a":1,"b":{"c":2}})"),
                                   read(R"({"a":null,"b":{"d":{"x":null,"y":1}}})"))),
            R"({"b":{"c":2,"d":{"y":1}}})");
}

TEST(MergePatch, of_three_deletes_only_what_was_ours) {
  Value original = read(R"({"ours":1,"kept":1})");
  Value modified = read(R"({"kept":2})");
  Value current = read(R"({"ours":1,"kept":1,"theirs":1})");
  EXPECT_EQ(show(create_three_way_merge_patch(original, modified, current, KeepIdentity::Yes)),
            R"({"kept":2,"ours":null})");
}

Schema pods() {
  auto schemas = Schemas::from_openapi(read(R"({"components":{"schemas":{
    "v1.Pod":{"type":"object","x-kubernetes-group-version-kind":[{"group":"","version":"v1","kind":"Pod"}],
      "properties":{"spec":{"$ref":"#/components/schemas/v1.PodSpec"}}},
    "v1.PodSpec":{"type":"object","properties":{
      "containers":{"type":"array","items":{"$ref":"#/components/schemas/v1.Container"},
        "x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"name"}}},
    "v1.Container":{"type":"object","properties":{"name":{"type":"string"},"image":{"type":"string"}}}}}})"));
  return *schemas->of_kind("", "v1", "Pod");
}

TEST(Strategic, merges_lists_by_key_and_puts_new_items_first) {
  Value pod = read(R"({"spec":{"containers":[{"name":"a","image":"1"}]}})");
  EXPECT_EQ(
      show(apply_strategic(
          pods(), pod, read(R"({"spec":{"containers":[{"name":"b"},{"name":"a","image":"2"}]}})"))),
      R"({"spec":{"containers":[{"name":"b"},{"image":"2","name":"a"}]}})");
  EXPECT_EQ(show(apply_strategic(
                pods(), pod, read(R"({"spec":{"containers":[{"$patch":"delete","name":"a"}]}})"))),
            R"({"spec":{"containers":[]}})");
  EXPECT_EQ(show(apply_strategic(pods(), pod, read(R"({"spec":{"containers":[{"image":"x"}]}})"))),
            "error: map: map[image:x] does not contain declared merge key: name");
}

TEST(Strategic, made_and_applied_gives_the_modified_object) {
  Value original = read(R"({"spec":{"containers":[{"name":"a","image":"1"},{"name":"b"}]}})");
  Value modified = read(R"({"spec":{"containers":[{"name":"c"},{"name":"a","image":"2"}]}})");
  auto patch = create_strategic(pods(), original, modified);
  ASSERT_TRUE(patch) << show(patch);
  EXPECT_EQ(show(apply_strategic(pods(), original, *patch)), json::write(modified));
}

TEST(Strategic, names_the_field_that_a_type_does_not_have) {
  EXPECT_EQ(show(apply_strategic(pods(), read(R"({"spec":{"x":{"y":1}}})"),
                                 read(R"({"spec":{"x":{"y":2}}})"))),
            "error: unable to find api field in struct PodSpec for the json field \"x\"");
}

}  // namespace
}  // namespace lesto::patch
