// Decimal numbers of any size, for addf and its kin: shopspring/decimal's arithmetic.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lesto::gotemplate {

class Decimal {
 public:
  // The shortest decimal that reads back as the number, which is finite.
  static Decimal of(double number);

  Decimal add(const Decimal& other) const;
  Decimal subtract(const Decimal& other) const;
  Decimal multiply(const Decimal& other) const;
  // Rounded half away from zero at 16 digits after the point. The divisor is not zero.
  Decimal divide(const Decimal& other) const;

  bool zero() const { return digits_.empty(); }
  double number() const;
  // How many words it takes.
  std::size_t size() const { return digits_.size(); }

 private:
  // Base 1,000,000,000, the least first, without leading zeros.
  using Digits = std::vector<std::uint32_t>;

  static int compare(const Digits& a, const Digits& b);
  static Digits sum(const Digits& a, const Digits& b);
  static Digits difference(const Digits& larger, const Digits& smaller);
  static Digits product(const Digits& a, const Digits& b);
  static Digits quotient(const Digits& a, const Digits& b, Digits& rest);
  static Digits shifted(const Digits& digits, std::int64_t tens);
  static void trim(Digits& digits);

  Digits digits_;
  std::int64_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace lesto::gotemplate
