#include "kube/apiserver/schema/format.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

namespace lesto::apiserver::schema {
namespace {

bool full(const re2::RE2& regex, std::string_view text) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex);
}

std::string normalized(std::string_view format) {
  std::string out(format);
  std::erase(out, '-');
  return out;
}

bool is_ipv4(std::string_view text) {
  // Leading zeros are let through, as upstream does for the sake of objects from before Go 1.17.
  int parts = 0;
  std::size_t at = 0;
  while (true) {
    std::size_t begin = at;
    int value = 0;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) {
      value = value * 10 + (text[at++] - '0');
      if (value > 255) return false;
    }
    if (at == begin) return false;
    if (++parts == 4) return at == text.size();
    if (at == text.size() || text[at++] != '.') return false;
  }
}

bool is_ipv6(std::string_view text) {
  if (text.find(':') == std::string_view::npos || text.size() > 45) return false;
  unsigned char bytes[16];
  return inet_pton(AF_INET6, std::string(text).c_str(), bytes) == 1;
}

bool is_ipv4_text(std::string_view text) {
  return is_ipv4(text) || (text.find('.') != std::string_view::npos && is_ipv6(text));
}

bool is_cidr(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  std::string_view address = text.substr(0, slash);
  std::string_view bits = text.substr(slash + 1);
  if (bits.empty() || bits.size() > 3) return false;
  int value = 0;
  for (char c : bits) {
    if (!std::isdigit(static_cast<unsigned char>(c))) return false;
    value = value * 10 + (c - '0');
  }
  if (is_ipv4(address)) return value <= 32;
  return is_ipv6(address) && value <= 128;
}

bool is_date(std::string_view text) {
  static const re2::RE2 kDate("([0-9]{4})-([0-9]{2})-([0-9]{2})");
  int year = 0, month = 0, day = 0;
  if (!re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kDate, &year, &month, &day))
    return false;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool is_date_time(std::string_view text) {
  static const re2::RE2 kTime(
      "([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))");
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  std::size_t t = lower.find('t');
  if (t == std::string::npos || !is_date(lower.substr(0, t))) return false;
  std::string time = lower.substr(t + 1);
  time = time.substr(0, time.find('t'));
  std::string hour, minute, second;
  if (!re2::RE2::FullMatch(time, kTime, &hour, &minute, &second)) return false;
  return hour <= "23" && minute <= "59" && second <= "59";
}

bool is_duration(std::string_view text) {
  static const re2::RE2 kGo(
      "[-+]?(0|([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)"
      "(ns|us|µs|μs|ms|s|m|h))*");
  if (full(kGo, text)) return true;
  // Scala's spelling: any number followed by a known unit, anywhere in the text.
  static const re2::RE2 kScala(
      "(?i)[0-9]+\\s*(ns|nano[a-zµ]*|us|µs|micro[a-zµ]*|ms|milli[a-zµ]*|s|sec[a-zµ]*|m|min[a-zµ]*|"
      "h|hr|hour[a-zµ]*|d|day[a-zµ]*|w|wk|week[a-zµ]*)([^A-Za-zµ]|$)");
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), kScala);
}

bool is_request_uri(std::string_view text) {
  if (text.empty()) return false;
  for (char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  if (text == "*") return true;
  static const re2::RE2 kScheme("([a-zA-Z][a-zA-Z0-9+.-]*):(.*)");
  std::string scheme;
  std::string rest(text);
  re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kScheme, &scheme, &rest);
  rest = rest.substr(0, rest.find('?'));
  if (!rest.starts_with('/')) return !scheme.empty();
  if (!scheme.empty() && rest.starts_with("//")) {
    std::string authority = rest.substr(2, rest.find('/', 2) - 2);
    static const re2::RE2 kAuthority(
        "([A-Za-z0-9\\-._~!$&'()*+,;=:%]*@)?([A-Za-z0-9\\-._~!$&'()*+,;=\\x80-\\xff]|%[0-9a-fA-F]{"
        "2}|\"|<|>)*(:[0-9]*)?|(.*@)?\\[[0-9a-fA-F:.%]*\\](:[0-9]*)?",
        re2::RE2::Latin1);
    if (!full(kAuthority, authority)) return false;
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] != '%') continue;
    if (i + 2 >= rest.size() || !std::isxdigit(static_cast<unsigned char>(rest[i + 1])) ||
        !std::isxdigit(static_cast<unsigned char>(rest[i + 2]))) {
      return false;
    }
  }
  return true;
}

bool is_email(std::string_view text) {
  static const re2::RE2 kAddress(
      "\\s*(?:([A-Za-z0-9!#$%&'*+/=?^_`{|}~.\\s-]|[^\\x00-\\x7f]|\"(?:[^\"\\\\]|\\\\.)*\")*<)?"
      "((?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\\x00-\\x7f])+(?:\\.(?:[A-Za-z0-9!#$%&'*+/"
      "=?^_`{|}~-]|[^\\x00-\\x7f])+)*|\"(?:[^\"\\\\]|\\\\.)+\")"
      "@((?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\\x00-\\x7f])+(?:\\.(?:[A-Za-z0-9!#$%&'*+/"
      "=?^_`{|}~-]|[^\\x00-\\x7f])+)*|\\[[0-9a-fA-F:.]+\\])(>?)\\s*");
  if (!full(kAddress, text)) return false;
  return (text.find('<') != std::string_view::npos) == (text.find('>') != std::string_view::npos);
}

bool is_hostname(std::string_view text) {
  // One label, or labels and a top level domain. Lengths are counted here: in the pattern they cost
  // RE2 megabytes.
  static const re2::RE2 kSingle("[a-zA-Z0-9\\p{S}\\p{L}](-?[a-zA-Z0-9\\p{S}\\p{L}]*)?");
  static const re2::RE2 kLabel(
      "[a-zA-Z0-9\\p{S}\\p{L}]([a-zA-Z0-9\\-\\p{S}\\p{L}]*[a-zA-Z0-9\\p{S}\\p{L}])?");
  static const re2::RE2 kTop("[a-zA-Z\\p{L}]+");
  if (text.size() > 255) return false;
  if (text.find('.') == std::string_view::npos) return text.size() <= 63 && full(kSingle, text);
  while (true) {
    std::size_t dot = text.find('.');
    std::string_view label = text.substr(0, dot);
    if (label.size() > 63) return false;
    if (dot == std::string_view::npos) return label.size() >= 2 && full(kTop, label);
    if (!full(kLabel, label)) return false;
    text.remove_prefix(dot + 1);
  }
}

bool is_mac(std::string_view text) {
  static const re2::RE2 kMac(
      "(?i)([0-9a-f]{2}([:])){5}[0-9a-f]{2}|([0-9a-f]{2}:){7}[0-9a-f]{2}|([0-9a-f]{2}:){19}[0-9a-f]"
      "{2}|"
      "([0-9a-f]{2}-){5}[0-9a-f]{2}|([0-9a-f]{2}-){7}[0-9a-f]{2}|([0-9a-f]{2}-){19}[0-9a-f]{2}|"
      "([0-9a-f]{4}\\.){2}[0-9a-f]{4}|([0-9a-f]{4}\\.){3}[0-9a-f]{4}|([0-9a-f]{4}\\.){9}[0-9a-f]{"
      "4}");
  return full(kMac, text);
}

std::string without_separators(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '-' && c != ' ') out += c;
  }
  return out;
}

bool is_isbn10(std::string_view text) {
  static const re2::RE2 kIsbn("[0-9]{9}[0-9X]");
  std::string digits = without_separators(text);
  if (!full(kIsbn, digits)) return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (i + 1) * (digits[static_cast<std::size_t>(i)] - '0');
  sum += 10 * (digits[9] == 'X' ? 10 : digits[9] - '0');
  return sum % 11 == 0;
}

bool is_isbn13(std::string_view text) {
  static const re2::RE2 kIsbn("[0-9]{13}");
  std::string digits = without_separators(text);
  if (!full(kIsbn, digits)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < 12; ++i) sum += (digits[i] - '0') * (i % 2 ? 3 : 1);
  return (digits[12] - '0') == (10 - sum % 10) % 10;
}

bool is_credit_card(std::string_view text) {
  static const re2::RE2 kCard(
      "4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0["
      "0-5]|[68][0-9])[0-9]{11}|"
      "(?:2131|1800|35\\d{3})\\d{11}");
  std::string digits;
  for (char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c))) digits += c;
  }
  if (!full(kCard, digits)) return false;
  int sum = 0;
  bool twice = false;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, twice = !twice) {
    int value = (*c - '0') * (twice ? 2 : 1);
    sum += value >= 10 ? value % 10 + 1 : value;
  }
  return sum % 10 == 0;
}

bool matches_pattern(std::string_view name, std::string_view text) {
  static const std::map<std::string, re2::RE2, std::less<>> kPatterns = [] {
    std::map<std::string, re2::RE2, std::less<>> out;
    auto add = [&](const char* format, const char* pattern) { out.try_emplace(format, pattern); };
    add("bsonobjectid", "[0-9a-fA-F]{24}");
    add("uuid", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    add("uuid3", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}");
    add("uuid4", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}");
    add("uuid5", "(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}");
    add("ssn", "\\d{3}[- ]?\\d{2}[- ]?\\d{4}");
    add("hexcolor", "#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})");
    add("rgbcolor",
        "rgb\\(\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*,\\s*(0|[1-9]\\d?|1\\d\\d?|2[0-4]"
        "\\d|25[0-5])\\s*,\\s*"
        "(0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])\\s*\\)");
    add("byte", "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})");
    add("password", "(?s).*");
    add("k8sshortname", "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    add("k8slongname", "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    return out;
  }();
  auto found = kPatterns.find(name);
  if (found == kPatterns.end() || !full(found->second, text)) return false;
  return name != "k8slongname" || text.size() <= 253;
}

using Check = bool (*)(std::string_view);

Check check_of(std::string_view name) {
  static const std::map<std::string_view, Check> kChecks = {
      {"uri", is_request_uri},
      {"email", is_email},
      {"hostname", is_hostname},
      {"ipv4", is_ipv4_text},
      {"ipv6", is_ipv6},
      {"cidr", is_cidr},
      {"mac", is_mac},
      {"isbn10", is_isbn10},
      {"isbn13", is_isbn13},
      {"creditcard", is_credit_card},
      {"date", is_date},
      {"datetime", is_date_time},
      {"duration", is_duration},
      {"isbn", [](std::string_view text) { return is_isbn10(text) || is_isbn13(text); }},
  };
  auto found = kChecks.find(name);
  return found == kChecks.end() ? nullptr : found->second;
}

}  // namespace

bool known_format(std::string_view format) {
  static constexpr std::string_view kPatterns[] = {
      "bsonobjectid", "uuid",     "uuid3", "uuid4",    "uuid5",        "ssn",
      "hexcolor",     "rgbcolor", "byte",  "password", "k8sshortname", "k8slongname"};
  std::string name = normalized(format);
  return check_of(name) ||
         std::find(std::begin(kPatterns), std::end(kPatterns), name) != std::end(kPatterns);
}

bool matches_format(std::string_view format, std::string_view text) {
  std::string name = normalized(format);
  if (Check check = check_of(name)) return check(text);
  return matches_pattern(name, text);
}

std::string supported_format(const std::vector<std::string>& types, std::string_view format) {
  std::string_view type = types.size() == 1 ? std::string_view(types[0]) : std::string_view();
  bool kept = false;
  if (type.empty() || type == "string") kept = known_format(format);
  if (type == "integer") kept = format == "int32" || format == "int64";
  if (type == "number") kept = format == "float" || format == "double";
  return kept ? std::string(format) : std::string();
}

}  // namespace lesto::apiserver::schema
