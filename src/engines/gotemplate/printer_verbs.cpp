// The verbs of fmt for plain values: numbers, texts, booleans.
#include <algorithm>

#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/printer.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

// The last one is the letter of the prefix.
constexpr const char* kLower = "0123456789abcdefx";
constexpr const char* kUpper = "0123456789ABCDEFX";

}  // namespace

void Printer::format_bool(const Value& value, char32_t verb) {
  if (verb != 't' && verb != 'v') return bad_verb(value, verb);
  pad(value.boolean ? "true" : "false");
}

void Printer::format_integer(const Value& value, std::uint64_t bits, Sign sign, char32_t verb) {
  switch (verb) {
    case 'v':
      if (flags_.sharp_v && sign == Sign::Unsigned) return put_0x(bits, true);
      return put_digits(bits, 10, sign, verb, kLower);
    case 'd': return put_digits(bits, 10, sign, verb, kLower);
    case 'b': return put_digits(bits, 2, sign, verb, kLower);
    case 'o':
    case 'O': return put_digits(bits, 8, sign, verb, kLower);
    case 'x': return put_digits(bits, 16, sign, verb, kLower);
    case 'X': return put_digits(bits, 16, sign, verb, kUpper);
    case 'U': return put_unicode(bits);
    case 'c': {
      std::string text;
      append_rune(text, bits > kRuneMax ? kReplacement : static_cast<char32_t>(bits));
      return pad(text);
    }
    case 'q': {
      std::string text;
      append_quoted_rune(text, bits > kRuneMax ? kReplacement : static_cast<char32_t>(bits),
                         flags_.plus ? Letters::Ascii : Letters::Printable);
      return pad(text);
    }
    default: bad_verb(value, verb);
  }
}

void Printer::format_float(const Value& value, double number, char32_t verb) {
  switch (verb) {
    case 'v': return put_float(number, 'g', -1);
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X': return put_float(number, static_cast<char>(verb), -1);
    case 'f':
    case 'e':
    case 'E': return put_float(number, static_cast<char>(verb), 6);
    case 'F': return put_float(number, 'f', 6);
    default: bad_verb(value, verb);
  }
}

void Printer::format_complex(const Value& value, char32_t verb) {
  constexpr std::string_view kVerbs = "vbgGxXfFeE";
  if (verb > 0x7F || kVerbs.find(static_cast<char>(verb)) == kVerbs.npos)
    return bad_verb(value, verb);
  bool plus = flags_.plus;
  out_ += '(';
  format_float(value, value.complex->real, verb);
  flags_.plus = true;
  format_float(value, value.complex->imaginary, verb);
  out_ += "i)";
  flags_.plus = plus;
}

void Printer::format_text(const Value& value, std::string_view text, char32_t verb) {
  switch (verb) {
    case 'v':
      if (flags_.sharp_v) return put_quoted(text);
      return pad(cut(text));
    case 's': return pad(cut(text));
    case 'x': return put_hex(text, kLower);
    case 'X': return put_hex(text, kUpper);
    case 'q': return put_quoted(text);
    default: bad_verb(value, verb);
  }
}

void Printer::padding(std::int64_t count) {
  if (count <= 0) return;
  spend(static_cast<std::size_t>(count) / 64);
  if (stopped()) return;
  out_.append(static_cast<std::size_t>(count), flags_.zero && !flags_.minus ? '0' : ' ');
}

void Printer::pad(std::string_view text) {
  if (!flags_.has_width || flags_.width == 0) {
    out_ += text;
    return;
  }
  auto missing = flags_.width - static_cast<std::int64_t>(rune_count(text));
  if (!flags_.minus) padding(missing);
  out_ += text;
  if (flags_.minus) padding(missing);
}

std::string_view Printer::cut(std::string_view text) const {
  if (!flags_.has_precision) return text;
  std::string_view rest = text;
  for (int i = 0; i < flags_.precision && !rest.empty(); ++i)
    rest.remove_prefix(decode_rune(rest).size);
  return text.substr(0, text.size() - rest.size());
}

void Printer::put_0x(std::uint64_t bits, bool leading) {
  bool sharp = flags_.sharp;
  flags_.sharp = leading;
  put_digits(bits, 16, Sign::Unsigned, 'v', kLower);
  flags_.sharp = sharp;
}

void Printer::put_digits(std::uint64_t bits, unsigned base, Sign sign, char32_t verb,
                         const char* digits) {
  bool negative = sign == Sign::Signed && static_cast<std::int64_t>(bits) < 0;
  if (negative) bits = 0 - bits;
  bool zero = flags_.zero;
  int least = 0;
  if (flags_.has_precision) {
    least = flags_.precision;
    if (least == 0 && bits == 0) {
      flags_.zero = false;
      padding(flags_.width);
      flags_.zero = zero;
      return;
    }
  } else if (flags_.zero && !flags_.minus && flags_.has_width) {
    least = flags_.width;
    if (negative || flags_.plus || flags_.space) --least;
  }
  // Written from the last digit to the first.
  std::string text;
  do {
    text += digits[bits % base];
    bits /= base;
  } while (bits != 0);
  if (static_cast<std::size_t>(std::max(least, 0)) > text.size())
    text.resize(static_cast<std::size_t>(least), '0');
  if (flags_.sharp) {
    if (base == 2) text += "b0";
    if (base == 8 && text.back() != '0') text += '0';
    if (base == 16) {
      text += digits[16];
      text += '0';
    }
  }
  if (verb == 'O') text += "o0";
  if (negative) {
    text += '-';
  } else if (flags_.plus) {
    text += '+';
  } else if (flags_.space) {
    text += ' ';
  }
  std::reverse(text.begin(), text.end());
  flags_.zero = false;
  pad(text);
  flags_.zero = zero;
}

void Printer::put_unicode(std::uint64_t code) {
  std::string digits;
  for (std::uint64_t left = code; left != 0 || digits.empty(); left /= 16)
    digits += kUpper[left % 16];
  std::size_t least =
      flags_.has_precision && flags_.precision > 4 ? static_cast<std::size_t>(flags_.precision) : 4;
  if (digits.size() < least) digits.resize(least, '0');
  std::reverse(digits.begin(), digits.end());
  std::string text = "U+" + digits;
  if (flags_.sharp && code <= kRuneMax && is_print(static_cast<char32_t>(code))) {
    text += " '";
    append_rune(text, static_cast<char32_t>(code));
    text += '\'';
  }
  bool zero = flags_.zero;
  flags_.zero = false;
  pad(text);
  flags_.zero = zero;
}

void Printer::put_quoted(std::string_view text) {
  text = cut(text);
  std::string out;
  if (flags_.sharp && can_backquote(text)) {
    out = "`" + std::string(text) + "`";
  } else {
    append_quoted(out, text, flags_.plus ? Letters::Ascii : Letters::Printable);
  }
  pad(out);
}

void Printer::put_hex(std::string_view text, const char* digits) {
  if (flags_.has_precision) text = text.substr(0, static_cast<std::size_t>(flags_.precision));
  if (text.empty()) {
    if (flags_.has_width) padding(flags_.width);
    return;
  }
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool apart = flags_.space && i > 0;
    if (apart) out += ' ';
    if (flags_.sharp && (i == 0 || apart)) {
      out += '0';
      out += digits[16];
    }
    auto byte = static_cast<unsigned char>(text[i]);
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  auto missing = flags_.has_width ? flags_.width - static_cast<std::int64_t>(out.size()) : 0;
  if (!flags_.minus) padding(missing);
  out_ += out;
  if (flags_.minus) padding(missing);
}

namespace {

// %#g and the like keep the point and the zeros of the precision.
std::string with_point(std::string number, char form, int precision) {
  int digits = 0;
  if (form == 'g' || form == 'G' || form == 'x') digits = precision < 0 ? 6 : precision;
  bool hex = form == 'x' || form == 'X';
  std::string tail;
  bool point = false;
  bool nonzero = false;
  for (std::size_t i = 1; i < number.size(); ++i) {
    char c = number[i];
    if (c == '.') {
      point = true;
    } else if (c == 'p' || c == 'P' || (!hex && (c == 'e' || c == 'E'))) {
      tail = number.substr(i);
      number.resize(i);
    } else {
      nonzero = nonzero || c != '0';
      if (nonzero) --digits;
    }
  }
  if (!point) {
    if (number.size() == 2 && number[1] == '0') --digits;
    number += '.';
  }
  if (digits > 0) number.append(static_cast<std::size_t>(digits), '0');
  return number + tail;
}

}  // namespace

void Printer::put_float(double value, char form, int precision) {
  if (flags_.has_precision) precision = flags_.precision;
  spend(static_cast<std::size_t>(std::max(precision, 0)) / 64);
  if (stopped()) return;
  std::string number;
  append_float(number, value, form, precision);
  if (number[0] != '-' && number[0] != '+') number.insert(number.begin(), '+');
  if (flags_.space && number[0] == '+' && !flags_.plus) number[0] = ' ';
  bool zero = flags_.zero;
  if (number[1] == 'I' || number[1] == 'N') {
    flags_.zero = false;
    if (number[1] == 'N' && !flags_.space && !flags_.plus) number.erase(0, 1);
    // Only +Inf, -Inf and NaN: the sign of infinity is always written.
    pad(number);
    flags_.zero = zero;
    return;
  }
  if (flags_.sharp && form != 'b') number = with_point(std::move(number), form, precision);
  if (!flags_.plus && number[0] == '+') {
    pad(std::string_view(number).substr(1));
    return;
  }
  auto missing = flags_.has_width ? flags_.width - static_cast<std::int64_t>(number.size()) : 0;
  if (flags_.zero && !flags_.minus && missing > 0) {
    out_ += number[0];
    padding(missing);
    out_ += std::string_view(number).substr(1);
    return;
  }
  pad(number);
}

}  // namespace lesto::gotemplate
