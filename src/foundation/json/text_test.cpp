#include "foundation/json/text.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace lesto::json
