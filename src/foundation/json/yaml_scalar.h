// What a YAML scalar means, by go-yaml's rules; internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::json {

inline constexpr std::string_view kYamlTagPrefix = "tag:yaml.org,2002:";

enum class YamlType : std::uint8_t {
  Null,
  Bool,
  Int,
  Uint,
  Float,
  String,
  Timestamp,
  Binary,
  Merge,
  Other
};

struct YamlScalar {
  YamlType type = YamlType::String;
  bool boolean = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double number = 0;
};

// The kind that a plain scalar without a tag has.
YamlScalar resolve_yaml(std::string_view text);

// The same under a tag (in its long form); an error when text and tag do not fit.
Result<YamlScalar> resolve_yaml(std::string_view tag, std::string_view text);

// "12:30:45": a number in YAML 1.1, a string here; written in quotes.
bool is_base60(std::string_view text);

}  // namespace lesto::json
