#include "foundation/base/unicode.h"

#include <gtest/gtest.h>

namespace lesto {
namespace {

// How many characters are in a class; the numbers are those of Go 1.26's package unicode.
template <class Class>
int count(Class in_class) {
  int found = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) found += in_class(c) ? 1 : 0;
  return found;
}

TEST(Unicode, classes_are_as_large_as_those_of_go) {
  EXPECT_EQ(count(is_letter), 136104);
  EXPECT_EQ(count(is_digit), 680);
  EXPECT_EQ(count(is_number), 1831);
  EXPECT_EQ(count(is_print), 148998);
  EXPECT_EQ(count(is_upper), 1831);
  EXPECT_EQ(count(is_lower), 2233);
  EXPECT_EQ(count(is_title), 31);
  EXPECT_EQ(count(is_punct), 842);
  EXPECT_EQ(count(is_space), 25);
  EXPECT_EQ(count(is_mark), 2450);
  EXPECT_EQ(count(is_symbol), 7770);
  EXPECT_EQ(count(is_control), 65);
  EXPECT_EQ(count(is_graphic), 149014);
  EXPECT_EQ(count([](char32_t c) { return to_upper(c) != c; }), 1450);
  EXPECT_EQ(count([](char32_t c) { return to_lower(c) != c; }), 1433);
  EXPECT_EQ(count([](char32_t c) { return to_title(c) != c; }), 1404);
}

TEST(Unicode, knows_classes_and_cases) {
  EXPECT_TRUE(is_letter(U'é') && is_letter(U'字') && !is_letter(U'1') && !is_letter(0x110000));
  EXPECT_TRUE(is_space(0x85) && is_space(0x2003) && !is_space(0x200B) && !is_space(0x1F));
  EXPECT_TRUE(is_print(U' ') && !is_print(0xA0) && is_graphic(0xA0) && !is_print(0xAD));
  EXPECT_EQ(category(U'$'), Category::Currency);
  EXPECT_EQ(category(0xD800), Category::Surrogate);
  EXPECT_EQ(to_upper(U'ÿ'), U'Ÿ');
  EXPECT_EQ(to_lower(U'Σ'), U'σ');
  EXPECT_EQ(to_title(0x01C4), char32_t{0x01C5});
  EXPECT_EQ(to_upper(U'1'), U'1');
}

}  // namespace
}  // namespace lesto
