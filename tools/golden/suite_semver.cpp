// Suite `semver`: Masterminds/semver as Helm and Sprig use it (shared oracle semver).
#include <algorithm>

#include "engines/gotemplate/version.h"
#include "foundation/json/text.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using gotemplate::Constraint;
using gotemplate::Version;
using Answer = std::expected<json::Value, std::string>;

// The parser has checked that every version of these groups can be read.
Version version_of(const json::Value& text) { return Version::parse(text.text()).value_or(Version()); }

Answer parsed(std::expected<Version, std::string> version) {
  if (!version) return std::unexpected(version.error());
  // As the recording has them: beyond int64 they went through a float.
  auto number = [](std::uint64_t value) {
    auto integer = static_cast<std::int64_t>(value);
    return integer < 0 ? json::Value(static_cast<double>(value)) : json::Value(integer);
  };
  return json::object({{"string", version->text()},
                       {"original", version->original()},
                       {"major", number(version->major())},
                       {"minor", number(version->minor())},
                       {"patch", number(version->patch())},
                       {"prerelease", version->prerelease()},
                       {"metadata", version->metadata()}});
}

Answer originals(std::vector<Version> versions) {
  std::stable_sort(versions.begin(), versions.end(),
                   [](const Version& a, const Version& b) { return a.compare(b) < 0; });
  json::Value out = json::Value::array();
  for (const Version& version : versions) out.push(version.original());
  return out;
}

Answer constrained(std::string_view group, const json::Value& in) {
  auto constraint = Constraint::parse(in["constraint"].text());
  if (!constraint) return std::unexpected(constraint.error());
  if (group == "constraint") return json::Value(constraint->text());
  if (group == "check") {
    json::Value out = json::Value::array();
    for (const json::Value& version : in["versions"].items()) out.push(constraint->check(version_of(version)));
    return out;
  }
  auto reasons = constraint->validate(version_of(in["version"]));
  json::Value errors = json::Value::array();
  for (const std::string& reason : reasons) errors.push(reason);
  return json::object({{"ok", reasons.empty()}, {"errors", errors}});
}

Answer run(std::string_view group, const json::Value& in) {
  if (group == "parse") return parsed(Version::parse(in["text"].text()));
  if (group == "parse-strict") return parsed(Version::parse_strict(in["text"].text()));
  if (group == "compare") return json::Value(version_of(in["a"]).compare(version_of(in["b"])));
  if (group == "increment") {
    auto version = Version::parse(in["version"].text());
    if (!version) return std::unexpected(version.error());
    return json::object({{"patch", version->next_patch().original()},
                         {"minor", version->next_minor().original()},
                         {"major", version->next_major().original()}});
  }
  if (group == "set") {
    Version version = version_of(in["version"]);
    auto next = in.contains("metadata") ? version.with_metadata(in["metadata"].text())
                                        : version.with_prerelease(in["prerelease"].text());
    if (!next) return std::unexpected(next.error());
    return json::Value(next->original());
  }
  if (group == "sort") {
    std::vector<Version> versions;
    for (const json::Value& version : in["versions"].items()) versions.push_back(version_of(version));
    return originals(std::move(versions));
  }
  return constrained(group, in);
}

}  // namespace

Check semver_suite() {
  return [](const json::Value& line) {
    Verdict verdict;
    Answer answer = run(line["group"].text(), line["in"]);
    verdict.got = answer ? json::write(*answer) : "error: " + answer.error();
    verdict.want = line.contains("err") ? "error: " + line["err"].string() : json::write(line["out"]);
    verdict.passed = verdict.want == verdict.got;
    if (!verdict.passed) verdict.want += "\n  in:   " + json::write(line["in"]);
    return verdict;
  };
}

}  // namespace lesto::golden
