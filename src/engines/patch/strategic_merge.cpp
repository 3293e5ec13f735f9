#include "engines/patch/strategic_merge.h"

#include <algorithm>

#include "engines/patch/go_text.h"
#include "engines/patch/strategic_lists.h"
#include "foundation/json/scan.h"

namespace lesto::patch {
namespace {

using json::Value;

std::unexpected<Error> refuse(std::string text) { return fail(Code::Invalid, std::move(text)); }

bool is_directive_key(std::string_view key) {
  return key.starts_with(kDeletePrefix) || key.starts_with(kOrderPrefix);
}

Value without_nulls(const Value& value) {
  if (value.is_array()) {
    Items items;
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

// What is new is taken without its directives; nothing when it is a directive itself.
std::optional<Value> without_directives(const Value& value) {
  if (value.is_array()) {
    Items items;
    for (const Value& item : value.items()) {
      if (auto kept = without_directives(item)) items.push_back(std::move(*kept));
    }
    return Value::array(std::move(items));
  }
  if (!value.is_object()) return value;
  if (value.contains(kDirective)) return std::nullopt;
  std::vector<json::Member> members;
  for (const json::Member& member : value.members()) {
    if (auto kept = without_directives(member.value))
      members.emplace_back(member.key, std::move(*kept));
  }
  return Value::object(std::move(members));
}

class Merger {
 public:
  explicit Merger(Target target) : target_(target) {}

  Result<Value> merge_maps(const SchemaNode* node, Value original, Value patch) {
    if (const Value* directive = patch.find(kDirective)) return obey(*directive, patch);
    if (!original.is_object()) original = Value::object();
    TRY(retain_keys(original, patch));
    TRY(merge_ordered_lists(node, original, patch));
    for (const json::Member& member : patch.members()) {
      TRY(merge_member(node, original, member.name(), member.value));
    }
    return original;
  }

 private:
  static Result<Value> obey(const Value& directive, Value patch) {
    if (directive.text() == "delete") return Value::object();
    if (directive.text() != "replace") {
      return refuse("unknown patch type: " + go_value(directive) + " in map: " + go_value(patch));
    }
    patch.erase(kDirective);
    return patch;
  }

  Result<void> retain_keys(Value& original, Value& patch) const {
    const Value* found = patch.find(kRetainKeys);
    if (!found) return {};
    Value keys = *found;
    patch.erase(kRetainKeys);
    if (target_ == Target::Patch) {
      const Value* other = original.find(kRetainKeys);
      if (other && !(*other == keys)) {
        return refuse(go_value(*other) + " and " + go_value(keys) +
                      " are not deep equal: this may happen when calculating the 3-way diff patch");
      }
      original.set(kRetainKeys, keys);
      return {};
    }
    if (!keys.is_array()) return refuse("invalid patch format of retainKeys");
    auto is_kept = [&](std::string_view name) {
      return std::ranges::any_of(
          keys.items(), [&](const Value& key) { return key.is_string() && key.text() == name; });
    };
    for (const json::Member& member : patch.members()) {
      if (member.value.is_null() || is_directive_key(member.name()) || is_kept(member.name()))
        continue;
      return refuse("invalid patch format of retainKeys");
    }
    std::vector<json::Member> members;
    for (const json::Member& member : original.members()) {
      if (is_kept(member.name())) members.push_back(member);
    }
    original = Value::object(std::move(members));
    return {};
  }

  // Lists whose order the patch gives are merged first, and taken out of the patch.
  Result<void> merge_ordered_lists(const SchemaNode* node, Value& original, Value& patch) {
    std::vector<std::string> directives;
    for (const json::Member& member : patch.members()) {
      if (member.name().starts_with(kOrderPrefix)) directives.emplace_back(member.name());
    }
    for (const std::string& directive : directives) {
      Value order = patch[directive];
      if (target_ == Target::Patch) {
        const Value* other = original.find(directive);
        if (other && !(*other == order))
          return refuse("invalid patch format of setElementOrder list");
        original.set(directive, order);
      }
      patch.erase(directive);
      TRY(merge_ordered_list(node, original, patch, directive, order));
    }
    return {};
  }

  Result<void> merge_ordered_list(const SchemaNode* node, Value& original, Value& patch,
                                  std::string_view directive, const Value& order) {
    if (!order.is_array()) return bad_type("[]interface {}", order);
    TRY_ASSIGN(std::string name, field_of_directive(directive, kOrderPrefix));
    // Copies: both are changed below.
    const Value* found = original.find(name);
    const Value* given = patch.find(name);
    bool has_original = found != nullptr;
    bool has_patch = given != nullptr;
    Value original_list = has_original ? *found : Value();
    Value patch_list = has_patch ? *given : Value();
    if (has_original && !original_list.is_array()) return bad_type("[]interface {}", original_list);
    if (has_patch && !patch_list.is_array()) return bad_type("[]interface {}", patch_list);
    TRY_ASSIGN(FieldMerge field, list_field(node, name));
    TRY(check_order(patch_list, order, field.merge_key));
    Items merged;
    Items server_order = items_of(original_list);
    if (has_original && has_patch) {
      TRY_ASSIGN(Value list, merge_lists(field, original_list, patch_list, false, &server_order));
      merged = items_of(list);
    } else if (has_original) {
      merged = items_of(original_list);
    } else if (has_patch) {
      merged = items_of(*without_directives(patch_list));
    } else {
      return {};
    }
    TRY_ASSIGN(Split split, split_by_list(merged, order, field.merge_key));
    TRY_ASSIGN(ItemType type, item_type(original_list, patch_list));
    TRY_ASSIGN(Items both, merge_orders(split.in_list, split.others, items_of(order), server_order,
                                        field.merge_key, type));
    original.set(name, Value::array(std::move(both)));
    patch.erase(name);
    return {};
  }

  // The patch list must be a part of the order, in its order.
  static Result<void> check_order(const Value& list, const Value& order,
                                  std::string_view merge_key) {
    if (list.empty() || order.empty()) return {};
    Items wanted;
    for (const Value& item : list.items()) {
      if (!merge_key.empty() && !item.is_object()) return bad_type("map[string]interface {}", item);
      if (merge_key.empty() || item[kDirective].text() != "delete") wanted.push_back(item);
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < wanted.size() && j < order.size()) {
      if (wanted[i].is_object() && wanted[i].contains(kDirective)) {
        ++i;
        continue;
      }
      if (!merge_key.empty()) {
        if (!order[j].is_object()) return bad_type("map[string]interface {}", order[j]);
        if (!wanted[i].contains(merge_key)) return no_merge_key(wanted[i], merge_key);
        if (!order[j].contains(merge_key)) return no_merge_key(order[j], merge_key);
      }
      bool equal =
          merge_key.empty() ? wanted[i] == order[j] : wanted[i][merge_key] == order[j][merge_key];
      if (equal) ++i;
      ++j;
    }
    if (i >= wanted.size() || j < order.size()) return {};
    return refuse("The order in patch list:\n" + go_value(list) + "\n doesn't match " +
                  std::string(kOrderPrefix) + " list:\n" + go_value(order) + "\n");
  }

  Result<void> merge_member(const SchemaNode* node, Value& original, std::string_view key,
                            const Value& value) {
    std::string name(key);
    bool deletes = key.starts_with(kDeletePrefix);
    if (deletes && target_ == Target::Patch) {
      original.set(key, value);
      return {};
    }
    if (deletes) {
      TRY_ASSIGN(name, field_of_directive(key, kDeletePrefix));
    }
    if (value.is_null()) {
      original.erase(name);
      if (target_ == Target::Object) return {};
    }
    const Value* before = original.find(name);
    if (!before || before->kind() != value.kind()) {
      if (!deletes) take(original, name, value);
      return {};
    }
    // Merging changes `original`, so the old value must be its own.
    Value old = *before;
    if (value.is_object()) {
      TRY_ASSIGN(FieldMerge field, map_field(node, name));
      if (field.replace) {
        original.set(name, value);
        return {};
      }
      TRY_ASSIGN(Value merged, merge_maps(field.type, old, value));
      original.set(name, std::move(merged));
    } else if (value.is_array()) {
      TRY_ASSIGN(FieldMerge field, list_field(node, name));
      TRY_ASSIGN(Value merged, merge_lists(field, old, value, deletes));
      original.set(name, std::move(merged));
    } else {
      original.set(name, value);
    }
    return {};
  }

  void take(Value& original, std::string_view name, const Value& value) const {
    auto kept = without_directives(target_ == Target::Object ? without_nulls(value) : value);
    if (kept) {
      original.set(name, std::move(*kept));
    } else {
      original.erase(name);
    }
  }

  // `storage`, when given, holds the items of `original` and gets what the library leaves in their
  // place: it deletes and appends within the list's own memory, and takes the server's order from
  // there afterwards.
  Result<Value> merge_lists(const FieldMerge& field, const Value& original, const Value& patch,
                            bool deletes, Items* storage = nullptr) {
    if (!field.merge && !deletes) return patch;
    if (original.empty() && patch.empty()) return original;
    TRY_ASSIGN(ItemType type, item_type(original, patch));
    Items server = items_of(original);
    Items merged;
    Value applied = patch;
    if (type == ItemType::Scalars) {
      if (deletes) {
        std::erase_if(server, [&](const Value& item) {
          return std::ranges::find(patch.items(), item) != patch.items().end();
        });
        return Value::array(std::move(server));
      }
      merged = server;
      merged.insert(merged.end(), patch.items().begin(), patch.items().end());
      deduplicate(merged);
    } else {
      if (field.merge_key.empty()) return refuse("cannot merge lists without merge key for struct");
      TRY_ASSIGN(bool replaced, take_special_items(server, applied, field.merge_key, storage));
      std::size_t kept = server.size();
      TRY_ASSIGN(merged, merge_items(field, server, applied));
      for (std::size_t i = kept; storage && !replaced && i < merged.size() && i < storage->size();
           ++i) {
        (*storage)[i] = merged[i];
      }
    }
    TRY_ASSIGN(Split split, split_by_list(merged, applied, field.merge_key));
    TRY_ASSIGN(Items both, merge_orders(split.in_list, split.others, items_of(applied), server,
                                        field.merge_key, type));
    return Value::array(std::move(both));
  }

  // Items with a directive act on the list and are no part of the patch. True when they replace the
  // list.
  static Result<bool> take_special_items(Items& server, Value& patch, std::string_view merge_key,
                                         Items* storage) {
    Items plain;
    bool replace = false;
    for (const Value& item : patch.items()) {
      const Value* directive = item.find(kDirective);
      if (!directive) {
        plain.push_back(item);
      } else if (directive->text() == "delete") {
        const Value* key = item.find(merge_key);
        if (!key) return no_merge_key(item, merge_key);
        std::size_t before = server.size();
        std::erase_if(server, [&](const Value& each) {
          const Value* known = each.find(merge_key);
          return known && *known == *key;
        });
        // What follows moves up; behind it the last items stay where they were.
        if (storage && before != server.size())
          std::copy(server.begin(), server.end(), storage->begin());
      } else if (directive->text() == "replace") {
        replace = true;
      } else if (directive->text() == "merge") {
        return refuse("merging lists cannot yet be specified in the patch");
      } else {
        return refuse("unknown patch type: " + go_value(*directive) + " in map: " + go_value(item));
      }
    }
    if (replace) server = plain;
    patch = Value::array(replace ? Items() : std::move(plain));
    return replace;
  }

  Result<Items> merge_items(const FieldMerge& field, Items server, const Value& patch) {
    for (const Value& item : patch.items()) {
      if (!item.contains(field.merge_key)) return no_merge_key(item, field.merge_key);
      std::ptrdiff_t at = index_in(server, item, field.merge_key, ItemType::Maps);
      if (at < 0) {
        server.push_back(item);
        continue;
      }
      Value& place = server[static_cast<std::size_t>(at)];
      TRY_ASSIGN(place, merge_maps(field.type, place, item));
    }
    return server;
  }

  Target target_;
};

// A field of a struct, an entry of a map, or nothing that the type knows.
Result<FieldMerge> find_field(const SchemaNode* node, std::string_view name) {
  FieldMerge merge;
  if (!node || node->map == MapKind::None) return merge;
  if (const SchemaField* field = node->field(name)) {
    merge.type = field->type;
    merge.merge = field->patch_merge;
    merge.replace = field->patch_replace;
    merge.retain_keys = field->patch_retain_keys;
    merge.merge_key = field->patch_merge_key;
    return merge;
  }
  if (!node->fields.empty() && !node->values) {
    return refuse("unable to find api field in struct " + node->name + " for the json field " +
                  json::go_quote(name));
  }
  merge.type = node->values;
  return merge;
}

}  // namespace

Result<FieldMerge> map_field(const SchemaNode* node, std::string_view name) {
  return find_field(node, name);
}

Result<FieldMerge> list_field(const SchemaNode* node, std::string_view name) {
  TRY_ASSIGN(FieldMerge merge, find_field(node, name));
  if (merge.type && merge.type->list == ListKind::None) {
    return refuse("expected slice or array type, but got: struct");
  }
  if (merge.type) merge.type = merge.type->items;
  return merge;
}

Result<Value> merge_strategic(const SchemaNode* node, const Value& original, const Value& patch,
                              Target target) {
  return Merger(target).merge_maps(node, original, patch);
}

}  // namespace lesto::patch
