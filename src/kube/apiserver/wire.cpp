#include "kube/apiserver/wire.h"

namespace lesto::apiserver {
namespace {

std::unexpected<Error> broken(std::string_view what) {
  return fail(Code::Invalid, "proto: " + std::string(what));
}

}  // namespace

Result<std::uint64_t> WireReader::varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (rest_.empty()) return broken("unexpected EOF");
    auto byte = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return broken("integer overflow");
}

Result<std::uint64_t> WireReader::fixed(std::size_t size) {
  if (rest_.size() < size) return broken("unexpected EOF");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  rest_.remove_prefix(size);
  return value;
}

Result<WireField> WireReader::next() {
  TRY_ASSIGN(std::uint64_t tag, varint());
  WireField field;
  if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff) return broken("illegal tag");
  field.number = static_cast<std::uint32_t>(tag >> 3);
  field.type = static_cast<std::uint8_t>(tag & 7);
  switch (field.type) {
    case 0: {
      TRY_ASSIGN(field.value, varint());
      return field;
    }
    case 1: {
      TRY_ASSIGN(field.value, fixed(8));
      return field;
    }
    case 5: {
      TRY_ASSIGN(field.value, fixed(4));
      return field;
    }
    case 2: {
      TRY_ASSIGN(std::uint64_t size, varint());
      if (size > rest_.size()) return broken("unexpected EOF");
      field.bytes = rest_.substr(0, size);
      rest_.remove_prefix(size);
      return field;
    }
    default:
      return broken("illegal wire type " + std::to_string(field.type));
  }
}

}  // namespace lesto::apiserver
