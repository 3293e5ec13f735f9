#include "engines/cel/semver.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace lesto::cel {
namespace {

bool digits_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    std::size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

Result<std::uint64_t> read_number(std::string_view text, const std::string& name) {
  if (text.empty() || !digits_only(text)) {
    std::string lower = name;
    lower[0] = static_cast<char>(std::tolower(lower[0]));
    return fail(Code::Invalid,
                "Invalid character(s) found in " + lower + " number " + quoted(text));
  }
  if (text.size() > 1 && text[0] == '0')
    return fail(Code::Invalid, name + " number must not contain leading zeroes " + quoted(text));
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc())
    return fail(Code::Invalid,
                "strconv.ParseUint: parsing " + quoted(text) + ": value out of range");
  return value;
}

// "v01.2-rc" is "1.2.0-rc".
std::string normalized(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  std::size_t tail = text.find_first_of("-+");
  std::string rest(tail == std::string_view::npos ? std::string_view() : text.substr(tail));
  std::vector<std::string> parts = split(text.substr(0, tail), '.');
  std::string out;
  for (std::size_t i = 0; i < std::max<std::size_t>(parts.size(), 3); ++i) {
    std::string part = i < parts.size() ? parts[i] : "0";
    while (part.size() > 1 && part[0] == '0') part.erase(0, 1);
    out += (i > 0 ? "." : "") + part;
  }
  return out + rest;
}

int compare_word(const std::string& a, const std::string& b) {
  bool a_number = digits_only(a), b_number = digits_only(b);
  if (a_number != b_number) return a_number ? -1 : 1;
  if (a_number && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

Result<Semver> read_semver(std::string_view given, Loose loose) {
  std::string text = loose == Loose::Yes ? normalized(given) : std::string(given);
  if (text.empty()) return fail(Code::Invalid, "Version string empty");
  std::size_t first = text.find('.');
  std::size_t second = first == std::string::npos ? first : text.find('.', first + 1);
  if (second == std::string::npos)
    return fail(Code::Invalid, "No Major.Minor.Patch elements found");
  Semver out;
  TRY_ASSIGN(out.numbers[0], read_number(std::string_view(text).substr(0, first), "Major"));
  TRY_ASSIGN(out.numbers[1],
             read_number(std::string_view(text).substr(first + 1, second - first - 1), "Minor"));
  std::string patch = text.substr(second + 1), build, prerelease;
  bool has_build = false, has_prerelease = false;
  if (std::size_t plus = patch.find('+'); plus != std::string::npos) {
    has_build = true;
    build = patch.substr(plus + 1);
    patch.resize(plus);
  }
  if (std::size_t dash = patch.find('-'); dash != std::string::npos) {
    has_prerelease = true;
    prerelease = patch.substr(dash + 1);
    patch.resize(dash);
  }
  TRY_ASSIGN(out.numbers[2], read_number(patch, "Patch"));
  for (const std::string& part :
       has_prerelease ? split(prerelease, '.') : std::vector<std::string>()) {
    if (part.empty()) return fail(Code::Invalid, "Prerelease is empty");
    if (!word(part))
      return fail(Code::Invalid, "Invalid character(s) found in prerelease " + quoted(part));
    if (digits_only(part) && part.size() > 1 && part[0] == '0') {
      return fail(Code::Invalid,
                  "Numeric PreRelease version must not contain leading zeroes " + quoted(part));
    }
    out.prerelease.push_back(part);
  }
  for (const std::string& part : has_build ? split(build, '.') : std::vector<std::string>()) {
    if (part.empty()) return fail(Code::Invalid, "Build meta data is empty");
    if (!word(part))
      return fail(Code::Invalid, "Invalid character(s) found in build meta data " + quoted(part));
  }
  return out;
}

int compare(const Semver& a, const Semver& b) {
  if (a.numbers != b.numbers) return a.numbers < b.numbers ? -1 : 1;
  if (a.prerelease.empty() != b.prerelease.empty()) return a.prerelease.empty() ? 1 : -1;
  for (std::size_t i = 0; i < std::min(a.prerelease.size(), b.prerelease.size()); ++i) {
    if (int order = compare_word(a.prerelease[i], b.prerelease[i])) return order;
  }
  if (a.prerelease.size() == b.prerelease.size()) return 0;
  return a.prerelease.size() < b.prerelease.size() ? -1 : 1;
}

}  // namespace lesto::cel
