#include "engines/gotemplate/decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace lesto::gotemplate {
namespace {

constexpr std::uint64_t kBase = 1'000'000'000;
constexpr std::int64_t kDivisionDigits = 16;

}  // namespace

void Decimal::trim(Digits& digits) {
  while (!digits.empty() && digits.back() == 0) digits.pop_back();
}

Decimal Decimal::of(double number) {
  Decimal made;
  char buffer[40];
  auto end =
      std::to_chars(buffer, buffer + sizeof buffer - 1, number, std::chars_format::scientific).ptr;
  *end = '\0';
  made.negative_ = buffer[0] == '-';
  std::uint64_t mantissa = 0;
  const char* p = buffer + (made.negative_ ? 1 : 0);
  bool fraction = false;
  for (; *p != 'e' && *p != '\0'; ++p) {
    if (*p == '.') {
      fraction = true;
      continue;
    }
    mantissa = mantissa * 10 + static_cast<std::uint64_t>(*p - '0');
    if (fraction) --made.exponent_;
  }
  if (*p == 'e') made.exponent_ += std::atoi(p + 1);
  for (; mantissa != 0; mantissa /= kBase)
    made.digits_.push_back(static_cast<std::uint32_t>(mantissa % kBase));
  return made;
}

int Decimal::compare(const Digits& a, const Digits& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (std::size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Decimal::Digits Decimal::sum(const Digits& a, const Digits& b) {
  Digits out;
  std::uint64_t carry = 0;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()) || carry != 0; ++i) {
    carry += (i < a.size() ? a[i] : 0u) + static_cast<std::uint64_t>(i < b.size() ? b[i] : 0u);
    out.push_back(static_cast<std::uint32_t>(carry % kBase));
    carry /= kBase;
  }
  return out;
}

Decimal::Digits Decimal::difference(const Digits& larger, const Digits& smaller) {
  Digits out = larger;
  std::int64_t borrow = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::int64_t value =
        static_cast<std::int64_t>(out[i]) - borrow - (i < smaller.size() ? smaller[i] : 0u);
    borrow = value < 0 ? 1 : 0;
    out[i] = static_cast<std::uint32_t>(value + (borrow ? static_cast<std::int64_t>(kBase) : 0));
  }
  trim(out);
  return out;
}

Decimal::Digits Decimal::product(const Digits& a, const Digits& b) {
  Digits out(a.size() + b.size(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::uint64_t carry = 0;
    for (std::size_t k = 0; k < b.size() || carry != 0; ++k) {
      std::uint64_t value =
          out[i + k] + carry + static_cast<std::uint64_t>(a[i]) * (k < b.size() ? b[k] : 0u);
      out[i + k] = static_cast<std::uint32_t>(value % kBase);
      carry = value / kBase;
    }
  }
  trim(out);
  return out;
}

Decimal::Digits Decimal::shifted(const Digits& digits, std::int64_t tens) {
  if (digits.empty()) return digits;
  Digits power(static_cast<std::size_t>(tens / 9), 0);
  std::uint32_t top = 1;
  for (std::int64_t i = 0; i < tens % 9; ++i) top *= 10;
  power.push_back(top);
  return product(digits, power);
}

// Long division, one word at a time; the word is found by halving.
Decimal::Digits Decimal::quotient(const Digits& a, const Digits& b, Digits& rest) {
  Digits out(a.size(), 0);
  rest.clear();
  for (std::size_t i = a.size(); i-- > 0;) {
    rest.insert(rest.begin(), a[i]);
    trim(rest);
    std::uint64_t low = 0;
    std::uint64_t high = kBase - 1;
    while (low < high) {
      std::uint64_t middle = (low + high + 1) / 2;
      if (compare(product(b, {static_cast<std::uint32_t>(middle)}), rest) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    out[i] = static_cast<std::uint32_t>(low);
    rest = difference(rest, product(b, {static_cast<std::uint32_t>(low)}));
  }
  trim(out);
  return out;
}

Decimal Decimal::add(const Decimal& other) const {
  Decimal out;
  out.exponent_ = std::min(exponent_, other.exponent_);
  Digits a = shifted(digits_, exponent_ - out.exponent_);
  Digits b = shifted(other.digits_, other.exponent_ - out.exponent_);
  if (negative_ == other.negative_) {
    out.digits_ = sum(a, b);
    out.negative_ = negative_;
  } else if (compare(a, b) >= 0) {
    out.digits_ = difference(a, b);
    out.negative_ = negative_;
  } else {
    out.digits_ = difference(b, a);
    out.negative_ = other.negative_;
  }
  return out;
}

Decimal Decimal::subtract(const Decimal& other) const {
  Decimal negated = other;
  negated.negative_ = !other.negative_;
  return add(negated);
}

Decimal Decimal::multiply(const Decimal& other) const {
  Decimal out;
  out.exponent_ = exponent_ + other.exponent_;
  out.digits_ = product(digits_, other.digits_);
  out.negative_ = negative_ != other.negative_;
  return out;
}

Decimal Decimal::divide(const Decimal& other) const {
  std::int64_t shift = exponent_ - other.exponent_ + kDivisionDigits;
  Digits a = shift > 0 ? shifted(digits_, shift) : digits_;
  Digits b = shift < 0 ? shifted(other.digits_, -shift) : other.digits_;
  Decimal out;
  Digits rest;
  out.exponent_ = -kDivisionDigits;
  out.digits_ = quotient(a, b, rest);
  out.negative_ = negative_ != other.negative_;
  if (compare(sum(rest, rest), b) >= 0) out.digits_ = sum(out.digits_, {1});
  return out;
}

double Decimal::number() const {
  if (digits_.empty()) return 0;
  std::string text;
  for (std::size_t i = digits_.size(); i-- > 0;) {
    std::string part = std::to_string(digits_[i]);
    if (!text.empty()) text.append(9 - part.size(), '0');
    text += part;
  }
  text += "e" + std::to_string(exponent_);
  double value = std::strtod(text.c_str(), nullptr);
  return negative_ ? -value : value;
}

}  // namespace lesto::gotemplate
