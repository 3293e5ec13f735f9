// Sprig's base 64 and base 32. What cannot be decoded gives Go's error as the text.
#include "engines/gotemplate/codecs.h"
#include "engines/gotemplate/sprig.h"
#include "foundation/base/hash.h"

namespace lesto::gotemplate {
namespace {

Answer b64enc(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 2); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.give(base64_encode(call.text(0)));
}

Answer b64dec(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size()); !reserved) {
    return std::unexpected(reserved.error());
  }
  auto decoded = decode_base64(call.text(0));
  return call.give(decoded ? *decoded : decoded.error());
}

Answer b32enc(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size() * 2); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.give(encode_base32(call.text(0)));
}

Answer b32dec(Call& call) {
  if (Outcome reserved = call.context.reserve(call.text(0).size()); !reserved) {
    return std::unexpected(reserved.error());
  }
  auto decoded = decode_base32(call.text(0));
  return call.give(decoded ? *decoded : decoded.error());
}

constexpr Function kFunctions[] = {
    {"b64enc", Group::Encoding, "s>s", b64enc},
    {"b64dec", Group::Encoding, "s>s", b64dec},
    {"b32enc", Group::Encoding, "s>s", b32enc},
    {"b32dec", Group::Encoding, "s>s", b32dec},
};

}  // namespace

std::span<const Function> encoding_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
