// Numbers as text and back, by the rules of the dialect (Go's strconv).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lesto::lua {

// A number literal or a string used as a number: Go's integers with base prefixes, else Go's
// floats.
std::optional<double> parse_number(std::string_view text);
// Go's ParseInt(text, base, 64), as a double. Base 0 honours the prefixes 0x, 0o, 0b and 0.
std::optional<double> parse_integer(std::string_view text, int base);
// Go's ParseFloat(text, 64); a value out of range is no number.
std::optional<double> parse_float(std::string_view text);

// What tostring gives: digits for whole numbers below 2^63, else the shortest text that reads back,
// with an exponent below 1e-4 and from 1e6 on (Go's %v).
void append_number(std::string& out, double number);
// Go's %v of a float64, whole or not: an exponent below 1e-4 and from 1e6 on.
void append_float(std::string& out, double number);
std::string number_text(double number);

// A double as int64, as Go converts on amd64: what does not fit is the smallest integer.
std::int64_t to_integer(double number);

}  // namespace lesto::lua
