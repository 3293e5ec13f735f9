#include "engines/gotemplate/quote.h"

#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_hex_escape(std::string& out, char letter, char32_t code, unsigned digits) {
  out += '\\';
  out += letter;
  while (digits > 0) out += kHex[code >> (4 * --digits) & 0xF];
}

void append_escaped(std::string& out, char32_t code, char quote, Letters letters) {
  if (code == static_cast<char32_t>(quote) || code == '\\') {
    out += '\\';
    out += static_cast<char>(code);
    return;
  }
  if (is_print(code) && (letters == Letters::Printable || code < 0x80)) {
    append_rune(out, code);
    return;
  }
  switch (code) {
    case '\a': out += "\\a"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\v': out += "\\v"; return;
    default: break;
  }
  if (code < ' ' || code == 0x7F) {
    append_hex_escape(out, 'x', code, 2);
    return;
  }
  if (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
  if (code < 0x10000) {
    append_hex_escape(out, 'u', code, 4);
  } else {
    append_hex_escape(out, 'U', code, 8);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<UnquotedRune> unquote_hex(std::string_view text, unsigned digits, bool byte) {
  if (text.size() < digits) return std::nullopt;
  char32_t code = 0;
  for (unsigned i = 0; i < digits; ++i) {
    int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    code = code << 4 | static_cast<char32_t>(digit);
  }
  if (!byte && (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF))) return std::nullopt;
  return UnquotedRune{code, text.substr(digits)};
}

std::optional<UnquotedRune> unquote_escape(std::string_view text, char quote) {
  char letter = text[0];
  std::string_view rest = text.substr(1);
  switch (letter) {
    case 'a': return UnquotedRune{'\a', rest};
    case 'b': return UnquotedRune{'\b', rest};
    case 'f': return UnquotedRune{'\f', rest};
    case 'n': return UnquotedRune{'\n', rest};
    case 'r': return UnquotedRune{'\r', rest};
    case 't': return UnquotedRune{'\t', rest};
    case 'v': return UnquotedRune{'\v', rest};
    case 'x': return unquote_hex(rest, 2, true);
    case 'u': return unquote_hex(rest, 4, false);
    case 'U': return unquote_hex(rest, 8, false);
    case '\\': return UnquotedRune{'\\', rest};
    case '\'':
    case '"':
      if (letter != quote) return std::nullopt;
      return UnquotedRune{static_cast<char32_t>(letter), rest};
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7': {
      if (text.size() < 3) return std::nullopt;
      char32_t code = 0;
      for (unsigned i = 0; i < 3; ++i) {
        if (text[i] < '0' || text[i] > '7') return std::nullopt;
        code = code << 3 | static_cast<char32_t>(text[i] - '0');
      }
      if (code > 255) return std::nullopt;
      return UnquotedRune{code, text.substr(3)};
    }
    default: return std::nullopt;
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text, Letters letters) {
  out += '"';
  while (!text.empty()) {
    auto first = static_cast<unsigned char>(text[0]);
    if (first >= 0x20 && first < 0x7F && first != '"' && first != '\\') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    Rune rune = decode_rune(text);
    if (rune.wrong()) {
      append_hex_escape(out, 'x', first, 2);
    } else {
      append_escaped(out, rune.code, '"', letters);
    }
    text.remove_prefix(rune.size);
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

void append_quoted_rune(std::string& out, char32_t code, Letters letters) {
  if (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF)) code = kReplacement;
  out += '\'';
  append_escaped(out, code, '\'', letters);
  out += '\'';
}

bool can_backquote(std::string_view text) {
  while (!text.empty()) {
    Rune rune = decode_rune(text);
    if (rune.wrong() || rune.code == 0xFEFF) return false;
    if (rune.code < 0x80 &&
        ((rune.code < ' ' && rune.code != '\t') || rune.code == '`' || rune.code == 0x7F)) {
      return false;
    }
    text.remove_prefix(rune.size);
  }
  return true;
}

std::optional<UnquotedRune> unquote_rune(std::string_view text, char quote) {
  if (text.empty()) return std::nullopt;
  if (text[0] == quote && (quote == '\'' || quote == '"')) return std::nullopt;
  if (text[0] == '\\') {
    if (text.size() < 2) return std::nullopt;
    return unquote_escape(text.substr(1), quote);
  }
  Rune rune = decode_rune(text);
  return UnquotedRune{rune.code, text.substr(rune.size)};
}

std::optional<std::string> unquote(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  char quote = literal[0];
  std::string_view text = literal.substr(1, literal.size() - 2);
  std::string out;
  if (quote == '`') {
    if (text.find('`') != text.npos) return std::nullopt;
    for (char c : text) {
      if (c != '\r') out += c;
    }
    return out;
  }
  if (quote != '"') return std::nullopt;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text[0] == '\n') return std::nullopt;
    auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80 && first != '\\' && first != '"') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    bool byte = text.size() > 1 && text[0] == '\\' &&
                (text[1] == 'x' || (text[1] >= '0' && text[1] <= '7'));
    auto rune = unquote_rune(text, quote);
    if (!rune) return std::nullopt;
    if (byte) {
      out += static_cast<char>(rune->code);
    } else {
      append_rune(out, rune->code);
    }
    text = rune->rest;
  }
  return out;
}

}  // namespace lesto::gotemplate
