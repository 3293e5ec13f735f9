#include "foundation/json/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "foundation/json/number.h"

namespace lesto::json {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Word {
  std::string_view text;
  YamlType type;
  double number;  // 1 and 0 for booleans
};

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Each in its three spellings: lower case, Capital, UPPER (".nan" and "null" in the ones that go-yaml knows).
constexpr std::array<Word, 40> kWords = {{
    {"y", YamlType::Bool, 1},         {"Y", YamlType::Bool, 1},        {"yes", YamlType::Bool, 1},
    {"Yes", YamlType::Bool, 1},       {"YES", YamlType::Bool, 1},      {"true", YamlType::Bool, 1},
    {"True", YamlType::Bool, 1},      {"TRUE", YamlType::Bool, 1},     {"on", YamlType::Bool, 1},
    {"On", YamlType::Bool, 1},        {"ON", YamlType::Bool, 1},       {"n", YamlType::Bool, 0},
    {"N", YamlType::Bool, 0},         {"no", YamlType::Bool, 0},       {"No", YamlType::Bool, 0},
    {"NO", YamlType::Bool, 0},        {"false", YamlType::Bool, 0},    {"False", YamlType::Bool, 0},
    {"FALSE", YamlType::Bool, 0},     {"off", YamlType::Bool, 0},      {"Off", YamlType::Bool, 0},
    {"OFF", YamlType::Bool, 0},       {"", YamlType::Null, 0},         {"~", YamlType::Null, 0},
    {"null", YamlType::Null, 0},      {"Null", YamlType::Null, 0},     {"NULL", YamlType::Null, 0},
    {".nan", YamlType::Float, kNan},  {".NaN", YamlType::Float, kNan}, {".NAN", YamlType::Float, kNan},
    {".inf", YamlType::Float, kInf},  {".Inf", YamlType::Float, kInf}, {".INF", YamlType::Float, kInf},
    {"+.inf", YamlType::Float, kInf}, {"+.Inf", YamlType::Float, kInf}, {"+.INF", YamlType::Float, kInf},
    {"-.inf", YamlType::Float, -kInf}, {"-.Inf", YamlType::Float, -kInf}, {"-.INF", YamlType::Float, -kInf},
    {"<<", YamlType::Merge, 0},
}};

YamlScalar of_word(const Word& word) {
  YamlScalar scalar;
  scalar.type = word.type;
  scalar.boolean = word.number == 1;
  scalar.number = word.number;
  return scalar;
}

YamlScalar of_float(double number) {
  YamlScalar scalar;
  scalar.type = YamlType::Float;
  scalar.number = number;
  return scalar;
}

// An integer with an optional sign in this base; nothing when it is malformed or too large.
std::optional<YamlScalar> read_integer(std::string_view text, int base) {
  bool negative = text.starts_with('-');
  bool sign = negative || text.starts_with('+');
  std::string_view digits = text.substr(sign ? 1 : 0);
  std::uint64_t magnitude = 0;
  auto end = digits.data() + digits.size();
  auto result = std::from_chars(digits.data(), end, magnitude, base);
  if (digits.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  YamlScalar scalar;
  if (magnitude <= kMax || (negative && magnitude == kMax + 1)) {
    scalar.type = YamlType::Int;
    scalar.integer = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    return scalar;
  }
  if (sign) return std::nullopt;
  scalar.type = YamlType::Uint;
  scalar.unsigned_integer = magnitude;
  return scalar;
}

// The base as Go's ParseInt with base 0 takes it from the prefix.
std::optional<YamlScalar> read_any_integer(std::string_view text) {
  bool sign = text.starts_with('-') || text.starts_with('+');
  std::string_view digits = text.substr(sign ? 1 : 0);
  int base = 10;
  std::size_t skip = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    char mark = static_cast<char>(digits[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    skip = mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1;
  }
  std::string plain(text.substr(0, sign ? 1 : 0));
  plain += digits.substr(skip);
  // A second sign after the prefix is not a number here.
  if (skip < digits.size() && !is_digit(digits[skip]) && base != 16) return std::nullopt;
  if (skip < digits.size() && (digits[skip] == '-' || digits[skip] == '+')) return std::nullopt;
  return read_integer(plain, base);
}

// Reads fields of a timestamp from left to right.
struct TimeReader {
  std::string_view rest;

  bool number(std::size_t digits_min, std::size_t digits_max, int& value) {
    std::size_t count = 0;
    value = 0;
    while (count < digits_max && count < rest.size() && is_digit(rest[count])) {
      value = value * 10 + (rest[count++] - '0');
    }
    rest.remove_prefix(count);
    return count >= digits_min;
  }
  bool mark(char c) {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
  }
  void fraction() {
    bool begins = rest.size() > 1 && (rest[0] == '.' || rest[0] == ',') && is_digit(rest[1]);
    if (!begins) return;
    rest.remove_prefix(1);
    while (!rest.empty() && is_digit(rest[0])) rest.remove_prefix(1);
  }
  bool zone() {
    if (mark('Z')) return true;
    if (!mark('+') && !mark('-')) return false;
    int hours = 0;
    int minutes = 0;
    return number(2, 2, hours) && mark(':') && number(2, 2, minutes) && hours <= 24 && minutes < 60;
  }
};

bool is_timestamp(std::string_view text) {
  TimeReader reader{text};
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.number(4, 4, year) || !reader.mark('-') || !reader.number(1, 2, month) ||
      !reader.mark('-') || !reader.number(1, 2, day)) {
    return false;
  }
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (day > kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0)) return false;
  if (reader.rest.empty()) return true;
  bool zoned = reader.mark('T') || reader.mark('t');
  if (!zoned && !reader.mark(' ')) return false;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!reader.number(1, 2, hour) || !reader.mark(':') || !reader.number(1, 2, minute) ||
      !reader.mark(':') || !reader.number(1, 2, second)) {
    return false;
  }
  reader.fraction();
  if (zoned && !reader.zone()) return false;
  return hour < 24 && minute < 60 && second < 60 && reader.rest.empty();
}

YamlScalar resolve_number(std::string_view text, bool timestamps) {
  YamlScalar scalar;
  if (timestamps && is_timestamp(text)) {
    scalar.type = YamlType::Timestamp;
    return scalar;
  }
  std::string plain(text);
  std::erase(plain, '_');
  if (auto integer = read_any_integer(plain)) return *integer;
  if (auto number = parse_decimal(plain)) return of_float(*number);
  // After the prefix go-yaml takes a sign, too.
  if (plain.starts_with("0b")) {
    if (auto integer = read_integer(std::string_view(plain).substr(2), 2)) return *integer;
  } else if (plain.starts_with("-0b")) {
    auto integer = read_integer("-" + plain.substr(3), 2);
    if (integer && integer->type == YamlType::Int) return *integer;
  }
  return scalar;
}

YamlScalar resolve_hinted(std::string_view text, bool timestamps) {
  if (text.empty()) return of_word(kWords[22]);
  char first = text[0];
  bool digit = is_digit(first) || first == '+' || first == '-';
  bool word = std::string_view("yYnNtTfFoO~.<").find(first) != std::string_view::npos;
  if (!digit && !word) return {};
  if (text.size() <= 5) {
    // '<' is no hint of go-yaml's: a merge key is recognised by its text alone.
    for (const Word& known : kWords) {
      if (known.text == text && known.type != YamlType::Merge) return of_word(known);
    }
  }
  if (digit) return resolve_number(text, timestamps);
  if (first == '.') {
    if (auto number = parse_decimal(text)) return of_float(*number);
  }
  return {};
}

std::string_view short_name(YamlType type) {
  switch (type) {
    case YamlType::Null: return "null";
    case YamlType::Bool: return "bool";
    case YamlType::Int:
    case YamlType::Uint: return "int";
    case YamlType::Float: return "float";
    case YamlType::Timestamp: return "timestamp";
    case YamlType::Binary: return "binary";
    case YamlType::Merge: return "merge";
    default: return "str";
  }
}

}  // namespace

YamlScalar resolve_yaml(std::string_view text) { return resolve_hinted(text, true); }

Result<YamlScalar> resolve_yaml(std::string_view tag, std::string_view text) {
  if (tag.empty()) return resolve_yaml(text);
  std::string_view name = tag.starts_with(kYamlTagPrefix) ? tag.substr(kYamlTagPrefix.size()) : "";
  YamlScalar scalar;
  if (name == "str") return scalar;
  if (name == "binary") {
    scalar.type = YamlType::Binary;
    return scalar;
  }
  constexpr std::array<std::string_view, 5> kResolved = {"bool", "int", "float", "null",
                                                         "timestamp"};
  if (std::ranges::find(kResolved, name) == kResolved.end()) {
    scalar.type = YamlType::Other;
    return scalar;
  }
  scalar = resolve_hinted(text, name == "timestamp");
  std::string_view found = short_name(scalar.type);
  if (found == name) return scalar;
  if (name == "float" && scalar.type == YamlType::Int)
    return of_float(static_cast<double>(scalar.integer));
  return fail(Code::Invalid, "yaml: cannot decode !!" + std::string(found) + " `" +
                                 std::string(text) + "` as a !!" + std::string(name));
}

bool is_base60(std::string_view text) {
  std::size_t at = text.starts_with('+') || text.starts_with('-') ? 1 : 0;
  auto digit = [&](std::size_t i) { return i < text.size() && is_digit(text[i]); };
  if (!digit(at)) return false;
  while (digit(at) || (at < text.size() && text[at] == '_')) ++at;
  std::size_t groups = 0;
  while (at < text.size() && text[at] == ':') {
    std::size_t count = digit(at + 1) && digit(at + 2) && text[at + 1] <= '5' ? 2
                        : digit(at + 1)                                       ? 1
                                                                              : 0;
    if (count == 0) return false;
    at += 1 + count;
    ++groups;
  }
  if (groups == 0) return false;
  if (at < text.size() && text[at] == '.') {
    for (++at; digit(at) || (at < text.size() && text[at] == '_');) ++at;
  }
  return at == text.size();
}

}  // namespace lesto::json
