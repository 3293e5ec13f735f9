#include "foundation/json/yaml.h"

#include <gtest/gtest.h>

#include "foundation/json/text.h"

namespace lesto::json {
namespace {

std::string read(std::string_view text, ParseYamlOptions options = {}) {
  auto value = parse_yaml(text, options);
  return value ? write(*value) : "error: " + value.error().text();
}

TEST(Yaml, reads_scalars_as_yaml_1_1) {
  EXPECT_EQ(read("[yes, 0777, 1_000, 0x1F, 1.0, ~, 2001-01-01, '1', 1e400]"),
            R"([true,511,1000,31,1,null,"2001-01-01","1","1e400"])");
}

TEST(Yaml, turns_keys_into_text) {
  EXPECT_EQ(read("1: a\ntrue: b\n2.5: c\n"), R"({"1":"a","2.5":"c","true":"b"})");
}

TEST(Yaml, merges_and_lets_later_keys_win) {
  EXPECT_EQ(read("a: &a {x: 1, z: 2}\nb: {<<: *a, x: 3}\n"),
            R"({"a":{"x":1,"z":2},"b":{"x":3,"z":2}})");
}

TEST(Yaml, refuses_duplicate_keys_when_strict) {
  EXPECT_EQ(read("a: 1\na: 2\n"), R"({"a":2})");
  EXPECT_EQ(read("a: 1\na: 2\n", {.duplicates = Duplicates::Refuse}),
            "error: yaml: unmarshal errors:\n  line 2: key \"a\" already set in map");
}

TEST(Yaml, bounds_aliases_and_depth) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i ? "," : "") + "*" + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  auto value = parse_yaml(bomb);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code(), Code::TooLarge);
  // Nesting counts through aliases, also where the anchor was read before.
  std::string deep = "a: &a " + std::string(900, '[') + std::string(900, ']') + "\nb: *a\nc: ";
  EXPECT_TRUE(parse_yaml(deep + "[*a]\n"));
  EXPECT_EQ(parse_yaml(deep + std::string(200, '[') + "*a" + std::string(200, ']') + "\n").error().code(),
            Code::TooLarge);
  EXPECT_EQ(parse_yaml(std::string(20000, '[')).error().code(), Code::TooLarge);
  EXPECT_EQ(read("a: &a [*a]\n"), "error: yaml: anchor 'a' value contains itself");
}

TEST(Yaml, expands_an_alias_wherever_it_stands) {
  EXPECT_EQ(read("a: &a {x: [1, &b {z: 2}]}\nc: [*a, *b, *a]\nd: {e: *b, <<: *b}\n"),
            R"({"a":{"x":[1,{"z":2}]},"c":[{"x":[1,{"z":2}]},{"z":2},{"x":[1,{"z":2}]}],"d":{"e":{"z":2},"z":2}})");
  // The last anchor of a name counts from there on.
  EXPECT_EQ(read("- &a 1\n- *a\n- &a 2\n- *a\n"), "[1,1,2,2]");
}

TEST(Yaml, writes_what_it_reads) {
  Value value =
      object({{"list", array({"yes", "a: b", 1, 1.5, nullptr, object({{"k", "x\ny\n"}})})},
              {"empty", array({array({}), Value::object()})}});
  EXPECT_EQ(
      write_yaml(value),
      "empty:\n- []\n- {}\nlist:\n- \"yes\"\n- 'a: b'\n- 1\n- 1.5\n- null\n- k: |\n    x\n    y\n");
  EXPECT_EQ(read(write_yaml(value)), write(value));
}

TEST(Yaml, splits_at_separators_in_column_zero_only) {
  auto documents = split_yaml("a: |\n  ---\n---\n# c\nb: 1\n");
  EXPECT_EQ(documents.texts, (std::vector<std::string>{"a: |\n  ---\n", "# c\nb: 1\n"}));
  EXPECT_TRUE(split_yaml("--- x\n").error);
}

}  // namespace
}  // namespace lesto::json
