#include "engines/gotemplate/escapes.h"

#include <cstdio>

#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

void append_js_byte(std::string& out, char c) {
  switch (c) {
    case '\\': out += "\\\\"; return;
    case '\'': out += "\\'"; return;
    case '"': out += "\\\""; return;
    case '<': out += "\\u003C"; return;
    case '>': out += "\\u003E"; return;
    case '&': out += "\\u0026"; return;
    case '=': out += "\\u003D"; return;
    default: break;
  }
  auto byte = static_cast<unsigned char>(c);
  if (byte >= ' ') {
    out += c;
    return;
  }
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0xF];
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '\0': out += "\xEF\xBF\xBD"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string js_escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
      append_js_byte(out, text[0]);
      text.remove_prefix(1);
      continue;
    }
    Rune rune = decode_rune(text);
    if (is_print(rune.code)) {
      out += text.substr(0, rune.size);
    } else {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(rune.code));
      out += escape;
    }
    text.remove_prefix(rune.size);
  }
  return out;
}

std::string query_escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '_' || c == '.' || c == '~';
    auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    }
  }
  return out;
}

}  // namespace lesto::gotemplate
