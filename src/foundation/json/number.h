// Numbers as Go prints and reads them; internal to this room and to engines that print JSON or
// YAML.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lesto::json {

// As encoding/json: shortest digits; exponent below 1e-6 and from 1e21 on, without leading zeros.
// Infinite and NaN, which JSON cannot hold, are written as null.
void append_json_number(std::string& out, double number);

// As strconv.FormatFloat(number, 'g', -1, 64): shortest digits; exponent below 1e-4 and from 1e6
// on, in at least two digits ("1e+06"); "+Inf", "-Inf", "NaN".
void append_go_g(std::string& out, double number);
// The same of the nearest 32-bit number.
void append_go_g(std::string& out, float number);

// A decimal number (sign, digits, fraction, exponent), rounded to nearest; nothing for another
// syntax or when it is too large. Too small is 0, as in Go.
std::optional<double> parse_decimal(std::string_view text);

}  // namespace lesto::json
