#include "foundation/json/value.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::json {
namespace {

TEST(Value, walks_missing_paths_as_null) {
  Value value = object({{"a", object({{"b", "x"}})}});
  EXPECT_EQ(value["a"]["b"].text(), "x");
  EXPECT_TRUE(value["a"]["c"]["d"][3]["e"].is_null());
  EXPECT_EQ(value["a"].text(), "");
}

TEST(Value, copies_do_not_see_each_others_changes) {
  Value first = object({{"a", object({{"b", 1}})}, {"list", array({1, 2})}});
  Value second = first;
  second.set_path({"a", "b"}, 2);
  second.edit("list")->push(3);
  EXPECT_EQ(write(first), R"({"a":{"b":1},"list":[1,2]})");
  EXPECT_EQ(write(second), R"({"a":{"b":2},"list":[1,2,3]})");
}

TEST(Value, changes_of_what_was_parsed_stay_in_the_copy) {
  auto document = parse(R"({"b":{"x":[1,2]},"a":"text","c":null})");
  ASSERT_TRUE(document);
  Value changed = *document;
  changed.edit("b")->edit("x")->push(3);
  changed.set("aa", true);
  changed.erase("c");
  EXPECT_EQ(write(*document), R"({"a":"text","b":{"x":[1,2]},"c":null})");
  EXPECT_EQ(write(changed), R"({"a":"text","aa":true,"b":{"x":[1,2,3]}})");
  Value part = (*document)["b"];
  document = Value();
  changed = Value();
  EXPECT_EQ(write(part), R"({"x":[1,2]})");
}

TEST(Value, grows_and_shrinks_in_the_middle) {
  Value list = array({});
  for (int i = 0; i < 100; ++i) list.insert_at(static_cast<std::size_t>(i / 2), i);
  Value shared = list;
  while (list.size() > 3) list.erase_at(1);
  EXPECT_EQ(write(list), "[1,2,0]");
  EXPECT_EQ(shared.size(), 100U);
  Value members = object({});
  for (int i = 99; i >= 0; --i) members.set("k" + std::to_string(i % 50), i);
  EXPECT_EQ(members.size(), 50U);
  EXPECT_EQ(members["k7"].integer(), 7);
}

TEST(Value, may_be_assigned_from_itself_or_its_own_part) {
  Value value = object({{"a", object({{"b", "text that is long enough to live on the heap"}})}});
  const Value& same = value;
  value = same;
  EXPECT_EQ(value["a"]["b"].text(), "text that is long enough to live on the heap");
  value = value["a"];
  value = value["b"];
  EXPECT_EQ(value.text(), "text that is long enough to live on the heap");
}

TEST(Value, frees_and_writes_trees_of_any_depth) {
  Value deep = array({});
  for (int i = 0; i < 200'000; ++i)
    deep = i % 2 ? object({{"k", deep}, {"other", array({1})}}) : array({deep, "x"});
  Value copy = deep;
  deep = Value();
  EXPECT_TRUE(copy.is_object());
  EXPECT_LT(write(copy).size(), 1'000'000u);
}

TEST(Value, keeps_the_last_of_equal_keys_and_sorts) {
  Value value = object({{"b", 1}, {"a", 2}, {"b", 3}});
  EXPECT_EQ(write(value), R"({"a":2,"b":3})");
}

TEST(Value, tells_integers_from_doubles) {
  EXPECT_FALSE(Value(1) == Value(1.0));
  EXPECT_EQ(*parse("[1, 1.0, 12345678901234567890]"), array({1, 1.0, 12345678901234567890.0}));
}

TEST(Text, writes_doubles_in_gos_notation) {
  EXPECT_EQ(write(array({1e20, 1e21, 1e-6, 1e-7, 0.1, -0.5})),
            "[100000000000000000000,1e+21,0.000001,1e-7,0.1,-0.5]");
}

}  // namespace
}  // namespace lesto::json
