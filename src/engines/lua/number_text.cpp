#include "engines/lua/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace lesto::lua {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n";
  std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  char l = lower(c);
  return l >= 'a' && l <= 'z' ? l - 'a' + 10 : 99;
}

bool equal_fold(std::string_view text, std::string_view wanted) {
  if (text.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != wanted[i]) return false;
  }
  return true;
}

// Underscores may stand between digits, and between a base prefix and a digit.
bool underscores_are_fine(std::string_view text) {
  char before = '^';
  std::size_t i = 0;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) i = 1;
  bool hex = false;
  if (text.size() >= i + 2 && text[i] == '0') {
    char base = lower(text[i + 1]);
    if (base == 'b' || base == 'o' || base == 'x') {
      i += 2;
      before = '0';
      hex = base == 'x';
    }
  }
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (is_digit(c) || (hex && digit_value(c) < 16)) {
      before = '0';
    } else if (c == '_') {
      if (before != '0') return false;
      before = '_';
    } else {
      if (before == '_') return false;
      before = '!';
    }
  }
  return before != '_';
}

std::optional<double> parse_hex_float(std::string_view digits, bool negative) {
  // std::from_chars wants the exponent that Go wants, without the prefix.
  if (digits.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  double value = 0;
  auto read =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::hex);
  if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) return std::nullopt;
  return negative ? -value : value;
}

}  // namespace

std::optional<double> parse_integer(std::string_view text, int base) {
  std::string_view digits = text;
  bool negative = false;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
    negative = digits[0] == '-';
    digits.remove_prefix(1);
  }
  bool any_base = base == 0;
  if (any_base) {
    base = 10;
    if (digits.size() >= 3 && digits[0] == '0' && lower(digits[1]) == 'x')
      base = 16;
    else if (digits.size() >= 3 && digits[0] == '0' && lower(digits[1]) == 'b')
      base = 2;
    else if (digits.size() >= 3 && digits[0] == '0' && lower(digits[1]) == 'o')
      base = 8;
    if (base != 10) {
      digits.remove_prefix(2);
    } else if (digits.size() >= 1 && digits[0] == '0') {
      base = 8;
      digits.remove_prefix(1);
      if (digits.empty()) return 0.0;
    }
  }
  if (base < 2 || base > 36 || digits.empty()) return std::nullopt;
  std::uint64_t value = 0;
  std::uint64_t most = negative ? std::uint64_t{1} << 63 : (std::uint64_t{1} << 63) - 1;
  for (char c : digits) {
    if (c == '_' && any_base) continue;
    int digit = digit_value(c);
    if (digit >= base) return std::nullopt;
    auto step = static_cast<std::uint64_t>(digit);
    if (value > (most - step) / static_cast<std::uint64_t>(base)) return std::nullopt;
    value = value * static_cast<std::uint64_t>(base) + step;
  }
  if (any_base && text.find('_') != std::string_view::npos && !underscores_are_fine(text))
    return std::nullopt;
  return negative ? -static_cast<double>(value) : static_cast<double>(value);
}

std::optional<double> parse_float(std::string_view text) {
  std::string_view digits = text;
  bool negative = false;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
    negative = digits[0] == '-';
    digits.remove_prefix(1);
  }
  if (digits.empty()) return std::nullopt;
  if (equal_fold(digits, "inf") || equal_fold(digits, "infinity")) {
    double infinite = std::numeric_limits<double>::infinity();
    return negative ? -infinite : infinite;
  }
  if (equal_fold(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
  if (digits.size() > 2 && digits[0] == '0' && lower(digits[1]) == 'x') {
    std::string plain;
    for (char c : digits.substr(2)) {
      if (c != '_') plain += c;
    }
    if (plain.size() + 2 != digits.size() && !underscores_are_fine(text)) return std::nullopt;
    return parse_hex_float(plain, negative);
  }
  if (!is_digit(digits[0]) && digits[0] != '.') return std::nullopt;
  double value = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ptr != digits.data() + digits.size()) return std::nullopt;
  if (read.ec == std::errc::result_out_of_range) {
    // Too small reads as zero, too large is no number. The sign of the exponent tells which.
    std::size_t e = digits.find_first_of("eE");
    bool small = e != std::string_view::npos && e + 1 < digits.size() && digits[e + 1] == '-';
    if (e == std::string_view::npos) small = digits[0] == '.' || digits[0] == '0';
    if (!small) return std::nullopt;
    return negative ? -0.0 : 0.0;
  }
  if (read.ec != std::errc()) return std::nullopt;
  return negative ? -value : value;
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  if (auto whole = parse_integer(text, 0)) return whole;
  return parse_float(text);
}

std::int64_t to_integer(double number) {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) {
    return std::numeric_limits<std::int64_t>::min();
  }
  return static_cast<std::int64_t>(number);
}

void append_number(std::string& out, double number) {
  if (number == static_cast<double>(to_integer(number))) {
    std::array<char, 24> digits;
    auto written = std::to_chars(digits.data(), digits.data() + digits.size(), to_integer(number));
    out.append(digits.data(), written.ptr);
    return;
  }
  append_float(out, number);
}

void append_float(std::string& out, double number) {
  if (std::isnan(number)) {
    out += "NaN";
    return;
  }
  if (std::isinf(number)) {
    out += number > 0 ? "+Inf" : "-Inf";
    return;
  }
  // Go's %v: shortest digits, an exponent when it is below -4 or at least 6.
  std::array<char, 40> digits;
  auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                               std::chars_format::scientific);
  std::string_view text(digits.data(), static_cast<std::size_t>(written.ptr - digits.data()));
  std::size_t e = text.find('e');
  int exponent = 0;
  const char* exponent_first = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(exponent_first, text.data() + text.size(), exponent);
  if (exponent < -4 || exponent >= 6) {
    out += text;
    return;
  }
  written =
      std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed);
  out.append(digits.data(), written.ptr);
}

std::string number_text(double number) {
  std::string out;
  append_number(out, number);
  return out;
}

}  // namespace lesto::lua
