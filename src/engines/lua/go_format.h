// string.format: Go's fmt over the dialect's values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace lesto::lua {

// An argument; texts are borrowed.
struct FormatArgument {
  enum class Kind : std::uint8_t { Nil, Bool, Number, Text, Other };
  Kind kind = Kind::Nil;
  bool boolean = false;
  double number = 0;
  // Text: the string. Other: what tostring gives.
  std::string_view text;
};

// Appends to `out`; false when the result grows beyond `bytes_max`.
bool go_format(std::string& out, std::string_view format, std::span<const FormatArgument> arguments,
               std::size_t bytes_max);

}  // namespace lesto::lua
