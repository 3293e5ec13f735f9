// The text form of field sets: keys "f:name", "k:{...}", "v:value", "i:index" and "." for the step
// itself.
#include <charconv>

#include "engines/patch/field_set.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

std::string key_of(const PathStep& step) {
  switch (step.kind) {
    case StepKind::Field: return "f:" + step.data.string();
    case StepKind::Key: return "k:" + json::canonical(step.data);
    case StepKind::Item: return "v:" + json::canonical(step.data);
    case StepKind::Index: return "i:" + std::to_string(step.data.integer());
  }
  return "";
}

// Nothing for a kind of step that is not known: newer servers may have more.
Result<std::optional<PathStep>> step_of(std::string_view key) {
  if (key.size() < 2) return fail(Code::Invalid, "key must be 2 characters long:");
  if (key[1] != ':') return fail(Code::Invalid, "missing colon: " + std::string(key));
  std::string_view rest = key.substr(2);
  switch (key[0]) {
    case 'f': return PathStep::field(rest);
    case 'k': {
      TRY_ASSIGN(Value data, json::parse(rest));
      if (!data.is_object())
        return fail(Code::Invalid, "a key step must hold an object: " + std::string(key));
      return PathStep{StepKind::Key, std::move(data)};
    }
    case 'v': {
      TRY_ASSIGN(Value data, json::parse(rest));
      return PathStep{StepKind::Item, std::move(data)};
    }
    case 'i': {
      std::int64_t index = 0;
      auto end = rest.data() + rest.size();
      auto result = std::from_chars(rest.data(), end, index);
      if (result.ec != std::errc() || result.ptr != end) {
        return fail(Code::Invalid, "an index step must hold a number: " + std::string(key));
      }
      return PathStep{StepKind::Index, Value(index)};
    }
    default: return std::nullopt;
  }
}

}  // namespace

Value FieldSet::to_fields_v1() const {
  Value out = Value::object();
  for (const PathStep& member : members_) out.set(key_of(member), Value::object());
  for (const Child& child : children_) {
    Value below = child.set.to_fields_v1();
    // Owned itself, and something below it.
    if (has_member(child.step) && !below.empty()) below.set(".", Value::object());
    out.set(key_of(child.step), std::move(below));
  }
  return out;
}

Result<FieldSet> FieldSet::from_fields_v1(const Value& fields) {
  FieldSet set;
  for (const json::Member& member : fields.members()) {
    if (member.name() == ".") continue;
    TRY_ASSIGN(std::optional<PathStep> step, step_of(member.name()));
    if (!step) continue;
    TRY_ASSIGN(FieldSet below, from_fields_v1(member.value));
    bool nothing_below = below.members_.empty() && below.children_.empty();
    if (nothing_below || member.value.contains(".")) set.insert(&*step, 1);
    if (!nothing_below) set.descend(*step) = std::move(below);
  }
  return set;
}

}  // namespace lesto::patch
