// Which test shows what a function of templates does.
#pragma once

#include <span>
#include <string_view>

namespace lesto::cli {

struct FunctionTest {
  std::string_view function;
  // The id of a golden case, or "Suite.Name" of a unit test of engines/gotemplate.
  std::string_view test;
};
std::span<const FunctionTest> function_tests();
// "" when the function has none.
std::string_view test_of(std::string_view function);

}  // namespace lesto::cli
