// Versions and constraints as Masterminds/semver 3.5 reads and compares them (golden suite
// `semver`).
#pragma once

#include <compare>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::gotemplate {

// A semantic version. The error of what fails is the library's text.
class Version {
 public:
  // Lenient: a leading v, one or two parts.
  static std::expected<Version, std::string> parse(std::string_view text);
  static std::expected<Version, std::string> parse_strict(std::string_view text);

  std::uint64_t major() const { return major_; }
  std::uint64_t minor() const { return minor_; }
  std::uint64_t patch() const { return patch_; }
  const std::string& prerelease() const { return prerelease_; }
  const std::string& metadata() const { return metadata_; }
  const std::string& original() const { return original_; }
  // Normalised: 1.2 is 1.2.0.
  std::string text() const;

  // Precedence; metadata does not count.
  int compare(const Version& other) const;

  Version next_patch() const;
  Version next_minor() const;
  Version next_major() const;
  std::expected<Version, std::string> with_prerelease(std::string_view prerelease) const;
  std::expected<Version, std::string> with_metadata(std::string_view metadata) const;

 private:
  friend class Constraint;

  std::string prefix() const;

  std::uint64_t major_ = 0;
  std::uint64_t minor_ = 0;
  std::uint64_t patch_ = 0;
  std::string prerelease_;
  std::string metadata_;
  std::string original_;
};

// Groups (||) of comparisons that must all hold.
class Constraint {
 public:
  static std::expected<Constraint, std::string> parse(std::string_view text);

  bool check(const Version& version) const;
  // The reasons why the version does not fit; none when it does.
  std::vector<std::string> validate(const Version& version) const;
  std::string text() const;

 private:
  struct Comparison {
    std::string operation;
    std::string original;
    Version version;
    bool minor_dirty = false;
    bool patch_dirty = false;
    bool dirty = false;
  };
  using Verdict = std::expected<void, std::string>;

  static std::expected<Comparison, std::string> parse_comparison(std::string_view text);
  static Verdict check_one(const Comparison& one, const Version& version, bool prereleases);
  static Verdict check_not_equal(const Comparison& one, const Version& version);
  static Verdict check_greater(const Comparison& one, const Version& version);
  static Verdict check_less_equal(const Comparison& one, const Version& version);
  static Verdict check_tilde(const Comparison& one, const Version& version);
  static Verdict check_caret(const Comparison& one, const Version& version);

  std::vector<std::vector<Comparison>> groups_;
  std::vector<bool> has_prerelease_;
};

}  // namespace lesto::gotemplate
