// Numbers as Go's strconv reads and writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

enum class NumberFault : std::uint8_t { None, Syntax, Range };

struct ParsedInt {
  std::int64_t value = 0;  // the nearest possible one at Range
  NumberFault fault = NumberFault::None;
  bool ok() const { return fault == NumberFault::None; }
};
struct ParsedUint {
  std::uint64_t value = 0;
  NumberFault fault = NumberFault::None;
  bool ok() const { return fault == NumberFault::None; }
};
struct ParsedFloat {
  double value = 0;
  NumberFault fault = NumberFault::None;
  bool ok() const { return fault == NumberFault::None; }
};

// Base 0 takes the base from the prefix (0x, 0o, 0b, 0) and allows underscores.
ParsedUint parse_uint(std::string_view text, unsigned base);
ParsedInt parse_int(std::string_view text, unsigned base);
ParsedFloat parse_float(std::string_view text);

// strconv.FormatFloat with 64 bits: form is one of b e E f g G x X; precision -1 gives the shortest
// text that reads back.
void append_float(std::string& out, double value, char form, int precision);
void append_int(std::string& out, std::int64_t value);
void append_uint(std::string& out, std::uint64_t value);
std::string int_text(std::int64_t value);

// What amd64 makes of a float that is converted to int64: the least integer when it does not fit.
std::int64_t truncate(double value);

}  // namespace lesto::gotemplate
