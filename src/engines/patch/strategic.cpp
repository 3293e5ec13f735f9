#include "engines/patch/strategic.h"

#include "engines/patch/go_text.h"
#include "engines/patch/strategic_diff.h"
#include "engines/patch/strategic_lists.h"
#include "engines/patch/strategic_merge.h"
#include "foundation/json/yaml.h"

namespace lesto::patch {
namespace {

using json::Value;

// Finds fields that our patch sets and that somebody else has changed to something different.
class ConflictFinder {
 public:
  Result<bool> maps(const SchemaNode* node, const Value& ours, const Value& theirs) {
    for (const json::Member& member : ours.members()) {
      if (member.name() == kDirective || member.name() == kRetainKeys) continue;
      const Value* other = theirs.find(member.name());
      if (!other) continue;
      FieldMerge field;
      if (member.value.is_array()) {
        TRY_ASSIGN(field, list_field(node, member.name()));
      } else if (member.value.is_object()) {
        TRY_ASSIGN(field, map_field(node, member.name()));
      }
      TRY_ASSIGN(bool conflict, values(field, member.value, *other));
      if (conflict) return true;
    }
    return false;
  }

 private:
  Result<bool> values(const FieldMerge& field, const Value& ours, const Value& theirs) {
    if (ours.is_object()) {
      if (!theirs.is_object()) return true;
      const Value* our_directive = ours.find(kDirective);
      const Value* their_directive = theirs.find(kDirective);
      if ((our_directive != nullptr) != (their_directive != nullptr)) return true;
      if (our_directive && !(*our_directive == *their_directive)) return true;
      return field.replace ? Result<bool>(false) : maps(field.type, ours, theirs);
    }
    if (ours.is_array()) return theirs.is_array() ? lists(field, ours, theirs) : Result<bool>(true);
    return !(ours == theirs);
  }

  Result<bool> lists(const FieldMerge& field, const Value& ours, const Value& theirs) {
    TRY_ASSIGN(ItemType type, item_type(ours, theirs));
    if (field.merge) {
      if (type == ItemType::Scalars) return false;
      TRY_ASSIGN(Value our_items, by_merge_key(ours, field.merge_key));
      TRY_ASSIGN(Value their_items, by_merge_key(theirs, field.merge_key));
      for (const json::Member& item : our_items.members()) {
        const Value* other = their_items.find(item.name());
        if (!other) continue;
        TRY_ASSIGN(bool conflict, values({.type = field.type}, item.value, *other));
        if (conflict) return true;
      }
      return false;
    }
    if (ours.size() != theirs.size()) return true;
    Items our_items = items_of(ours);
    Items their_items = items_of(theirs);
    if (type == ItemType::Scalars) {
      for (Items* items : {&our_items, &their_items}) {
        deduplicate(*items);
        sort_scalars(*items);
      }
    }
    for (std::size_t i = 0; i < our_items.size(); ++i) {
      if (i >= their_items.size()) return true;
      TRY_ASSIGN(bool conflict, values({.type = field.type}, our_items[i], their_items[i]));
      if (conflict) return true;
    }
    return false;
  }

  static Result<Value> by_merge_key(const Value& list, std::string_view merge_key) {
    Value items = Value::object();
    for (const Value& item : list.items()) {
      const Value* key = item.find(merge_key);
      if (!key) {
        return fail(Code::Invalid, "cannot find merge key `" + std::string(merge_key) +
                                       "` in merging list element:" + go_value(item));
      }
      items.set(go_value(*key), item);
    }
    return items;
  }
};

}  // namespace

Result<Value> apply_strategic(const Schema& schema, const Value& original, const Value& patch) {
  return merge_strategic(&schema.root(), original, patch, Target::Object);
}

Result<Value> create_strategic(const Schema& schema, const Value& original, const Value& modified) {
  Value before = original;
  return diff_strategic(&schema.root(), before, modified, {.element_order = true});
}

Result<Value> create_three_way_strategic(const Schema& schema, const Value& original,
                                         const Value& modified, const Value& current,
                                         Overwrite overwrite, KeepIdentity identity) {
  const SchemaNode* root = &schema.root();
  Value live = current;
  Value before = original;
  TRY_ASSIGN(Value changes, diff_strategic(root, live, modified,
                                           {.ignore_deletions = true, .element_order = true}));
  TRY_ASSIGN(Value deletions, diff_strategic(root, before, modified,
                                             {.ignore_changes = true, .element_order = true}));
  TRY_ASSIGN(Value patch, merge_strategic(root, deletions, changes, Target::Patch));
  if (identity == KeepIdentity::Yes) {
    TRY(check_identity(patch));
  }
  if (overwrite == Overwrite::Yes) return patch;
  TRY_ASSIGN(Value theirs, diff_strategic(root, before, live, {}));
  TRY_ASSIGN(bool conflict, ConflictFinder().maps(root, patch, theirs));
  if (!conflict) return patch;
  return fail(Code::Conflict, "patch:\n" + json::write_yaml(patch) +
                                  "\nconflicts with changes made from original to current:\n" +
                                  json::write_yaml(theirs) + "\n");
}

}  // namespace lesto::patch
