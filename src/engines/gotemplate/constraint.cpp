#include <optional>

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

constexpr std::size_t kConstraintBytes = 512;
constexpr std::size_t kGroups = 32;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }

std::size_t blanks(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && blank(text[count])) ++count;
  return count;
}

// A version as a constraint may hold it: numbers or x, X, * in up to three parts, then pre-release
// and metadata.
struct Pattern {
  std::string_view whole;
  std::string_view major;
  std::string_view minor;
  std::string_view patch;
  // With its dash.
  std::string_view prerelease;
};

std::size_t run(std::string_view text, std::string_view letters) {
  std::size_t end = text.find_first_not_of(letters);
  return end == text.npos ? text.size() : end;
}

std::size_t identifiers(std::string_view text, char start) {
  constexpr std::string_view kLetters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
  if (!text.starts_with(start)) return 0;
  std::size_t end = 1 + run(text.substr(1), kLetters);
  if (end == 1) return 0;
  while (end < text.size() && text[end] == '.') {
    std::size_t more = run(text.substr(end + 1), kLetters);
    if (more == 0) break;
    end += 1 + more;
  }
  return end;
}

std::optional<Pattern> take_pattern(std::string_view& text) {
  constexpr std::string_view kDigits = "0123456789xX*|";
  Pattern pattern;
  std::size_t at = text.starts_with('v') ? 1 : 0;
  std::size_t size = run(text.substr(at), kDigits);
  if (size == 0) return std::nullopt;
  pattern.major = text.substr(at, size);
  at += size;
  for (std::string_view* part : {&pattern.minor, &pattern.patch}) {
    if (at >= text.size() || text[at] != '.') break;
    size = run(text.substr(at + 1), kDigits);
    if (size == 0) break;
    *part = text.substr(at + 1, size);
    at += 1 + size;
  }
  size = identifiers(text.substr(at), '-');
  pattern.prerelease = text.substr(at, size);
  at += size;
  at += identifiers(text.substr(at), '+');
  pattern.whole = text.substr(0, at);
  text.remove_prefix(at);
  return pattern;
}

std::optional<std::string_view> take_operation(std::string_view& text) {
  std::string_view found = text.substr(0, run(text, "=!<>~^"));
  for (std::string_view known : {"", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"}) {
    if (found == known) {
      text.remove_prefix(found.size());
      return found;
    }
  }
  return std::nullopt;
}

// "a - b" becomes ">= a, <= b".
std::string without_ranges(std::string_view text) {
  std::string out(text);
  for (std::size_t start = 0; start < text.size();) {
    std::string_view rest = text.substr(start);
    rest.remove_prefix(blanks(rest));
    auto low = take_pattern(rest);
    std::size_t gap = low ? blanks(rest) : 0;
    if (low && gap > 0 && rest.substr(gap).starts_with('-')) {
      rest.remove_prefix(gap + 1);
      gap = blanks(rest);
      rest.remove_prefix(gap);
      auto high = gap > 0 ? take_pattern(rest) : std::nullopt;
      if (high) {
        rest.remove_prefix(blanks(rest));
        std::size_t end = text.size() - rest.size();
        std::string_view matched = text.substr(start, end - start);
        std::size_t at = out.find(matched);
        if (at != out.npos) {
          out.replace(at, matched.size(),
                      ">= " + std::string(low->whole) + ", <= " + std::string(high->whole) + " ");
        }
        start = end;
        continue;
      }
    }
    ++start;
  }
  return out;
}

bool wildcard(std::string_view part) {
  return part.empty() || part == "x" || part == "X" || part == "*";
}

std::unexpected<std::string> refuse(const Version& version, std::string_view relation,
                                    std::string_view original, std::string_view rest = {}) {
  return std::unexpected(quoted(version.text()) + " " + std::string(relation) + " " +
                         quoted(original) + std::string(rest));
}

std::string only_releases(const Version& version) {
  return quoted(version.text()) +
         " is a prerelease version and the constraint is only looking for release versions";
}

}  // namespace

std::expected<Constraint, std::string> Constraint::parse(std::string_view text) {
  if (text.size() > kConstraintBytes) {
    return std::unexpected("constraint string is too long (max 512 bytes)");
  }
  std::string rewritten = without_ranges(text);
  std::string_view rest = rewritten;
  std::vector<std::string_view> groups;
  for (;;) {
    std::size_t bar = rest.find("||");
    groups.push_back(rest.substr(0, bar));
    if (bar == rest.npos) break;
    rest.remove_prefix(bar + 2);
  }
  if (groups.size() > kGroups) return std::unexpected("too many constraint groups (max 32)");
  Constraint constraint;
  for (std::string_view group : groups) {
    std::unexpected<std::string> improper("improper constraint: " + quoted(group));
    std::vector<Comparison> comparisons;
    std::vector<std::string> texts;
    bool has_prerelease = false;
    std::string_view left = group;
    left.remove_prefix(blanks(left));
    for (bool first = true; first || !left.empty(); first = false) {
      auto operation = take_operation(left);
      if (!operation) return improper;
      left.remove_prefix(blanks(left));
      auto pattern = take_pattern(left);
      if (!pattern) return improper;
      texts.push_back(std::string(*operation) + std::string(pattern->whole));
      std::size_t gap = blanks(left);
      left.remove_prefix(gap);
      if (left.starts_with(',')) {
        left.remove_prefix(1);
        left.remove_prefix(blanks(left));
        if (left.empty()) return improper;
      } else if (!left.empty() && gap == 0) {
        return improper;
      }
    }
    for (const std::string& each : texts) {
      auto comparison = parse_comparison(each);
      if (!comparison) return std::unexpected(comparison.error());
      has_prerelease = has_prerelease || !comparison->version.prerelease_.empty();
      comparisons.push_back(std::move(*comparison));
    }
    constraint.groups_.push_back(std::move(comparisons));
    constraint.has_prerelease_.push_back(has_prerelease);
  }
  return constraint;
}

std::expected<Constraint::Comparison, std::string> Constraint::parse_comparison(
    std::string_view text) {
  Comparison one;
  one.operation = *take_operation(text);
  one.original = text;
  Pattern pattern = *take_pattern(text);
  std::string version = one.original;
  std::string prerelease(pattern.prerelease);
  if (wildcard(pattern.major)) {
    version = "0.0.0" + prerelease;
    one.dirty = true;
  } else if (wildcard(pattern.minor)) {
    version = std::string(pattern.major) + ".0.0" + prerelease;
    one.dirty = one.minor_dirty = true;
  } else if (wildcard(pattern.patch)) {
    version = std::string(pattern.major) + "." + std::string(pattern.minor) + ".0" + prerelease;
    one.dirty = one.patch_dirty = true;
  }
  auto parsed = Version::parse(version);
  if (!parsed) return std::unexpected("constraint parser error");
  one.version = std::move(*parsed);
  return one;
}

std::string Constraint::text() const {
  std::string out;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (i > 0) out += " || ";
    for (std::size_t k = 0; k < groups_[i].size(); ++k) {
      if (k > 0) out += ' ';
      out += groups_[i][k].operation + groups_[i][k].original;
    }
  }
  return out;
}

bool Constraint::check(const Version& version) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    bool fits = true;
    for (const Comparison& one : groups_[i])
      fits = fits && check_one(one, version, has_prerelease_[i]);
    if (fits) return true;
  }
  return false;
}

std::vector<std::string> Constraint::validate(const Version& version) const {
  std::vector<std::string> reasons;
  bool told = false;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    bool fits = true;
    for (const Comparison& one : groups_[i]) {
      if (!has_prerelease_[i] && !version.prerelease_.empty()) {
        if (!told) reasons.push_back(only_releases(version));
        told = true;
        fits = false;
      } else if (Verdict verdict = check_one(one, version, has_prerelease_[i]); !verdict) {
        reasons.push_back(verdict.error());
        fits = false;
      }
    }
    if (fits) return {};
  }
  return reasons;
}

Constraint::Verdict Constraint::check_tilde(const Comparison& one, const Version& version) {
  const Version& wanted = one.version;
  if (version.compare(wanted) < 0) return refuse(version, "is less than", one.original);
  // ~0.0.0 takes every version.
  bool zero = wanted.major_ == 0 && wanted.minor_ == 0 && wanted.patch_ == 0;
  if (zero && !one.minor_dirty && !one.patch_dirty) return {};
  if (version.major_ != wanted.major_)
    return refuse(version, "does not have same major version as", one.original);
  if (version.minor_ != wanted.minor_ && !one.minor_dirty) {
    return refuse(version, "does not have same major and minor version as", one.original);
  }
  return {};
}

Constraint::Verdict Constraint::check_caret(const Comparison& one, const Version& version) {
  const Version& wanted = one.version;
  if (version.compare(wanted) < 0) return refuse(version, "is less than", one.original);
  if (wanted.major_ > 0 || one.minor_dirty || version.major_ > 0) {
    if (version.major_ == wanted.major_) return {};
    return refuse(version, "does not have same major version as", one.original);
  }
  if (wanted.minor_ > 0 || one.patch_dirty) {
    if (version.minor_ == wanted.minor_) return {};
    return refuse(version, "does not have same minor version as", one.original,
                  ". Expected minor versions to match when constraint major version is 0");
  }
  if (version.minor_ > 0)
    return refuse(version, "does not have same minor version as", one.original);
  if (version.patch_ == wanted.patch_) return {};
  return refuse(version, "does not equal", one.original,
                ". Expect version and constraint to equal when major and minor versions are 0");
}

Constraint::Verdict Constraint::check_not_equal(const Comparison& one, const Version& version) {
  const Version& wanted = one.version;
  if (!one.dirty) {
    if (version.compare(wanted) != 0) return {};
    return refuse(version, "is equal to", one.original);
  }
  if (version.major_ != wanted.major_) return {};
  if (version.minor_ != wanted.minor_ && !one.minor_dirty) return {};
  if (one.minor_dirty) return refuse(version, "is equal to", one.original);
  if (version.patch_ != wanted.patch_ && !one.patch_dirty) return {};
  if (one.patch_dirty) {
    bool prereleases = !version.prerelease_.empty() || !wanted.prerelease_.empty();
    if (prereleases && version.prerelease_ != wanted.prerelease_) return {};
    return refuse(version, "is equal to", one.original);
  }
  if (version.compare(wanted) != 0) return {};
  return refuse(version, "is equal to", one.original);
}

Constraint::Verdict Constraint::check_greater(const Comparison& one, const Version& version) {
  const Version& wanted = one.version;
  bool greater = version.compare(wanted) > 0;
  if (one.dirty && version.major_ != wanted.major_) {
    greater = version.major_ > wanted.major_;
  } else if (one.minor_dirty) {
    greater = false;
  } else if (one.patch_dirty) {
    greater = version.minor_ > wanted.minor_;
  }
  if (greater) return {};
  return refuse(version, "is less than or equal to", one.original);
}

Constraint::Verdict Constraint::check_less_equal(const Comparison& one, const Version& version) {
  const Version& wanted = one.version;
  bool fits = version.compare(wanted) <= 0;
  if (one.dirty) {
    bool same_major = version.major_ == wanted.major_;
    fits = version.major_ < wanted.major_ ||
           (same_major && (version.minor_ <= wanted.minor_ || one.minor_dirty));
  }
  if (fits) return {};
  return refuse(version, "is greater than", one.original);
}

Constraint::Verdict Constraint::check_one(const Comparison& one, const Version& version,
                                          bool prereleases) {
  if (!version.prerelease_.empty() && !prereleases) return std::unexpected(only_releases(version));
  const std::string& operation = one.operation;
  if (operation == "!=") return check_not_equal(one, version);
  if (operation == ">") return check_greater(one, version);
  if (operation == "<=" || operation == "=<") return check_less_equal(one, version);
  if (operation == "^") return check_caret(one, version);
  if (operation == "<") {
    if (version.compare(one.version) < 0) return {};
    return refuse(version, "is greater than or equal to", one.original);
  }
  if (operation == ">=" || operation == "=>") {
    if (version.compare(one.version) >= 0) return {};
    return refuse(version, "is less than", one.original);
  }
  if (operation == "~" || operation == "~>" || one.dirty) return check_tilde(one, version);
  if (version.compare(one.version) == 0) return {};
  return refuse(version, "is not equal to", one.original);
}

}  // namespace lesto::gotemplate
