// Kubernetes' quantities: "500m", "1Gi", "1e3".
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::cel {

enum class QuantityForm : std::uint8_t { Decimal, Binary, Exponent };

// Exact to a billionth; beyond 2^63 - 1 all numbers are that.
struct Quantity {
  __int128 nanos = 0;
  QuantityForm form = QuantityForm::Decimal;

  bool is_whole() const { return nanos % 1'000'000'000 == 0; }
  friend auto operator<=>(const Quantity& a, const Quantity& b) { return a.nanos <=> b.nanos; }
  friend bool operator==(const Quantity& a, const Quantity& b) { return a.nanos == b.nanos; }
};

Result<Quantity> read_quantity(std::string_view text);

// The canonical form: "1000m" is "1", "0.5" is "500m", "1024Mi" is "1Gi".
std::string quantity_text(const Quantity& quantity);

}  // namespace lesto::cel
