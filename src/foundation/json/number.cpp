#include "foundation/json/number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace lesto::json {
namespace {

// At most 17 digits and an exponent.
constexpr std::size_t kScientificMax = 32;

template <class Number>
void append_g(std::string& out, Number number) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number > 0 ? "+Inf" : "-Inf";
    return;
  }
  char buffer[kScientificMax];
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  std::string_view scientific(buffer, static_cast<std::size_t>(end - buffer));
  int exponent = 0;
  std::size_t e = scientific.find('e');
  std::size_t digits = e + 1 + (scientific[e + 1] == '+' ? 1 : 0);
  std::from_chars(buffer + digits, end, exponent);
  // Asked for the shortest digits, Go decides about the exponent as if the precision were 6.
  if (number != 0 && (exponent < -4 || exponent >= 6)) {
    out += scientific;
    return;
  }
  char fixed[512];
  end = std::to_chars(fixed, fixed + sizeof fixed, number, std::chars_format::fixed).ptr;
  out.append(fixed, end);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void append_json_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  double magnitude = std::fabs(number);
  bool exponent = magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21);
  char buffer[kScientificMax];
  bool large = magnitude >= 9007199254740992.0;
  auto format = exponent || large ? std::chars_format::scientific : std::chars_format::fixed;
  auto end = std::to_chars(buffer, buffer + sizeof buffer, number, format).ptr;
  std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  if (large && !exponent) {
    // Go pads the shortest digits with zeros; to_chars would write digits that the number does not
    // distinguish.
    std::size_t e = text.find('e');
    int power = 0;
    std::from_chars(buffer + e + 2, end, power);
    std::size_t digits = 0;
    for (char c : text.substr(0, e)) {
      if (c == '.') continue;
      out += c;
      if (c != '-') ++digits;
    }
    out.append(static_cast<std::size_t>(power) + 1 - digits, '0');
    return;
  }
  // Go writes e-07 as e-7, and keeps e+21.
  auto e = text.find("e-0");
  if (exponent && e != std::string_view::npos) {
    out.append(text, 0, e + 2);
    out.append(text, e + 3);
    return;
  }
  out += text;
}

void append_go_g(std::string& out, double number) { append_g(out, number); }
void append_go_g(std::string& out, float number) { append_g(out, number); }

std::optional<double> parse_decimal(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  std::size_t start = at;
  std::size_t count = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) ++count;
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at) ++count;
  }
  if (count == 0) return std::nullopt;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    std::size_t exponent = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == exponent) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  double number = 0;
  auto result = std::from_chars(text.data() + start, text.data() + text.size(), number);
  if (result.ec == std::errc::result_out_of_range) {
    number = std::strtod(std::string(text.substr(start)).c_str(), nullptr);
    if (std::isinf(number)) return std::nullopt;
  }
  return text[0] == '-' ? -number : number;
}

}  // namespace lesto::json
