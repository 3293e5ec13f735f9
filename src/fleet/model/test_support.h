// What the tests of this room share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/yaml.h"

namespace lesto::model::test {

// YAML, as people write our objects.
inline json::Value yaml(std::string_view text) {
  Result<json::Value> value = json::parse_yaml(text);
  EXPECT_TRUE(value.has_value()) << (value ? std::string() : value.error().text());
  return value.value_or(json::Value());
}

template <class Type>
std::string error_of(const Result<Type>& result) {
  return result ? "no error"
                : std::string(to_string(result.error().code())) + ": " + result.error().text();
}

}  // namespace lesto::model::test
