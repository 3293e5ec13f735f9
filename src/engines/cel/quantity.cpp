#include "engines/cel/quantity.h"

#include <algorithm>
#include <cctype>
#include <limits>

namespace lesto::cel {
namespace {

using Wide = unsigned __int128;

constexpr std::string_view kSyntax =
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
constexpr std::string_view kSuffix = "unable to parse quantity's suffix";
constexpr std::string_view kDecimal = "num kMGTPE";  // exponents -9, -6, -3, 0, 3 ... 18
constexpr std::string_view kBinary = "KMGTPE";
constexpr Wide kUnit = 1'000'000'000;
constexpr Wide kMost = static_cast<Wide>(std::numeric_limits<std::int64_t>::max()) * kUnit;

struct Suffix {
  QuantityForm form = QuantityForm::Decimal;
  int exponent = 0;  // of 10, or of 2 for Binary
};

Result<Suffix> read_suffix(std::string_view text) {
  auto wrong = [] { return fail(Code::Invalid, std::string(kSuffix)); };
  if (text.empty()) return Suffix{};
  if (text.size() == 2 && text[1] == 'i') {
    std::size_t at = kBinary.find(text[0]);
    if (at == std::string_view::npos) return wrong();
    return Suffix{QuantityForm::Binary, static_cast<int>(at + 1) * 10};
  }
  if (text.size() == 1) {
    std::size_t at = text[0] == ' ' ? std::string_view::npos : kDecimal.find(text[0]);
    if (at == std::string_view::npos) return wrong();
    return Suffix{QuantityForm::Decimal, static_cast<int>(at) * 3 - 9};
  }
  if (text[0] != 'e' && text[0] != 'E') return wrong();
  std::size_t at = 1;
  bool negative = text[1] == '-';
  if (text[1] == '-' || text[1] == '+') ++at;
  if (at == text.size() || text.size() - at > 4) return wrong();
  int value = 0;
  for (; at < text.size(); ++at) {
    if (!std::isdigit(static_cast<unsigned char>(text[at]))) return wrong();
    value = value * 10 + (text[at] - '0');
  }
  return Suffix{QuantityForm::Exponent, negative ? -value : value};
}

std::string digits_of(Wide value) {
  std::string out;
  do {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  return out;
}

}  // namespace

Result<Quantity> read_quantity(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  // The number as a whole one times a power of ten; digits beyond what matters are only remembered
  // as lost.
  Wide value = 0;
  int exponent = 0;
  std::size_t digits = 0, at = 0;
  bool point = false, lost = false;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (!std::isdigit(static_cast<unsigned char>(text[at]))) break;
    ++digits;
    if (value > kMost) {
      exponent += point ? 0 : 1;
      lost = lost || text[at] != '0';
      continue;
    }
    value = value * 10 + static_cast<Wide>(text[at] - '0');
    exponent -= point ? 1 : 0;
  }
  if (digits == 0) return fail(Code::Invalid, std::string(kSyntax));
  TRY_ASSIGN(Suffix suffix, read_suffix(text.substr(at)));
  exponent += suffix.form == QuantityForm::Binary ? 0 : suffix.exponent;
  for (int i = 0; suffix.form == QuantityForm::Binary && i < suffix.exponent && value <= kMost; ++i)
    value <<= 1;
  for (exponent += 9; exponent > 0 && value != 0 && value <= kMost; --exponent) value *= 10;
  // What is finer than a billionth is rounded away from zero.
  for (; exponent < 0 && value != 0; ++exponent) {
    lost = lost || value % 10 != 0;
    value /= 10;
  }
  bool finest_lost = lost;
  if (suffix.form == QuantityForm::Binary && value % kUnit != 0) {
    value -= value % kUnit;
    value += kUnit;
    finest_lost = false;
  }
  if (finest_lost) ++value;
  value = std::min(value, kMost);
  return Quantity{negative ? -static_cast<__int128>(value) : static_cast<__int128>(value),
                  suffix.form};
}

std::string quantity_text(const Quantity& quantity) {
  if (quantity.nanos == 0) return "0";
  std::string sign = quantity.nanos < 0 ? "-" : "";
  Wide value =
      quantity.nanos < 0 ? static_cast<Wide>(-quantity.nanos) : static_cast<Wide>(quantity.nanos);
  if (quantity.form == QuantityForm::Binary && value >= 1024 * kUnit) {
    value = (value + kUnit - 1) / kUnit;
    std::size_t factor = 0;
    while (value % 1024 == 0 && factor < kBinary.size()) {
      value /= 1024;
      ++factor;
    }
    return sign + digits_of(value) + (factor == 0 ? "" : std::string(1, kBinary[factor - 1]) + "i");
  }
  int exponent = -9;
  while (value % 1000 == 0 && exponent < 18) {
    value /= 1000;
    exponent += 3;
  }
  std::string out = sign + digits_of(value);
  if (exponent == 0) return out;
  if (quantity.form == QuantityForm::Exponent) return out + "e" + std::to_string(exponent);
  return out + kDecimal[static_cast<std::size_t>(exponent / 3 + 3)];
}

}  // namespace lesto::cel
