#include "engines/patch/merge_patch.h"

namespace lesto::patch {

using json::Value;

namespace {

// New objects hold no nulls.
Value without_nulls(const Value& value) {
  if (!value.is_object()) return value;
  Value out = Value::object();
  for (const json::Member& member : value.members()) {
    if (!member.value.is_null()) out.set(member.name(), without_nulls(member.value));
  }
  return out;
}

}  // namespace

Value apply_merge_patch(const Value& document, const Value& patch) {
  if (!patch.is_object()) return patch;
  if (!document.is_object()) return without_nulls(patch);
  Value result = document;
  for (const json::Member& member : patch.members()) {
    if (member.value.is_null()) {
      result.erase(member.name());
    } else if (const Value* before = result.find(member.name())) {
      Value merged = apply_merge_patch(*before, member.value);
      result.set(member.name(), std::move(merged));
    } else {
      result.set(member.name(), without_nulls(member.value));
    }
  }
  return result;
}

}  // namespace lesto::patch
