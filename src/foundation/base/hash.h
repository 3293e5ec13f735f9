// Digests and the encodings that go with them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
std::string hex(std::string_view bytes);
// sha256 as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

// The first `length` characters of the digest in lower-case base 32 (a-z, 2-7): a name that is safe in every
// Kubernetes name and label. Used for derived names; 20 characters are 100 bits.
std::string name_hash(std::string_view bytes, std::size_t length = 20);

// Standard base64 with padding (RFC 4648 section 4). Decoding skips line breaks, as Go's decoder does.
std::string base64_encode(std::string_view bytes);
Result<std::string> base64_decode(std::string_view text);

}  // namespace lesto
