#include "foundation/json/text.h"

#include <simdjson.h>

#include <array>
#include <charconv>
#include <optional>

#include "foundation/json/number.h"
#include "foundation/json/slow_parse.h"
#include "foundation/json/tape.h"
#include "foundation/json/utf8.h"

namespace lesto::json {
namespace {

// A parser keeps room for the longest text that it has read, unless it is longer than this.
constexpr std::size_t kKeptMax = 4 << 20;

// Bytes that every form of JSON text shows as they are: nearly all of them.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = true;
  for (char special : std::string_view("\"\\<>&")) plain[static_cast<std::size_t>(special)] = false;
  return plain;
}();

void append_string(std::string& out, std::string_view text, const WriteOptions& options) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (kPlain[byte]) continue;
    bool html =
        options.escape_html == EscapeHtml::Yes && (byte == '<' || byte == '>' || byte == '&');
    bool separator = byte == 0xE2 && text.substr(i).starts_with("\xE2\x80") &&
                     i + 2 < text.size() &&
                     (static_cast<unsigned char>(text[i + 2]) & 0xFE) == 0xA8;
    if (byte >= 0x80 && !separator) {
      Rune rune = rune_at(text, i);
      if (rune.valid) {
        i += rune.size - 1;
        continue;
      }
      out.append(text, start, i - start);
      out += "\\ufffd";
      start = i + 1;
      continue;
    }
    if (byte >= 0x20 && byte != '"' && byte != '\\' && !html && !separator) continue;
    out.append(text, start, i - start);
    start = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case 0xE2:
        out += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
        i += 2;
        start = i + 1;
        break;
      default:
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
  }
  out.append(text, start);
  out += '"';
}

void line_break(std::string& out, unsigned indent, std::size_t depth) {
  if (indent == 0) return;
  out += '\n';
  out.append(indent * depth, ' ');
}

void append_at(std::string& out, const Value& value, const WriteOptions& options,
               std::size_t depth);

void append_members(std::string& out, const Value& value, const WriteOptions& options,
                    std::size_t depth) {
  out += '{';
  bool first = true;
  for (const Member& member : value.members()) {
    if (!first) out += ',';
    first = false;
    line_break(out, options.indent, depth + 1);
    append_string(out, member.name(), options);
    out += options.indent ? ": " : ":";
    append_at(out, member.value, options, depth + 1);
  }
  if (!first) line_break(out, options.indent, depth);
  out += '}';
}

void append_at(std::string& out, const Value& value, const WriteOptions& options,
               std::size_t depth) {
  if (depth > kWriteDepthMax) {
    out += "null";
    return;
  }
  switch (value.kind()) {
    case Kind::Null: out += "null"; break;
    case Kind::Bool: out += value.boolean() ? "true" : "false"; break;
    case Kind::Int: {
      char buffer[24];
      auto end = std::to_chars(buffer, buffer + sizeof buffer, value.integer()).ptr;
      out.append(buffer, end);
      break;
    }
    case Kind::Double: append_json_number(out, value.number()); break;
    case Kind::String: append_string(out, value.text(), options); break;
    case Kind::Array: {
      out += '[';
      bool first = true;
      for (const Value& item : value.items()) {
        if (!first) out += ',';
        first = false;
        line_break(out, options.indent, depth + 1);
        append_at(out, item, options, depth + 1);
      }
      if (!first) line_break(out, options.indent, depth);
      out += ']';
      break;
    }
    case Kind::Object: append_members(out, value, options, depth); break;
  }
}

}  // namespace

Result<Value> parse(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  std::optional<Value> value;
  if (!parser.parse(text.data(), text.size()).error()) {
    const auto* texts = reinterpret_cast<const char*>(parser.doc.string_buf.get());
    value = read_tape(parser.doc.tape.get(), texts);
  }
  if (parser.capacity() > kKeptMax) parser = simdjson::dom::parser();
  if (value) return std::move(*value);
  return parse_slowly(text);
}

Result<Strict> parse_strict(std::string_view text) {
  Strict strict;
  TRY_ASSIGN(strict.value, parse_slowly(text, &strict.problems));
  return strict;
}

void append(std::string& out, const Value& value, const WriteOptions& options) {
  append_at(out, value, options, 0);
}

std::string write(const Value& value, const WriteOptions& options) {
  std::string out;
  append(out, value, options);
  return out;
}

}  // namespace lesto::json
