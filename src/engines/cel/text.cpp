#include "engines/cel/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace lesto::cel {

std::size_t rune_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto byte = [&](std::size_t k) {
      return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u;
    };
    unsigned first = byte(0);
    std::size_t size = first < 0x80                    ? 1
                       : first >= 0xc2 && first < 0xe0 ? 2
                       : (first & 0xf0) == 0xe0        ? 3
                       : first >= 0xf0 && first < 0xf5 ? 4
                                                       : 0;
    if (size == 0) return false;
    for (std::size_t k = 1; k < size; ++k) {
      if ((byte(k) & 0xc0) != 0x80) return false;
    }
    if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
        (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f)) {
      return false;
    }
    i += size;
  }
  return true;
}

std::vector<std::size_t> rune_starts(std::string_view text) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) out.push_back(i);
  }
  out.push_back(text.size());
  return out;
}

std::string double_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  char out[64];
  int precision = 0;
  for (; precision < 17; ++precision) {
    std::snprintf(out, sizeof out, "%.*e", precision, value);
    if (std::strtod(out, nullptr) == value) break;
  }
  int exponent =
      std::atoi(std::string_view(out).substr(std::string_view(out).find('e') + 1).data());
  // With the shortest digits Go decides at six, however many there are.
  if (exponent < -4 || exponent >= 6) return out;
  std::snprintf(out, sizeof out, "%.*f", std::max(precision - exponent, 0), value);
  return out;
}

}  // namespace lesto::cel
