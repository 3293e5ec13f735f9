#include "engines/cel/quantity.h"

#include <gtest/gtest.h>

namespace lesto::cel {
namespace {

std::string canonical(std::string_view text) {
  auto quantity = read_quantity(text);
  return quantity ? quantity_text(*quantity) : "error: " + quantity.error().message();
}

TEST(Quantity, TakesItsCanonicalForm) {
  EXPECT_EQ(canonical("1000m"), "1");
  EXPECT_EQ(canonical("0.5"), "500m");
  EXPECT_EQ(canonical("1024Mi"), "1Gi");
  EXPECT_EQ(canonical("1.5Gi"), "1536Mi");
  EXPECT_EQ(canonical("0.5Ki"), "512");
  EXPECT_EQ(canonical("100"), "100");
  EXPECT_EQ(canonical("1000000"), "1M");
  EXPECT_EQ(canonical("1e3"), "1e3");
  EXPECT_EQ(canonical("12e1"), "120");
  EXPECT_EQ(canonical("-0.001"), "-1m");
  EXPECT_EQ(canonical("0"), "0");
  EXPECT_EQ(canonical("0Gi"), "0");
  EXPECT_EQ(canonical("1n"), "1n");
}

TEST(Quantity, IsRoundedUpToABillionthAndCapped) {
  EXPECT_EQ(canonical("0.0000000001"), "1n");
  EXPECT_EQ(canonical("99999999999999999999999999999999999999999999E"), "9223372036854775807");
  EXPECT_EQ(canonical("-99999999999999999999E"), "-9223372036854775807");
}

TEST(Quantity, RefusesWhatIsNone) {
  for (std::string_view text : {"", "a", "-", "1x", "1Kib", "1e", "1e99999", "Gi", " 1", "1 "}) {
    EXPECT_FALSE(read_quantity(text)) << text;
  }
}

}  // namespace
}  // namespace lesto::cel
