// Values of TOML: numbers, dates, texts.
#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/toml.h"
#include "engines/gotemplate/toml_characters.h"
#include "engines/gotemplate/toml_reader.h"
#include "engines/gotemplate/toml_text.h"

namespace lesto::gotemplate {

using namespace toml;

std::string_view TomlReader::run(bool (*fits)(char32_t)) {
  std::size_t start = at_;
  while (at_ < text_.size() && fits(static_cast<unsigned char>(text_[at_]))) ++at_;
  return text_.substr(start, at_ - start);
}

TomlNode* TomlReader::number_or_date() {
  std::size_t start = at_;
  auto taken = [&] { return text_.substr(start, at_ - start); };
  auto more = [](char32_t c) { return digit(c) || c == '_'; };
  if (text_[at_] == '0' && at_ + 1 < text_.size()) {
    char base = text_[at_ + 1];
    if (base == 'b' || base == 'o' || base == 'x') {
      at_ += 2;
      char32_t c = peek();
      bool good = base == 'b'   ? c == '0' || c == '1'
                  : base == 'o' ? c >= '0' && c <= '7'
                                : hex_digit(c);
      if (!good) {
        const char* what = base == 'b'   ? "not a binary number: '"
                           : base == 'o' ? "not an octal number: '"
                                         : "not a hexadecimal number: '";
        std::string message = what + std::string(taken());
        append_rune(message, c == kEnd ? 0 : c);
        return fail(message + "'");
      }
      run(base == 'b'   ? [](char32_t d) { return d == '0' || d == '1' || d == '_'; }
          : base == 'o' ? [](char32_t d) { return (d >= '0' && d <= '7') || d == '_'; }
                        : [](char32_t d) { return hex_digit(d) || d == '_'; });
      return integer(taken());
    }
  }
  run(digit);
  char32_t c = peek();
  if (c == '-' || c == ':') {
    run([](char32_t d) {
      return digit(d) || d == '-' || d == ':' || d == 'T' || d == 't' || d == ' ' || d == '.' ||
             d == 'Z' || d == 'z' || d == '+';
    });
    std::string_view text = taken();
    while (text.ends_with(' ')) text.remove_suffix(1);
    return date(text);
  }
  if (c == '_') run(more);
  c = peek();
  if (c == '.' || c == 'e' || c == 'E') {
    run([](char32_t d) {
      return digit(d) || d == '_' || d == '.' || d == '-' || d == '+' || d == 'e' || d == 'E';
    });
    return floating(taken());
  }
  return integer(taken());
}

// After a sign.
TomlNode* TomlReader::signed_number() {
  std::size_t start = at_ - 1;
  auto taken = [&] { return text_.substr(start, at_ - start); };
  char32_t c = next();
  if (failed()) return nullptr;
  if (c == 'i' || c == 'n') {
    std::string_view rest = c == 'i' ? "nf" : "an";
    if (!take(rest)) return fail("invalid float: '" + std::string(taken()) + "'");
    return floating(taken());
  }
  if (c == '0' && (peek() == 'b' || peek() == 'o' || peek() == 'x')) {
    return fail("cannot use sign with non-decimal numbers: '" + std::string(taken()) +
                static_cast<char>(peek()) + "'");
  }
  if (c == '.') return fail("floats must start with a digit, not '.'");
  if (c == kEnd || !digit(c)) return fail("expected a digit but got " + shown(c));
  run([](char32_t d) { return digit(d) || d == '_'; });
  c = peek();
  if (c != '.' && c != 'e' && c != 'E') return integer(taken());
  run([](char32_t d) {
    return digit(d) || d == '_' || d == '.' || d == '-' || d == '+' || d == 'e' || d == 'E';
  });
  return floating(taken());
}

// true, false, inf, nan.
TomlNode* TomlReader::word() {
  if (take("inf")) return floating("inf");
  if (take("nan")) return floating("nan");
  std::size_t start = at_;
  while (peek() != kEnd && is_letter(peek()) && !failed()) next();
  std::string_view text = text_.substr(start, at_ - start);
  if (failed()) return nullptr;
  if (text == "true" || text == "false") return scalar(Value::of_bool(text == "true"));
  return fail("expected value but found " + quoted(text) + " instead");
}

bool underscores_fit(std::string_view text) {
  bool accept = false;
  for (char c : text) {
    if (c == '_' && !accept) return false;
    accept = hex_digit(static_cast<unsigned char>(c));
  }
  return accept;
}

bool leading_zero(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && text[1] != 'b' && text[1] != 'o' && text[1] != 'x')
    return true;
  return text.size() > 2 && (text[0] == '-' || text[0] == '+') && text[1] == '0';
}

TomlNode* TomlReader::integer(std::string_view text) {
  std::string invalid = "Invalid integer " + quoted(text) + ": ";
  if (!underscores_fit(text)) return fail(invalid + "underscores must be surrounded by digits");
  if (leading_zero(text)) return fail(invalid + "cannot have leading zeroes");
  ParsedInt parsed = parse_int(text, 0);
  if (!parsed.ok()) return fail(std::string(text) + " is out of range for int64");
  return scalar(Value::of_int64(parsed.value));
}

TomlNode* TomlReader::floating(std::string_view text) {
  std::string invalid = "Invalid float " + quoted(text) + ": ";
  bool named = text.ends_with("inf") || text.ends_with("nan");
  std::string_view rest = text;
  bool first = true;
  while (!named && !rest.empty()) {
    std::size_t end = rest.find_first_of(".eE");
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (part.empty()) continue;
    if (!underscores_fit(part)) return fail(invalid + "underscores must be surrounded by digits");
    if (first && leading_zero(part)) return fail(invalid + "cannot have leading zeroes");
    first = false;
  }
  for (std::size_t at = text.find('.'); at != text.npos; at = text.find('.', at + 1)) {
    bool followed = at + 1 < text.size() && digit(static_cast<unsigned char>(text[at + 1]));
    if (!followed) return fail(invalid + "'.' must be followed by one or more digits");
  }
  std::string digits;
  for (char c : text) {
    if (c != '_') digits += c;
  }
  bool negative_nan = digits == "-nan";
  if (digits == "+nan" || negative_nan) digits = "nan";
  ParsedFloat parsed = parse_float(digits);
  if (parsed.fault == NumberFault::Range)
    return fail(std::string(text) + " is out of range for float64");
  if (!parsed.ok()) return fail("Invalid float value: " + quoted(text));
  return scalar(Value::of_float(negative_nan ? -parsed.value : parsed.value));
}

TomlNode* TomlReader::date(std::string_view text) {
  std::string value(text);
  for (char& c : value) {
    if (c == 'z') c = 'Z';
    if (c == 't' || c == ' ') c = 'T';
  }
  const std::pair<std::string_view, const Zone*> layouts[] = {
      {"2006-01-02T15:04:05.999999999Z07:00", &kLocalZone},
      {"2006-01-02T15:04:05.999999999", &kTomlDatetime},
      {"2006-01-02", &kTomlDate},
      {"15:04:05.999999999", &kTomlTime},
      {"2006-01-02T15:04Z07:00", &kLocalZone},
      {"2006-01-02T15:04", &kTomlDatetime},
      {"15:04", &kTomlTime},
  };
  for (const auto& [layout, zone] : layouts) {
    auto parsed = parse_time(layout, value);
    if (!parsed) continue;
    // Go reads hours of one digit, TOML has none.
    for (std::size_t i = 0; i < layout.size() && layout[i] != '.' && layout[i] != 'Z'; ++i) {
      bool mark = layout[i] < '0' || layout[i] > '9';
      if (mark && (i >= value.size() || value[i] != layout[i]))
        return fail("invalid datetime: " + quoted(value));
    }
    Moment moment{parsed->seconds, parsed->nanoseconds, zone};
    if (parsed->in == ParsedTime::In::Utc) moment.zone = nullptr;
    if (parsed->in == ParsedTime::In::Fixed)
      moment.zone = heap_.make(Zone{{}, parsed->offset, {}, nullptr, 0});
    Value made = Value::of(Type::Time);
    made.moment = heap_.make(moment);
    return scalar(made);
  }
  return fail("invalid datetime: " + quoted(value));
}

bool TomlReader::escape(std::string& out, bool multi_line) {
  std::size_t start = at_ - 1;
  if (multi_line) {
    // A backslash at the end of a line eats the white space up to the next text.
    std::size_t end = at_;
    while (end < text_.size() && (blank(static_cast<unsigned char>(text_[end])) ||
                                  line_break(static_cast<unsigned char>(text_[end])))) {
      ++end;
    }
    if (text_.substr(at_, end - at_).find('\n') != text_.npos) {
      while (at_ < end && !failed()) next();
      return !failed();
    }
  }
  char32_t c = next();
  if (failed()) return false;
  std::size_t digits = 0;
  switch (c) {
    case 'b': out += '\b'; return true;
    case 't': out += '\t'; return true;
    case 'n': out += '\n'; return true;
    case 'f': out += '\f'; return true;
    case 'r': out += '\r'; return true;
    case 'e': out += '\x1B'; return true;
    case '"': out += '"'; return true;
    case '\\': out += '\\'; return true;
    case 'x': digits = 2; break;
    case 'u': digits = 4; break;
    case 'U': digits = 8; break;
    case ' ':
    case '\t':
      fail("invalid escape: '\\" + std::string(1, static_cast<char>(c)) + "'");
      return false;
    default: {
      std::string message = "invalid escape in string '\\";
      append_rune(message, c == kEnd ? 0 : c);
      fail(message + "'");
      return false;
    }
  }
  const char* names[] = {"two", "four", "eight"};
  char32_t code = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    char32_t d = next();
    if (failed()) return false;
    if (!hex_digit(d) || d == kEnd) {
      fail(std::string("expected ") + names[digits / 4] + " hexadecimal digits after '\\" +
           static_cast<char>(c) + "', but got " + quoted(text_.substr(start, at_ - start)) +
           " instead");
      return false;
    }
    code = code << 4 | (digit(d) ? d - '0' : (d | 32) - 'a' + 10);
  }
  if (code > kRuneMax || (code >= 0xD800 && code <= 0xDFFF)) {
    fail("Escaped character '\\u" + std::string(text_.substr(at_ - digits, digits)) +
         "' is not valid UTF-8.");
    return false;
  }
  append_rune(out, code);
  return true;
}

bool TomlReader::string(std::string& out) {
  for (;;) {
    char32_t c = peek();
    if (line_break(c)) {
      fail("strings cannot contain newlines");
      return false;
    }
    next();
    if (failed()) return false;
    if (c == '"') return true;
    if (c == kEnd) {
      fail("unexpected EOF; expected '\"'");
      return false;
    }
    if (c != '\\') {
      append_rune(out, c);
    } else if (!escape(out, false)) {
      return false;
    }
  }
}

bool TomlReader::multi_line_string(std::string& out) {
  if (!take("\r\n")) take("\n");
  if (at_ > 0 && text_[at_ - 1] == '\n') ++line_;
  for (;;) {
    if (take("\"\"\"")) {
      // Up to two quotes may stand before the end.
      for (int i = 0; i < 2 && peek() == '"'; ++i) out += static_cast<char>(next());
      if (peek() != '"') return true;
      fail("unexpected '\"\"\"\"\"\"'");
      return false;
    }
    char32_t c = next();
    if (failed()) return false;
    if (c == kEnd) {
      fail("unexpected EOF; expected '\"\"\"'");
      return false;
    }
    if (c != '\\') {
      append_rune(out, c);
    } else if (!escape(out, true)) {
      return false;
    }
  }
}

bool TomlReader::raw_string(std::string& out) {
  for (;;) {
    char32_t c = peek();
    if (line_break(c)) {
      fail("strings cannot contain newlines");
      return false;
    }
    next();
    if (failed()) return false;
    if (c == '\'') return true;
    if (c == kEnd) {
      fail("unexpected EOF; expected \"'\"");
      return false;
    }
    append_rune(out, c);
  }
}

bool TomlReader::multi_line_raw_string(std::string& out) {
  if (!take("\r\n")) take("\n");
  if (at_ > 0 && text_[at_ - 1] == '\n') ++line_;
  for (;;) {
    if (take("'''")) {
      for (int i = 0; i < 2 && peek() == '\''; ++i) out += static_cast<char>(next());
      if (peek() != '\'') return true;
      fail("unexpected \"''''''\"");
      return false;
    }
    char32_t c = next();
    if (failed()) return false;
    if (c == kEnd) {
      fail("unexpected EOF; expected \"'''\"");
      return false;
    }
    append_rune(out, c);
  }
}

}  // namespace lesto::gotemplate
