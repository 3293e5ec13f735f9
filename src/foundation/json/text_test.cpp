#include "foundation/json/text.h"

#include <gtest/gtest.h>

#include "foundation/json/slow_parse.h"

namespace lesto::json {
namespace {

std::string error_of(std::string_view text) {
  auto value = parse(text);
  return value ? "read: " + write(*value) : value.error().text();
}

TEST(Text, reports_gos_errors) {
  EXPECT_EQ(error_of("{\"a\":1"), "unexpected end of JSON input");
  EXPECT_EQ(error_of("{\"a\" 1}"), "invalid character '1' after object key");
  EXPECT_EQ(error_of("nul"), "invalid character ' ' in literal null (expecting 'l')");
  EXPECT_EQ(error_of("[1e400]"),
            "json: cannot unmarshal number 1e400 into Go value of type float64");
}

TEST(Text, takes_what_go_takes) {
  EXPECT_EQ(error_of("[123456789012345678901234567890]"), "read: [1.2345678901234568e+29]");
  EXPECT_EQ(error_of("\"\\ud83d\""), "read: \"\xEF\xBF\xBD\"");
  EXPECT_EQ(error_of("\"\xFF\""), "read: \"\xEF\xBF\xBD\"");
}

TEST(Text, bounds_nesting) {
  EXPECT_TRUE(parse(std::string(kDepthMax, '[') + std::string(kDepthMax, ']')));
  EXPECT_EQ(error_of(std::string(100000, '[')), "invalid character '[' exceeded max depth");
}

TEST(Text, lists_fields_that_occur_twice) {
  auto strict = parse_strict(R"({"a":{"b":1,"b":2},"c":[{"d":1,"d":2}]})");
  ASSERT_TRUE(strict);
  EXPECT_EQ(strict->problems,
            (std::vector<std::string>{"duplicate field \"a.b\"", "duplicate field \"c[0].d\""}));
}

// A list of large objects: each has a block of its own.
std::string large_list(int count) {
  std::string text = R"({"items":[)";
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? "{" : ",{";
    for (int field = 40; field > 0; --field)
      text += "\"field" + std::to_string(field) + "\":[" + std::to_string(i) + ",\"text\"],";
    text += "\"name\":\"n" + std::to_string(i) + "\"}";
  }
  return text + R"(,{"small":1}],"kind":"List"})";
}

TEST(Text, items_of_a_list_outlive_it) {
  auto list = parse(large_list(5));
  ASSERT_TRUE(list);
  std::string third = write((*list)["items"][2]);
  Value kept = (*list)["items"][2];
  Value small = (*list)["items"][5];
  EXPECT_EQ((*list)["kind"].text(), "List");
  list = Value();
  EXPECT_EQ(write(kept), third);
  EXPECT_EQ(kept["field7"][0].integer(), 2);
  EXPECT_EQ(kept.members().front().name(), "field1");
  EXPECT_EQ(write(small), R"({"small":1})");
}

TEST(Text, of_equal_keys_the_last_wins_in_any_order) {
  auto value = parse(R"({"b":1,"a":{"x":"first"},"abcdefgh2":1,"b":2,"abcdefgh1":2,"a":"last"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(write(*value), R"({"a":"last","abcdefgh1":2,"abcdefgh2":1,"b":2})");
}

TEST(Text, both_readers_agree) {
  for (std::string_view text :
       {"[]", "{}", "0", "\"\"", "[1,-1,1.5,18446744073709551615,true,false,null]",
        R"({"":0,"a":{"":[{}]},"a\u0000":1,"\u00e9":2,"z":"\u0000"})"}) {
    auto fast = parse(text);
    auto exact = parse_slowly(text);
    ASSERT_TRUE(fast && exact) << text;
    EXPECT_EQ(*fast, *exact) << text;
  }
  std::string deep(kDepthMax, '[');
  deep += std::string(kDepthMax, ']');
  EXPECT_TRUE(parse(deep));
  EXPECT_FALSE(parse("[" + deep + "]"));
}

}  // namespace
}  // namespace lesto::json
