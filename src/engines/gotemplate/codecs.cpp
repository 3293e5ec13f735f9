#include "engines/gotemplate/codecs.h"

#include <cstdint>

namespace lesto::gotemplate {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::unexpected<std::string> corrupt(const char* base, std::size_t at) {
  return std::unexpected("illegal " + std::string(base) + " data at input byte " +
                         std::to_string(at));
}

bool line_break(char c) { return c == '\n' || c == '\r'; }

}  // namespace

std::expected<std::string, std::string> decode_base64(std::string_view text) {
  constexpr const char* kName = "base64";
  std::string out;
  std::size_t at = 0;
  auto skip_breaks = [&] {
    while (at < text.size() && line_break(text[at])) ++at;
  };
  for (;;) {
    std::uint32_t bits = 0;
    unsigned count = 0;
    bool padded = false;
    while (count < 4) {
      if (at == text.size()) {
        if (count == 0) return out;
        return corrupt(kName, at - count);
      }
      char c = text[at++];
      std::size_t digit = kBase64.find(c);
      if (digit != kBase64.npos) {
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        ++count;
        continue;
      }
      if (line_break(c)) continue;
      if (c != '=' || count < 2) return corrupt(kName, at - 1);
      if (count == 2) {
        skip_breaks();
        if (at == text.size()) return corrupt(kName, text.size());
        if (text[at] != '=') return corrupt(kName, at - 1);
        ++at;
      }
      skip_breaks();
      if (at < text.size()) return corrupt(kName, at);
      padded = true;
      break;
    }
    bits <<= 6 * (4 - count);
    for (unsigned i = 0; i + 1 < count; ++i) out += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
    if (padded) return out;
  }
}

std::expected<std::string, std::string> decode_base32(std::string_view encoded) {
  constexpr const char* kName = "base32";
  std::string text;
  for (char c : encoded) {
    if (!line_break(c)) text += c;
  }
  std::string out;
  std::size_t at = 0;
  bool padded = false;
  while (at < text.size() && !padded) {
    std::uint64_t bits = 0;
    unsigned count = 0;
    while (count < 8) {
      if (at == text.size()) return corrupt(kName, at - count);
      char c = text[at++];
      std::size_t left = text.size() - at;
      if (c == '=' && count >= 2 && left < 8) {
        if (left + count < 7) return corrupt(kName, text.size());
        for (std::size_t k = 0; k < 7 - count; ++k) {
          if (left > k && text[at + k] != '=') return corrupt(kName, at + k - 1);
        }
        if (count == 3 || count == 6) return corrupt(kName, at - 1);
        padded = true;
        break;
      }
      std::size_t digit = kBase32.find(c);
      if (digit == kBase32.npos) return corrupt(kName, at - 1);
      bits = bits << 5 | digit;
      ++count;
    }
    bits <<= 5 * (8 - count);
    for (unsigned i = 0; i < count * 5 / 8; ++i)
      out += static_cast<char>(bits >> (32 - 8 * i) & 0xFF);
  }
  return out;
}

std::string encode_base32(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    std::string_view group = bytes.substr(at, 5);
    std::uint64_t bits = 0;
    for (char c : group) bits = bits << 8 | static_cast<unsigned char>(c);
    bits <<= 8 * (5 - group.size());
    std::size_t digits = (group.size() * 8 + 4) / 5;
    for (std::size_t i = 0; i < 8; ++i)
      out += i < digits ? kBase32[bits >> (35 - 5 * i) & 31] : '=';
  }
  return out;
}

}  // namespace lesto::gotemplate
