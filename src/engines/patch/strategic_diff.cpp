#include "engines/patch/strategic_diff.h"

#include "engines/patch/go_text.h"
#include "engines/patch/strategic_lists.h"
#include "engines/patch/strategic_merge.h"

namespace lesto::patch {
namespace {

using json::Value;

std::unexpected<Error> refuse(std::string text) { return fail(Code::Invalid, std::move(text)); }

// What differs between two lists, and the order that the result should have.
struct ListDiff {
  Items items;
  Items deletions;
  Items order;
};

// Makes the patch from one object to another. The library sorts lists of scalars in the first
// object while it looks at them, and compares them afterwards: the first object is changed here as
// well.
class Differ {
 public:
  Result<Value> maps(const SchemaNode* node, Value& original, const Value& modified,
                     const DiffOptions& options) {
    Value patch = Value::object();
    Items retained;
    for (const json::Member& member : modified.members()) {
      if (options.retain_keys && !member.value.is_null()) retained.push_back(member.key);
      TRY(member_diff(node, original, member, patch, options));
    }
    if (!options.ignore_deletions) {
      for (const json::Member& member : original.members()) {
        if (!modified.contains(member.name())) patch.set(member.name(), Value());
      }
    }
    if (!retained.empty() && (!patch.empty() || has_more(original, modified))) {
      sort_scalars(retained);
      patch.set(kRetainKeys, Value::array(std::move(retained)));
    }
    return patch;
  }

 private:
  static bool has_more(const Value& original, const Value& modified) {
    for (const json::Member& member : original.members()) {
      if (!member.value.is_null() && !modified.contains(member.name())) return true;
    }
    return false;
  }

  Result<void> member_diff(const SchemaNode* node, Value& original, const json::Member& member,
                           Value& patch, const DiffOptions& options) {
    std::string_view key = member.name();
    const Value* before = original.find(key);
    if (before && key == kDirective) {
      if (!before->is_string() || !member.value.is_string()) {
        return refuse("invalid value for special key: " + std::string(kDirective));
      }
      if (!(*before == member.value)) patch.set(key, member.value);
      return {};
    }
    if (!before || before->kind() != member.value.kind()) {
      if (!options.ignore_changes) patch.set(key, member.value);
      return {};
    }
    if (before->is_object()) return map_member(node, original, member, patch, options);
    if (before->is_array()) return list_member(node, original, member, patch, options);
    if (!options.ignore_changes && !(*before == member.value)) patch.set(key, member.value);
    return {};
  }

  Result<void> map_member(const SchemaNode* node, Value& original, const json::Member& member,
                          Value& patch, DiffOptions options) {
    auto field = map_field(node, member.name());
    if (!field) {
      // What the type does not know may stay as it is.
      if (original[member.name()] == member.value) return {};
      return fail(field.error());
    }
    options.retain_keys = field->retain_keys;
    if (field->replace) {
      if (!options.ignore_changes) patch.set(member.name(), member.value);
      return {};
    }
    TRY_ASSIGN(Value below,
               maps(field->type, *original.edit(member.name()), member.value, options));
    if (!below.empty()) patch.set(member.name(), std::move(below));
    return {};
  }

  Result<void> list_member(const SchemaNode* node, Value& original, const json::Member& member,
                           Value& patch, DiffOptions options) {
    auto field = list_field(node, member.name());
    if (!field) {
      if (original[member.name()] == member.value) return {};
      return fail(field.error());
    }
    std::string name(member.name());
    if (!field->merge) {
      if (!options.ignore_changes && !(original[name] == member.value))
        patch.set(name, member.value);
      return {};
    }
    options.retain_keys = field->retain_keys;
    TRY_ASSIGN(ListDiff diff, lists(*field, *original.edit(name), member.value, options));
    if (!diff.items.empty()) patch.set(name, Value::array(std::move(diff.items)));
    if (!diff.deletions.empty()) {
      patch.set(std::string(kDeletePrefix) + "/" + name, Value::array(std::move(diff.deletions)));
    }
    if (!diff.order.empty())
      patch.set(std::string(kOrderPrefix) + "/" + name, Value::array(std::move(diff.order)));
    return {};
  }

  Result<ListDiff> lists(const FieldMerge& field, Value& original, const Value& modified,
                         const DiffOptions& options) {
    ListDiff diff;
    if (original.empty()) {
      if (!options.ignore_changes) diff.items = items_of(modified);
      return diff;
    }
    TRY_ASSIGN(ItemType type, item_type(original, modified));
    if (type == ItemType::Maps) return map_lists(field, original, modified, options);
    return scalar_lists(field, original, modified, options);
  }

  static Result<ListDiff> scalar_lists(const FieldMerge& field, Value& original,
                                       const Value& modified, const DiffOptions& options) {
    ListDiff diff;
    Items before = items_of(original);
    Items after = items_of(modified);
    sort_scalars(before);
    sort_scalars(after);
    original = Value::array(before);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before.size() || j < after.size()) {
      int side = i >= before.size()  ? 1
                 : j >= after.size() ? -1
                                     : go_value(before[i]).compare(go_value(after[j]));
      if (side < 0) {
        if (!options.ignore_deletions) diff.deletions.push_back(before[i]);
        ++i;
      } else if (side > 0) {
        if (!options.ignore_changes) diff.items.push_back(after[j]);
        ++j;
      } else {
        ++i;
        ++j;
      }
    }
    deduplicate(diff.deletions);
    TRY_ASSIGN(diff.items,
               sort_by_order(diff.items, items_of(modified), field.merge_key, ItemType::Scalars));
    bool deletes = !options.ignore_deletions && !diff.deletions.empty();
    bool changes = !options.ignore_changes && !(original == modified);
    if (options.element_order && (deletes || changes)) diff.order = items_of(modified);
    return diff;
  }

  Result<ListDiff> map_lists(const FieldMerge& field, Value& original, const Value& modified,
                             const DiffOptions& options) {
    ListDiff diff;
    Items deletions;
    TRY(map_items(field, original, modified, options, diff.items, deletions));
    TRY_ASSIGN(diff.items,
               sort_by_order(diff.items, items_of(modified), field.merge_key, ItemType::Maps));
    TRY_ASSIGN(bool same_order, is_same_order(original, modified, field.merge_key));
    diff.items.insert(diff.items.end(), deletions.begin(), deletions.end());
    bool changes = !options.ignore_changes && (!diff.items.empty() || !same_order);
    bool deletes = !options.ignore_deletions && !diff.items.empty();
    if (options.element_order && (changes || deletes)) {
      for (const Value& item : modified.items()) {
        diff.order.push_back(json::object({{field.merge_key, item[field.merge_key]}}));
      }
    }
    return diff;
  }

  static Result<bool> is_same_order(const Value& original, const Value& modified,
                                    std::string_view merge_key) {
    if (original.size() != modified.size()) return false;
    for (std::size_t i = 0; i < modified.size(); ++i) {
      if (merge_key.empty()) {
        if (!(original[i] == modified[i])) return false;
        continue;
      }
      if (!original[i].contains(merge_key)) return no_merge_key(original[i], merge_key);
      if (!modified[i].contains(merge_key)) return no_merge_key(modified[i], merge_key);
      if (!(original[i][merge_key] == modified[i][merge_key])) return false;
    }
    return true;
  }

  // Walks both lists in the order of their merge keys.
  Result<void> map_items(const FieldMerge& field, const Value& original, const Value& modified,
                         const DiffOptions& options, Items& changes, Items& deletions) {
    Items before = items_of(original);
    Items after = items_of(modified);
    sort_by_key(before, field.merge_key);
    sort_by_key(after, field.merge_key);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && !before[i].contains(field.merge_key))
        return no_merge_key(before[i], field.merge_key);
      if (j < after.size() && !after[j].contains(field.merge_key))
        return no_merge_key(after[j], field.merge_key);
      int side =
          i >= before.size() ? 1
          : j >= after.size()
              ? -1
              : go_value(before[i][field.merge_key]).compare(go_value(after[j][field.merge_key]));
      if (side < 0) {
        if (!options.ignore_deletions) {
          deletions.push_back(json::object(
              {{field.merge_key, before[i][field.merge_key]}, {kDirective, "delete"}}));
        }
        ++i;
      } else if (side > 0) {
        if (!options.ignore_changes) changes.push_back(after[j]);
        ++j;
      } else {
        TRY_ASSIGN(Value patch, maps(field.type, before[i], after[j], options));
        if (!patch.empty()) {
          patch.set(field.merge_key, after[j][field.merge_key]);
          changes.push_back(std::move(patch));
        }
        ++i;
        ++j;
      }
    }
    return {};
  }
};

}  // namespace

Result<Value> diff_strategic(const SchemaNode* node, Value& original, const Value& modified,
                             const DiffOptions& options) {
  return Differ().maps(node, original, modified, options);
}

}  // namespace lesto::patch
