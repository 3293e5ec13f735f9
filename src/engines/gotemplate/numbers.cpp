#include "engines/gotemplate/numbers.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace lesto::gotemplate {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool decimal(char c) { return c >= '0' && c <= '9'; }

// Underscores stand between digits, or between a base prefix and a digit.
bool underscores_fit(std::string_view text) {
  enum class Seen { Start, Digit, Underscore, Other } seen = Seen::Start;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0') {
    char base = lowered(text[1]);
    if (base == 'b' || base == 'o' || base == 'x') {
      hex = base == 'x';
      seen = Seen::Digit;
      text.remove_prefix(2);
    }
  }
  for (char c : text) {
    if (decimal(c) || (hex && lowered(c) >= 'a' && lowered(c) <= 'f')) {
      seen = Seen::Digit;
    } else if (c == '_') {
      if (seen != Seen::Digit) return false;
      seen = Seen::Underscore;
    } else {
      if (seen == Seen::Underscore) return false;
      seen = Seen::Other;
    }
  }
  return seen != Seen::Underscore;
}

// The length of the number at the start of the text; 0 when there is none.
std::size_t float_length(std::string_view text, bool& hex, bool& underscores) {
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
  hex = i + 2 < text.size() && text[i] == '0' && lowered(text[i + 1]) == 'x';
  if (hex) i += 2;
  bool dot = false;
  bool digits = false;
  for (; i < text.size(); ++i) {
    char c = text[i];
    if (c == '_') {
      underscores = true;
    } else if (c == '.') {
      if (dot) break;
      dot = true;
    } else if (decimal(c) || (hex && lowered(c) >= 'a' && lowered(c) <= 'f')) {
      digits = true;
    } else {
      break;
    }
  }
  if (!digits) return 0;
  if (i < text.size() && lowered(text[i]) == (hex ? 'p' : 'e')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (i >= text.size() || !decimal(text[i])) return 0;
    while (i < text.size() && (decimal(text[i]) || text[i] == '_')) {
      underscores = underscores || text[i] == '_';
      ++i;
    }
  } else if (hex) {
    return 0;
  }
  return i;
}

bool named_float(std::string_view text, double& value) {
  std::string word;
  for (char c : text) word += lowered(c);
  bool negative = !word.empty() && word[0] == '-';
  bool sign = negative || (!word.empty() && word[0] == '+');
  std::string_view rest = std::string_view(word).substr(sign ? 1 : 0);
  if (rest == "inf" || rest == "infinity") {
    value = std::numeric_limits<double>::infinity();
    if (negative) value = -value;
    return true;
  }
  if (word == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  return false;
}

// Decimal digits without point, and the power of ten of the first: 1.5e3 is "15" at 3.
struct Digits {
  char text[800];
  int count = 0;
  int exponent = 0;
};

// `places` digits after the first; -1: as many as are needed to read back.
void digits_of(double value, int places, Digits& digits) {
  char buffer[820];
  auto end = places < 0 ? std::to_chars(buffer, buffer + sizeof buffer - 1, value,
                                        std::chars_format::scientific)
                        : std::to_chars(buffer, buffer + sizeof buffer - 1, value,
                                        std::chars_format::scientific, places);
  digits.count = 0;
  const char* p = buffer;
  for (; p < end.ptr && *p != 'e'; ++p) {
    if (*p != '.') digits.text[digits.count++] = *p;
  }
  // to_chars wrote no further, so the number ends there.
  *end.ptr = '\0';
  digits.exponent = std::atoi(p + 1);
}

void append_exponent(std::string& out, char letter, int exponent) {
  out += letter;
  out += exponent < 0 ? '-' : '+';
  unsigned size = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
  if (size < 10) out += '0';
  append_uint(out, size);
}

void append_scientific(std::string& out, const Digits& digits, char letter, int precision) {
  out += digits.count > 0 ? digits.text[0] : '0';
  if (precision > 0) {
    out += '.';
    int have = std::min(digits.count, precision + 1);
    if (have > 1) out.append(digits.text + 1, static_cast<std::size_t>(have - 1));
    out.append(static_cast<std::size_t>(precision + 1 - std::max(have, 1)), '0');
  }
  append_exponent(out, letter, digits.exponent);
}

void append_plain(std::string& out, const Digits& digits, int precision) {
  int point = digits.exponent + 1;
  if (point > 0) {
    for (int i = 0; i < point; ++i) out += i < digits.count ? digits.text[i] : '0';
  } else {
    out += '0';
  }
  if (precision <= 0) return;
  out += '.';
  for (int i = 0; i < precision; ++i) {
    int at = point + i;
    out += at >= 0 && at < digits.count ? digits.text[at] : '0';
  }
}

void append_general(std::string& out, double value, char form, int precision) {
  bool shortest = precision < 0;
  Digits digits;
  if (precision == 0) precision = 1;
  if (!shortest && precision > 790) precision = 790;
  digits_of(value, shortest ? -1 : precision - 1, digits);
  if (!shortest) {
    while (digits.count > 1 && digits.text[digits.count - 1] == '0') --digits.count;
  }
  if (value == 0) digits.exponent = 0;
  int limit = shortest ? 6 : precision;
  if (!shortest && limit > digits.count && digits.count >= digits.exponent + 1)
    limit = digits.count;
  if (digits.exponent < -4 || digits.exponent >= limit) {
    append_scientific(out, digits, form == 'g' ? 'e' : 'E', digits.count - 1);
    return;
  }
  append_plain(out, digits, std::max(digits.count - (digits.exponent + 1), 0));
}

// mantissa p exponent, both decimal.
void append_binary(std::string& out, double value) {
  int exponent = 0;
  double fraction = std::frexp(value, &exponent);
  auto mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53));
  exponent -= 53;
  if (value == 0) {
    exponent = -1074;
  } else if (exponent < -1074) {
    mantissa >>= static_cast<unsigned>(-1074 - exponent);
    exponent = -1074;
  }
  append_uint(out, mantissa);
  out += 'p';
  if (exponent >= 0) out += '+';
  append_int(out, exponent);
}

void append_hex(std::string& out, double value, char form, int precision) {
  const char* digits = form == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
  int exponent = 0;
  std::uint64_t mantissa = 0;  // 1 bit, then 60 bits of fraction
  if (value != 0) {
    double fraction = std::frexp(value, &exponent);
    mantissa = static_cast<std::uint64_t>(std::ldexp(fraction, 53)) << 8;
    --exponent;
  }
  if (precision >= 0 && precision < 15) {
    auto shift = static_cast<unsigned>(precision) * 4;
    std::uint64_t extra = mantissa << shift & ((1ull << 60) - 1);
    mantissa >>= 60 - shift;
    if ((extra | (mantissa & 1)) > 1ull << 59) ++mantissa;
    mantissa <<= 60 - shift;
    if (mantissa & 1ull << 61) {
      mantissa >>= 1;
      ++exponent;
    }
  }
  out += '0';
  out += form;
  out += static_cast<char>('0' + (mantissa >> 60 & 1));
  mantissa <<= 4;
  if (precision < 0 && mantissa != 0) {
    out += '.';
    for (; mantissa != 0; mantissa <<= 4) out += digits[mantissa >> 60];
  } else if (precision > 0) {
    out += '.';
    for (int i = 0; i < precision; ++i, mantissa <<= 4) out += digits[mantissa >> 60];
  }
  append_exponent(out, form == 'X' ? 'P' : 'p', exponent);
}

}  // namespace

ParsedUint parse_uint(std::string_view text, unsigned base) {
  if (text.empty()) return {0, NumberFault::Syntax};
  std::string_view whole = text;
  bool prefixed = base == 0;
  if (prefixed) {
    base = 10;
    if (text[0] == '0') {
      char letter = text.size() >= 3 ? lowered(text[1]) : '\0';
      base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
      text.remove_prefix(base == 0 ? 1 : 2);
      if (base == 0) base = 8;
    }
  }
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  bool underscores = false;
  bool overflow = false;
  for (char c : text) {
    unsigned digit = 0;
    if (c == '_' && prefixed) {
      underscores = true;
      continue;
    }
    if (decimal(c)) {
      digit = static_cast<unsigned>(c - '0');
    } else if (lowered(c) >= 'a' && lowered(c) <= 'z') {
      digit = static_cast<unsigned>(lowered(c) - 'a') + 10;
    } else {
      return {0, NumberFault::Syntax};
    }
    if (digit >= base) return {0, NumberFault::Syntax};
    if (overflow) continue;
    if (value > (kMax - digit) / base) overflow = true;
    value = value * base + digit;
  }
  if (underscores && !underscores_fit(whole)) return {0, NumberFault::Syntax};
  if (overflow) return {kMax, NumberFault::Range};
  return {value, NumberFault::None};
}

ParsedInt parse_int(std::string_view text, unsigned base) {
  if (text.empty()) return {0, NumberFault::Syntax};
  bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  ParsedUint size = parse_uint(text, base);
  if (size.fault == NumberFault::Syntax) return {0, NumberFault::Syntax};
  constexpr std::uint64_t kCutoff = 1ull << 63;
  if (!negative && size.value >= kCutoff)
    return {std::numeric_limits<std::int64_t>::max(), NumberFault::Range};
  if (negative && size.value > kCutoff)
    return {std::numeric_limits<std::int64_t>::min(), NumberFault::Range};
  return {static_cast<std::int64_t>(negative ? 0 - size.value : size.value), NumberFault::None};
}

ParsedFloat parse_float(std::string_view text) {
  double value = 0;
  if (named_float(text.substr(0, 10), value) && text.size() <= 9) return {value, NumberFault::None};
  bool hex = false;
  bool underscores = false;
  std::size_t length = float_length(text, hex, underscores);
  if (length == 0 || length != text.size()) return {0, NumberFault::Syntax};
  if (underscores && !underscores_fit(text)) return {0, NumberFault::Syntax};
  std::string plain;
  for (char c : text) {
    if (c != '_') plain += c;
  }
  const char* start = plain.c_str();
  bool negative = *start == '-';
  if (negative || *start == '+') ++start;
  if (hex) start += 2;
  const char* end = plain.c_str() + plain.size();
  auto read =
      std::from_chars(start, end, value, hex ? std::chars_format::hex : std::chars_format::general);
  if (read.ec == std::errc::result_out_of_range) {
    // Says only that it does not fit: strtod tells a huge number from a tiny one.
    value = std::fabs(std::strtod(plain.c_str(), nullptr));
  } else if (read.ec != std::errc() || read.ptr != end) {
    return {0, NumberFault::Syntax};
  }
  if (negative) value = -value;
  return {value, std::isinf(value) ? NumberFault::Range : NumberFault::None};
}

void append_float(std::string& out, double value, char form, int precision) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  if (std::signbit(value)) {
    out += '-';
    value = -value;
  }
  Digits digits;
  switch (form) {
    case 'b': append_binary(out, value); return;
    case 'x':
    case 'X': append_hex(out, value, form, precision); return;
    case 'e':
    case 'E': {
      // More than 790 digits are zeros: the exact value of a double ends before.
      digits_of(value, precision < 0 ? -1 : std::min(precision, 790), digits);
      if (value == 0) digits.exponent = 0;
      append_scientific(out, digits, form, precision < 0 ? digits.count - 1 : precision);
      return;
    }
    case 'f': {
      if (precision >= 0) {
        char buffer[1500];
        int exact = std::min(precision, 1100);
        auto end =
            std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, exact);
        out.append(buffer, end.ptr);
        out.append(static_cast<std::size_t>(precision - exact), '0');
        return;
      }
      digits_of(value, -1, digits);
      append_plain(out, digits, std::max(digits.count - (digits.exponent + 1), 0));
      return;
    }
    default: append_general(out, value, form, precision);
  }
}

void append_int(std::string& out, std::int64_t value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void append_uint(std::string& out, std::uint64_t value) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

std::string int_text(std::int64_t value) {
  std::string out;
  append_int(out, value);
  return out;
}

std::int64_t truncate(double value) {
  if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)) {
    return std::numeric_limits<std::int64_t>::min();
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace lesto::gotemplate
