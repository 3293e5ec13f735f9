#include "kube/apiserver/schema/names.h"

#include <re2/re2.h>

namespace lesto::apiserver::schema {
namespace {

#define LESTO_DNS1123 "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
constexpr const char* kDns1123 = LESTO_DNS1123;
constexpr const char* kSubdomain = LESTO_DNS1123 "(\\." LESTO_DNS1123 ")*";
#undef LESTO_DNS1123
constexpr const char* kDns1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
constexpr const char* kLabelKey = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr const char* kLabelValue = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

bool matches(const re2::RE2& regex, std::string_view text) {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex);
}

std::string pattern_complaint(std::string_view what, const char* pattern,
                              std::initializer_list<const char*> examples) {
  std::string out(what);
  out += " (e.g. ";
  bool first = true;
  for (const char* example : examples) {
    if (!first) out += " or ";
    first = false;
    out += "'" + std::string(example) + "', ";
  }
  return out + "regex used for validation is '" + pattern + "')";
}

std::string too_long_complaint(std::size_t max) {
  return "must be no more than " + std::to_string(max) + " bytes";
}

constexpr std::string_view kKeyRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character";

std::string key_complaint() {
  return pattern_complaint(kKeyRule, kLabelKey, {"MyName", "my.name", "123-abc"});
}

}  // namespace

Complaints dns1123_label(std::string_view text) {
  static const re2::RE2 kRegex(kDns1123);
  Complaints out;
  if (text.size() > 63) out.push_back(too_long_complaint(63));
  if (!matches(kRegex, text)) {
    out.push_back(pattern_complaint(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
        "'-', and must start and end with an alphanumeric character",
        kDns1123, {"my-name", "123-abc"}));
  }
  return out;
}

Complaints dns1123_subdomain(std::string_view text) {
  static const re2::RE2 kRegex(kSubdomain);
  Complaints out;
  if (text.size() > 253) out.push_back(too_long_complaint(253));
  if (!matches(kRegex, text)) {
    out.push_back(pattern_complaint(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
        "'-' or '.', and must start and end with an alphanumeric character",
        kSubdomain, {"example.com"}));
  }
  return out;
}

Complaints dns1035_label(std::string_view text) {
  static const re2::RE2 kRegex(kDns1035);
  Complaints out;
  if (text.size() > 63) out.push_back(too_long_complaint(63));
  if (!matches(kRegex, text)) {
    out.push_back(pattern_complaint(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
        "with an alphabetic character, and end with an alphanumeric character",
        kDns1035, {"my-name", "abc-123"}));
  }
  return out;
}

Complaints qualified_name(std::string_view text) {
  static const re2::RE2 kRegex(kLabelKey);
  Complaints out;
  std::string_view name = text;
  std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    std::string_view prefix = text.substr(0, slash);
    name = text.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return {"a valid label key " + key_complaint() +
              " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
    }
    if (prefix.empty()) out.push_back("prefix part must be non-empty");
    if (!prefix.empty()) {
      for (const std::string& complaint : dns1123_subdomain(prefix))
        out.push_back("prefix part " + complaint);
    }
  }
  if (name.empty()) out.push_back("name part must be non-empty");
  if (name.size() > 63) out.push_back("name part " + too_long_complaint(63));
  if (!matches(kRegex, name)) out.push_back("name part " + key_complaint());
  return out;
}

Complaints label_value(std::string_view text) {
  static const re2::RE2 kRegex(kLabelValue);
  Complaints out;
  if (text.size() > 63) out.push_back(too_long_complaint(63));
  if (!matches(kRegex, text)) {
    out.push_back(pattern_complaint(
        "a valid label must be an empty string or " + std::string(kKeyRule.substr(5)), kLabelValue,
        {"MyValue", "my_value", "12345"}));
  }
  return out;
}

Complaints path_segment(std::string_view text) {
  if (text == "." || text == "..") return {"may not be '" + std::string(text) + "'"};
  Complaints out;
  if (text.find('/') != std::string_view::npos) out.push_back("may not contain '/'");
  if (text.find('%') != std::string_view::npos) out.push_back("may not contain '%'");
  return out;
}

std::string masked_prefix(std::string_view text) {
  std::string out(text);
  if (out.size() > 1 && out.ends_with('-')) out[out.size() - 1] = 'a';
  return out;
}

}  // namespace lesto::apiserver::schema
