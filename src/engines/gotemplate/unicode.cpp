#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

Rune decode_rune(std::string_view text) {
  if (text.empty()) return {kReplacement, 0};
  auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return {first, 1};
  unsigned size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {kReplacement, 1};
  char32_t code = first & (0x7Fu >> size);
  for (unsigned i = 1; i < size; ++i) {
    if (!continues(text[i])) return {kReplacement, 1};
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > kRuneMax) return {kReplacement, 1};
  return {code, size};
}

Rune decode_last_rune(std::string_view text) {
  if (text.empty()) return {kReplacement, 0};
  std::size_t start = text.size() - 1;
  std::size_t least = text.size() > 4 ? text.size() - 4 : 0;
  while (start > least && continues(text[start])) --start;
  Rune rune = decode_rune(text.substr(start));
  if (start + rune.size != text.size()) return {kReplacement, 1};
  return rune;
}

void append_rune(std::string& out, char32_t code) {
  if (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
  auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::size_t rune_count(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(decode_rune(text).size);
    ++count;
  }
  return count;
}

bool valid_utf8(std::string_view text) {
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    if (rune.wrong()) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

std::string upper(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    append_rune(out, to_upper(rune.code));
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    append_rune(out, to_lower(rune.code));
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    if (!is_space(rune.code)) break;
    text.remove_prefix(rune.size);
  }
  while (!text.empty()) {
    Rune rune = decode_last_rune(text);
    if (!is_space(rune.code)) break;
    text.remove_suffix(rune.size);
  }
  return text;
}

}  // namespace lesto::gotemplate
