#include "engines/patch/merge_patch.h"

#include "engines/patch/field_set.h"
#include "engines/patch/go_text.h"

namespace lesto::patch {
namespace {

using json::Value;

// What is new holds no nulls; those in lists stay.
Value without_nulls(const Value& value) {
  if (value.is_array()) {
    std::vector<Value> items;
    for (const Value& item : value.items()) items.push_back(without_nulls(item));
    return Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (const json::Member& member : value.members()) {
    if (!member.value.is_null()) members.emplace_back(member.key, without_nulls(member.value));
  }
  return Value::object(std::move(members));
}

Value merge(const Value& document, const Value& patch) {
  if (!document.is_object()) return without_nulls(patch);
  if (!patch.is_object()) return patch;
  Value result = document;
  for (const json::Member& member : patch.members()) {
    const Value* before = result.find(member.name());
    if (member.value.is_null()) {
      result.erase(member.name());
    } else if (!before || before->is_null()) {
      result.set(member.name(), without_nulls(member.value));
    } else {
      Value merged = merge(*before, member.value);
      result.set(member.name(), std::move(merged));
    }
  }
  return result;
}

Value difference(const Value& original, const Value& modified) {
  Value patch = Value::object();
  for (const json::Member& member : modified.members()) {
    const Value* before = original.find(member.name());
    if (before && before->is_object() && member.value.is_object()) {
      Value below = difference(*before, member.value);
      if (!below.empty()) patch.set(member.name(), std::move(below));
    } else if (!before || !same_value(*before, member.value)) {
      patch.set(member.name(), member.value);
    }
  }
  for (const json::Member& member : original.members()) {
    if (!modified.contains(member.name())) patch.set(member.name(), Value());
  }
  return patch;
}

// Keeps what a patch sets, or what it deletes.
enum class Part : bool { Sets, Deletes };

Value part_of(const Value& patch, Part part) {
  Value out = Value::object();
  for (const json::Member& member : patch.members()) {
    if (member.value.is_null()) {
      if (part == Part::Deletes) out.set(member.name(), Value());
    } else if (member.value.is_object() && !member.value.empty()) {
      Value below = part_of(member.value, part);
      if (!below.empty()) out.set(member.name(), std::move(below));
    } else if (part == Part::Sets) {
      out.set(member.name(), member.value);
    }
  }
  return out;
}

bool is_document(const Value& value) { return value.is_object() || value.is_null(); }

}  // namespace

Result<Value> apply_merge_patch(const Value& document, const Value& patch) {
  if (document.is_null()) return fail(Code::Invalid, "Invalid JSON Document");
  if (patch.is_array()) return without_nulls(patch);
  if (!patch.is_object()) return fail(Code::Invalid, "Invalid JSON Patch");
  return merge(document, patch);
}

Result<Value> create_merge_patch(const Value& original, const Value& modified) {
  if (original.is_array() != modified.is_array())
    return fail(Code::Invalid, "Mismatched JSON Documents");
  if (!original.is_array()) {
    if (!is_document(original) || !is_document(modified))
      return fail(Code::Invalid, "Invalid JSON Document");
    return difference(original, modified);
  }
  if (original.size() != modified.size()) return fail(Code::Invalid, "Invalid JSON Document");
  Value patches = Value::array();
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (!is_document(original[i]) || !is_document(modified[i]))
      return fail(Code::Invalid, "Invalid JSON Document");
    patches.push(difference(original[i], modified[i]));
  }
  return patches;
}

Result<void> check_identity(const Value& patch) {
  if (!patch.contains("apiVersion") && !patch.contains("kind") &&
      !patch["metadata"].contains("name"))
    return {};
  return fail(Code::Invalid, "precondition failed for: " + go_value(patch));
}

Result<Value> create_three_way_merge_patch(const Value& original, const Value& modified,
                                           const Value& current, KeepIdentity identity) {
  TRY_ASSIGN(Value changes, create_merge_patch(current, modified));
  if (changes.is_array()) {
    return fail(Code::Invalid,
                "json: cannot unmarshal array into Go value of type map[string]interface {}");
  }
  TRY_ASSIGN(Value deletions, create_merge_patch(original, modified));
  if (deletions.is_array()) {
    return fail(Code::Invalid,
                "json: cannot unmarshal array into Go value of type map[string]interface {}");
  }
  Value patch = merge(part_of(deletions, Part::Deletes), part_of(changes, Part::Sets));
  if (identity == KeepIdentity::Yes) {
    TRY(check_identity(patch));
  }
  return patch;
}

}  // namespace lesto::patch
