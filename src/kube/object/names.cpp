#include "kube/object/names.h"

#include <algorithm>
#include <initializer_list>

namespace lesto::kube {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_lower_alnum(char c) { return is_lower(c) || is_digit(c); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Kubernetes shows the pattern that it matches with.
constexpr std::string_view kLabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
constexpr std::string_view kSubdomainFormat =
    "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
constexpr std::string_view kNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
constexpr std::string_view kNameRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character";

constexpr std::size_t kLabelMax = 63;
constexpr std::size_t kSubdomainMax = 253;
constexpr std::size_t kPortNameMax = 15;

std::string pattern_text(std::string_view rule, std::string_view format,
                         std::initializer_list<std::string_view> examples) {
  std::string text(rule);
  text += " (";
  std::string_view separator = "e.g. ";
  for (std::string_view example : examples) {
    text += separator;
    text += "'" + std::string(example) + "', ";
    separator = " or ";
  }
  return text + "regex used for validation is '" + std::string(format) + "')";
}

// Two generations of Kubernetes' checks differ in the word; label keys and values have the newer
// one.
constexpr std::string_view kBytes = " bytes";
constexpr std::string_view kCharacters = " characters";

std::string length_text(std::size_t max, std::string_view unit = kCharacters) {
  return "must be no more than " + std::to_string(max) + std::string(unit);
}

template <class Inner, class Edge>
bool is_made_of(std::string_view text, Inner inner, Edge edge) {
  return !text.empty() && edge(text.front()) && edge(text.back()) &&
         std::ranges::all_of(text, inner);
}

bool is_label(std::string_view text) {
  return is_made_of(text, [](char c) { return is_lower_alnum(c) || c == '-'; }, is_lower_alnum);
}

bool is_subdomain(std::string_view text) {
  while (true) {
    std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_name(std::string_view text) {
  return is_made_of(text, [](char c) { return is_alnum(c) || is_one_of(c, "-_."); }, is_alnum);
}

void check_parent_folder(std::string_view value, Complaints& complaints) {
  if (value == ".") {
    complaints.push_back("must not be '.'");
  } else if (value == "..") {
    complaints.push_back("must not be '..'");
  } else if (value.starts_with("..")) {
    complaints.push_back("must not start with '..'");
  }
}

Complaints check_subdomain(std::string_view value, std::string_view unit) {
  Complaints complaints;
  if (value.size() > kSubdomainMax) complaints.push_back(length_text(kSubdomainMax, unit));
  if (!is_subdomain(value)) {
    complaints.push_back(pattern_text(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric "
        "characters, '-' or '.', and must start and end with an alphanumeric character",
        kSubdomainFormat, {"example.com"}));
  }
  return complaints;
}

std::string without_trailing_dash(std::string_view name, NameForm form) {
  std::string whole(name);
  if (form == NameForm::Prefix && name.size() > 1 && name.ends_with('-')) {
    whole.resize(name.size() - 2);
    whole += 'a';
  }
  return whole;
}

}  // namespace

Complaints check_dns1123_label(std::string_view value) {
  Complaints complaints;
  if (value.size() > kLabelMax) complaints.push_back(length_text(kLabelMax));
  if (is_label(value)) return complaints;
  if (is_subdomain(value)) {
    complaints.push_back("must not contain dots");
  } else {
    complaints.push_back(pattern_text(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
        "'-', and must start and end with an alphanumeric character",
        kLabelFormat, {"my-name", "123-abc"}));
  }
  return complaints;
}

Complaints check_dns1123_subdomain(std::string_view value) {
  return check_subdomain(value, kCharacters);
}

Complaints check_dns1035_label(std::string_view value) {
  Complaints complaints;
  if (value.size() > kLabelMax) complaints.push_back(length_text(kLabelMax));
  if (!is_label(value) || !is_lower(value.front())) {
    complaints.push_back(pattern_text(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
        "with an alphabetic character, and end with an alphanumeric character",
        "[a-z]([-a-z0-9]*[a-z0-9])?", {"my-name", "abc-123"}));
  }
  return complaints;
}

Complaints check_wildcard_subdomain(std::string_view value) {
  Complaints complaints;
  if (value.size() > kSubdomainMax) complaints.push_back(length_text(kSubdomainMax));
  if (!value.starts_with("*.") || !is_subdomain(value.substr(2))) {
    complaints.push_back(pattern_text(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS "
        "subdomain, which must consist of lower case alphanumeric characters, '-' or '.' "
        "and end with an alphanumeric character",
        "\\*\\." + std::string(kSubdomainFormat), {"*.example.com"}));
  }
  return complaints;
}

Complaints check_qualified_name(std::string_view value) {
  Complaints complaints;
  std::string_view name = value;
  std::size_t slash = value.find('/');
  if (slash != std::string_view::npos) {
    std::string_view prefix = value.substr(0, slash);
    name = value.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return {"a valid label key " +
              pattern_text(kNameRule, kNameFormat, {"MyName", "my.name", "123-abc"}) +
              " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"};
    }
    if (prefix.empty()) complaints.push_back("prefix part must be non-empty");
    if (!prefix.empty()) {
      for (const std::string& text : check_subdomain(prefix, kBytes))
        complaints.push_back("prefix part " + text);
    }
  }
  if (name.empty()) {
    complaints.push_back("name part must be non-empty");
  } else if (name.size() > kLabelMax) {
    complaints.push_back("name part " + length_text(kLabelMax, kBytes));
  }
  if (!is_name(name)) {
    complaints.push_back("name part " +
                         pattern_text(kNameRule, kNameFormat, {"MyName", "my.name", "123-abc"}));
  }
  return complaints;
}

Complaints check_label_value(std::string_view value) {
  Complaints complaints;
  if (value.size() > kLabelMax) complaints.push_back(length_text(kLabelMax, kBytes));
  if (!value.empty() && !is_name(value)) {
    complaints.push_back(pattern_text(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', "
        "'_' or '.', and must start and end with an alphanumeric character",
        "(" + std::string(kNameFormat) + ")?", {"MyValue", "my_value", "12345"}));
  }
  return complaints;
}

Complaints check_port_name(std::string_view value) {
  Complaints complaints;
  if (value.size() > kPortNameMax) complaints.push_back(length_text(kPortNameMax));
  bool charset = !value.empty() &&
                 std::ranges::all_of(value, [](char c) { return is_lower_alnum(c) || c == '-'; });
  if (!charset) {
    complaints.push_back("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  }
  if (std::ranges::none_of(value, is_lower))
    complaints.push_back("must contain at least one letter (a-z)");
  if (value.find("--") != std::string_view::npos)
    complaints.push_back("must not contain consecutive hyphens");
  if (value.starts_with('-') || value.ends_with('-')) {
    complaints.push_back("must not begin or end with a hyphen");
  }
  return complaints;
}

Complaints check_percent(std::string_view value) {
  bool fits = value.size() > 1 && value.ends_with('%') &&
              std::ranges::all_of(value.substr(0, value.size() - 1), is_digit);
  if (fits) return {};
  return {pattern_text("a valid percent string must be a numeric string followed by an ending '%'",
                       "[0-9]+%", {"1%", "93%"})};
}

Complaints check_http_header_name(std::string_view value) {
  bool fits =
      !value.empty() && std::ranges::all_of(value, [](char c) { return is_alnum(c) || c == '-'; });
  if (fits) return {};
  return {pattern_text("a valid HTTP header must consist of alphanumeric characters or '-'",
                       "[-A-Za-z0-9]+", {"X-Header-Name"})};
}

Complaints check_env_name(std::string_view value) {
  Complaints complaints;
  bool fits = !value.empty() && !is_digit(value[0]) &&
              std::ranges::all_of(value, [](char c) { return is_alnum(c) || is_one_of(c, "-._"); });
  if (!fits) {
    complaints.push_back(pattern_text(
        "a valid environment variable name must consist of alphabetic characters, digits, "
        "'_', '-', or '.', and must not start with a digit",
        "[-._a-zA-Z][-._a-zA-Z0-9]*", {"my.env-name", "MY_ENV.NAME", "MyEnvName1"}));
  }
  check_parent_folder(value, complaints);
  return complaints;
}

Complaints check_config_key(std::string_view value) {
  Complaints complaints;
  if (value.size() > kSubdomainMax) complaints.push_back(length_text(kSubdomainMax));
  bool fits = !value.empty() &&
              std::ranges::all_of(value, [](char c) { return is_alnum(c) || is_one_of(c, "-._"); });
  if (!fits) {
    complaints.push_back(
        pattern_text("a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                     "[-._a-zA-Z0-9]+", {"key.name", "KEY_NAME", "key-name"}));
  }
  check_parent_folder(value, complaints);
  return complaints;
}

Complaints check_name_subdomain(std::string_view name, NameForm form) {
  return check_dns1123_subdomain(without_trailing_dash(name, form));
}

Complaints check_name_label(std::string_view name, NameForm form) {
  return check_dns1123_label(without_trailing_dash(name, form));
}

}  // namespace lesto::kube
