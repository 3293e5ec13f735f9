#include "foundation/base/hash.h"

#include <openssl/sha.h>

namespace lesto {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> base64_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<std::uint8_t>(kBase64[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto kBase64Values = base64_values();

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<std::uint8_t>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  Digest digest = sha256(bytes);
  return hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string name_hash(std::string_view bytes, std::size_t length) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  Digest digest = sha256(bytes);
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (std::uint8_t byte : digest) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 5 && text.size() < length) {
      count -= 5;
      text += alphabet[bits >> count & 31];
    }
  }
  return text;
}

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < have ? static_cast<std::uint8_t>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= have ? kBase64[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

Result<std::string> base64_decode(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t group = 0;
  std::size_t count = 0;
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n' || c == '\r') continue;
    std::int8_t value = kBase64Values[static_cast<std::uint8_t>(c)];
    bool pad = c == '=' && count % 4 >= 2;
    if ((value < 0 && !pad) || (value >= 0 && padding > 0) || (pad && padding == 2)) {
      return fail(Code::Invalid, "illegal base64 data at input byte " + std::to_string(i));
    }
    padding += pad ? 1 : 0;
    group = group << 6 | static_cast<std::uint32_t>(pad ? 0 : value);
    if (++count % 4 == 0) {
      for (std::size_t k = 0; k < 3 - padding; ++k) bytes += static_cast<char>(group >> (16 - 8 * k) & 255);
      group = 0;
    }
  }
  if (count % 4 != 0) return fail(Code::Invalid, "illegal base64 data at input byte " + std::to_string(text.size()));
  return bytes;
}

}  // namespace lesto
