// Protocol buffers on the wire: fields of a message, one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::apiserver {

struct WireField {
  std::uint32_t number = 0;
  std::uint8_t type = 0;    // 0 varint, 1 64-bit, 2 bytes, 5 32-bit
  std::uint64_t value = 0;  // of 0, 1 and 5
  std::string_view bytes;   // of 2
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }
  Result<WireField> next();
  // One number without a field around it, as packed lists hold them.
  Result<std::uint64_t> varint();
  Result<std::uint64_t> fixed(std::size_t size);

 private:
  std::string_view rest_;
};

}  // namespace lesto::apiserver
