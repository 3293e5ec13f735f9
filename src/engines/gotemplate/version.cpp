#include "engines/gotemplate/version.h"

#include <charconv>

#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

using Parsed = std::expected<Version, std::string>;

constexpr std::size_t kVersionBytes = 256;
constexpr const char* kInvalid = "invalid semantic version";

bool digits_only(std::string_view text) {
  return text.find_first_not_of("0123456789") == text.npos;
}

bool identifier(std::string_view text) {
  for (char c : text) {
    bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (!letter) return false;
  }
  return true;
}

template <class Visit>
bool each_part(std::string_view text, Visit visit) {
  for (;;) {
    std::size_t dot = text.find('.');
    if (!visit(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::expected<void, std::string> check_prerelease(std::string_view text) {
  std::string error;
  each_part(text, [&](std::string_view part) {
    if (part.empty() || !identifier(part)) {
      error = "invalid prerelease string";
    } else if (digits_only(part) && part.size() > 1 && part[0] == '0') {
      error = "version segment starts with 0";
    }
    return error.empty();
  });
  if (!error.empty()) return std::unexpected(error);
  return {};
}

std::expected<void, std::string> check_metadata(std::string_view text) {
  bool valid =
      each_part(text, [](std::string_view part) { return !part.empty() && identifier(part); });
  if (!valid) return std::unexpected("invalid metadata string");
  return {};
}

std::expected<std::uint64_t, std::string> segment(std::string_view text) {
  ParsedUint parsed = parse_uint(text, 10);
  if (parsed.ok()) return parsed.value;
  const char* what = parsed.fault == NumberFault::Range ? "value out of range" : "invalid syntax";
  return std::unexpected("strconv.ParseUint: parsing " + quoted(text) + ": " + what);
}

// Takes a run of digits, maybe after a dot.
bool take_number(std::string_view& text, bool dot, std::string_view& number) {
  std::string_view rest = text;
  if (dot) {
    if (!rest.starts_with('.')) return false;
    rest.remove_prefix(1);
  }
  std::size_t size = rest.find_first_not_of("0123456789");
  if (size == rest.npos) size = rest.size();
  if (size == 0) return false;
  number = rest.substr(0, size);
  text = rest.substr(size);
  return true;
}

// Takes "-a.b" or "+a.b" of non-empty identifiers.
bool take_identifiers(std::string_view& text, char start, std::string_view& taken) {
  if (!text.starts_with(start)) return true;
  std::size_t end = 1;
  while (end < text.size() && (identifier(text.substr(end, 1)) || text[end] == '.')) ++end;
  taken = text.substr(1, end - 1);
  text.remove_prefix(end);
  return each_part(taken, [](std::string_view part) { return !part.empty(); });
}

int compare_part(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return -1;
  if (b.empty()) return 1;
  ParsedUint number_a = parse_uint(a, 10);
  ParsedUint number_b = parse_uint(b, 10);
  if (!number_a.ok() && !number_b.ok()) return a > b ? 1 : -1;
  if (!number_b.ok()) return -1;
  if (!number_a.ok()) return 1;
  return number_a.value > number_b.value ? 1 : -1;
}

int compare_prerelease(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    std::size_t dot_a = a.find('.');
    std::size_t dot_b = b.find('.');
    int order = compare_part(a.substr(0, dot_a), b.substr(0, dot_b));
    if (order != 0) return order;
    a = dot_a == a.npos ? std::string_view() : a.substr(dot_a + 1);
    b = dot_b == b.npos ? std::string_view() : b.substr(dot_b + 1);
  }
  return 0;
}

int compare_number(std::uint64_t a, std::uint64_t b) { return a < b ? -1 : a > b ? 1 : 0; }

}  // namespace

Parsed Version::parse(std::string_view text) {
  if (text.size() > kVersionBytes)
    return std::unexpected("version string is too long (max 256 bytes)");
  Version version;
  version.original_ = text;
  std::string_view rest = text;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  std::string_view major;
  std::string_view minor;
  std::string_view patch;
  std::string_view prerelease;
  std::string_view metadata;
  if (!take_number(rest, false, major)) return std::unexpected(kInvalid);
  if (take_number(rest, true, minor)) take_number(rest, true, patch);
  if (!take_identifiers(rest, '-', prerelease) || !take_identifiers(rest, '+', metadata) ||
      !rest.empty()) {
    return std::unexpected(kInvalid);
  }
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {
      {major, &version.major_}, {minor, &version.minor_}, {patch, &version.patch_}};
  for (const auto& [digits, number] : numbers) {
    if (digits.empty()) continue;
    auto value = segment(digits);
    if (!value) return std::unexpected("error parsing version segment: " + value.error());
    *number = *value;
  }
  version.prerelease_ = prerelease;
  version.metadata_ = metadata;
  if (!prerelease.empty()) {
    if (auto checked = check_prerelease(prerelease); !checked)
      return std::unexpected(checked.error());
  }
  if (!metadata.empty()) {
    if (auto checked = check_metadata(metadata); !checked) return std::unexpected(checked.error());
  }
  return version;
}

Parsed Version::parse_strict(std::string_view text) {
  if (text.empty()) return std::unexpected("version string empty");
  if (text.size() > kVersionBytes)
    return std::unexpected("version string is too long (max 256 bytes)");
  std::size_t first = text.find('.');
  std::size_t second = first == text.npos ? first : text.find('.', first + 1);
  if (second == text.npos) return std::unexpected(kInvalid);
  Version version;
  version.original_ = text;
  std::string_view last = text.substr(second + 1);
  if (std::size_t plus = last.find('+'); plus != last.npos) {
    version.metadata_ = last.substr(plus + 1);
    last = last.substr(0, plus);
    if (auto checked = check_metadata(version.metadata_); !checked)
      return std::unexpected(checked.error());
  }
  if (std::size_t dash = last.find('-'); dash != last.npos) {
    version.prerelease_ = last.substr(dash + 1);
    last = last.substr(0, dash);
    if (auto checked = check_prerelease(version.prerelease_); !checked)
      return std::unexpected(checked.error());
  }
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {
      {text.substr(0, first), &version.major_},
      {text.substr(first + 1, second - first - 1), &version.minor_},
      {last, &version.patch_}};
  for (const auto& [digits, number] : numbers) {
    if (!digits_only(digits)) return std::unexpected("invalid characters in version");
    if (digits.size() > 1 && digits[0] == '0')
      return std::unexpected("version segment starts with 0");
  }
  for (const auto& [digits, number] : numbers) {
    auto value = segment(digits);
    if (!value) return std::unexpected(value.error());
    *number = *value;
  }
  return version;
}

std::string Version::text() const {
  std::string out =
      std::to_string(major_) + "." + std::to_string(minor_) + "." + std::to_string(patch_);
  if (!prerelease_.empty()) out += "-" + prerelease_;
  if (!metadata_.empty()) out += "+" + metadata_;
  return out;
}

int Version::compare(const Version& other) const {
  if (int order = compare_number(major_, other.major_)) return order;
  if (int order = compare_number(minor_, other.minor_)) return order;
  if (int order = compare_number(patch_, other.patch_)) return order;
  if (prerelease_.empty() || other.prerelease_.empty()) {
    return (prerelease_.empty() ? 1 : 0) - (other.prerelease_.empty() ? 1 : 0);
  }
  return compare_prerelease(prerelease_, other.prerelease_);
}

std::string Version::prefix() const { return original_.starts_with('v') ? "v" : ""; }

Version Version::next_patch() const {
  Version next = *this;
  next.prerelease_.clear();
  next.metadata_.clear();
  if (prerelease_.empty()) ++next.patch_;
  next.original_ = prefix() + next.text();
  return next;
}

Version Version::next_minor() const {
  Version next = *this;
  next.prerelease_.clear();
  next.metadata_.clear();
  next.patch_ = 0;
  ++next.minor_;
  next.original_ = prefix() + next.text();
  return next;
}

Version Version::next_major() const {
  Version next = *this;
  next.prerelease_.clear();
  next.metadata_.clear();
  next.patch_ = next.minor_ = 0;
  ++next.major_;
  next.original_ = prefix() + next.text();
  return next;
}

Parsed Version::with_prerelease(std::string_view prerelease) const {
  if (!prerelease.empty()) {
    if (auto checked = check_prerelease(prerelease); !checked)
      return std::unexpected(checked.error());
  }
  Version next = *this;
  next.prerelease_ = prerelease;
  next.original_ = prefix() + next.text();
  return next;
}

Parsed Version::with_metadata(std::string_view metadata) const {
  if (!metadata.empty()) {
    if (auto checked = check_metadata(metadata); !checked) return std::unexpected(checked.error());
  }
  Version next = *this;
  next.metadata_ = metadata;
  next.original_ = prefix() + next.text();
  return next;
}

}  // namespace lesto::gotemplate
