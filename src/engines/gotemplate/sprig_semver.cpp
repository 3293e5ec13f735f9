#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

Answer semver(Call& call) {
  auto version = Version::parse(call.text(0));
  if (!version) return call.fail(version.error());
  return call.heap().version(std::move(*version));
}

Answer semver_compare(Call& call) {
  if (Outcome spent = call.context.spend(35); !spent) return std::unexpected(spent.error());
  auto constraint = Constraint::parse(call.text(0));
  if (!constraint) return call.fail(constraint.error());
  auto version = Version::parse(call.text(1));
  if (!version) return call.fail(version.error());
  return Value::of_bool(constraint->check(*version));
}

constexpr Function kFunctions[] = {
    {"semver", Group::Semver, "s>V", semver},
    {"semverCompare", Group::Semver, "ss>b", semver_compare},
};

const Version& self(Call& call) { return *call.at(0).version; }

Answer number(std::uint64_t value) {
  return Value::of_integer(Type::Uint64, static_cast<std::int64_t>(value));
}

Answer major_of(Call& call) { return number(self(call).major()); }
Answer minor_of(Call& call) { return number(self(call).minor()); }
Answer patch_of(Call& call) { return number(self(call).patch()); }
Answer prerelease_of(Call& call) { return call.give(self(call).prerelease()); }
Answer metadata_of(Call& call) { return call.give(self(call).metadata()); }
Answer original_of(Call& call) { return call.give(self(call).original()); }
Answer text_of(Call& call) { return call.give(self(call).text()); }

// Calls compare(), which Go's nil pointers make panic.
std::expected<int, Failure> order(Call& call) {
  if (!call.at(1).version) return call.fail(kNilPointer);
  return self(call).compare(*call.at(1).version);
}

Answer compare(Call& call) {
  auto result = order(call);
  if (!result) return std::unexpected(result.error());
  return Value::of_int(*result);
}
Answer equal(Call& call) {
  if (!call.at(1).version) return Value::of_bool(false);
  return Value::of_bool(self(call).compare(*call.at(1).version) == 0);
}
Answer less(Call& call) {
  auto result = order(call);
  if (!result) return std::unexpected(result.error());
  return Value::of_bool(*result < 0);
}
Answer less_equal(Call& call) {
  auto result = order(call);
  if (!result) return std::unexpected(result.error());
  return Value::of_bool(*result <= 0);
}
Answer greater(Call& call) {
  auto result = order(call);
  if (!result) return std::unexpected(result.error());
  return Value::of_bool(*result > 0);
}
Answer greater_equal(Call& call) {
  auto result = order(call);
  if (!result) return std::unexpected(result.error());
  return Value::of_bool(*result >= 0);
}

Answer copy(Call& call, Version version) {
  return call.heap().version(std::move(version), Type::VersionCopy);
}

Answer next_patch(Call& call) { return copy(call, self(call).next_patch()); }
Answer next_minor(Call& call) { return copy(call, self(call).next_minor()); }
Answer next_major(Call& call) { return copy(call, self(call).next_major()); }

Answer set_prerelease(Call& call) {
  auto next = self(call).with_prerelease(call.text(1));
  if (!next) return call.fail(next.error());
  return copy(call, std::move(*next));
}
Answer set_metadata(Call& call) {
  auto next = self(call).with_metadata(call.text(1));
  if (!next) return call.fail(next.error());
  return copy(call, std::move(*next));
}

// Methods of the pointer, and (v) those that the value has too.
constexpr Function kMethods[] = {
    {"Major", Group::Method, "V>u", major_of},
    {"Minor", Group::Method, "V>u", minor_of},
    {"Patch", Group::Method, "V>u", patch_of},
    {"Prerelease", Group::Method, "V>s", prerelease_of},
    {"Metadata", Group::Method, "V>s", metadata_of},
    {"Original", Group::Method, "V>s", original_of},
    {"String", Group::Method, "V>s", text_of},
    {"Compare", Group::Method, "VV>i", compare},
    {"Equal", Group::Method, "VV>b", equal},
    {"LessThan", Group::Method, "VV>b", less},
    {"LessThanEqual", Group::Method, "VV>b", less_equal},
    {"GreaterThan", Group::Method, "VV>b", greater},
    {"GreaterThanEqual", Group::Method, "VV>b", greater_equal},
    {"IncPatch", Group::Method, "V>w", next_patch},
    {"IncMinor", Group::Method, "V>w", next_minor},
    {"IncMajor", Group::Method, "V>w", next_major},
    {"SetPrerelease", Group::Method, "Vs>w", set_prerelease},
    {"SetMetadata", Group::Method, "Vs>w", set_metadata},
    {"Major", Group::Method, "w>u", major_of},
    {"Minor", Group::Method, "w>u", minor_of},
    {"Patch", Group::Method, "w>u", patch_of},
    {"Prerelease", Group::Method, "w>s", prerelease_of},
    {"Metadata", Group::Method, "w>s", metadata_of},
    {"String", Group::Method, "w>s", text_of},
    {"IncPatch", Group::Method, "w>w", next_patch},
    {"IncMinor", Group::Method, "w>w", next_minor},
    {"IncMajor", Group::Method, "w>w", next_major},
    {"SetPrerelease", Group::Method, "ws>w", set_prerelease},
    {"SetMetadata", Group::Method, "ws>w", set_metadata},
};

}  // namespace

std::span<const Function> semver_functions() { return kFunctions; }
std::span<const Function> semver_methods() { return kMethods; }

}  // namespace lesto::gotemplate
