#include <algorithm>
#include <unordered_map>

#include "foundation/json/text.h"
#include "kube/apiserver/schema/validate.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

// Indexes of the items that occur a second time (not a third).
std::vector<std::size_t> repeated(const std::vector<Value>& items) {
  std::unordered_map<std::string, int> seen;
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    // 1 and 1.0 are different scalars in Go; their JSON is the same.
    std::string text = (items[i].is_double() ? "d" : "") + json::canonical(items[i]);
    if (++seen[text] == 2) out.push_back(i);
  }
  return out;
}

Value keys_of(const Value& item, const Node& node) {
  Value out = Value::object();
  for (const std::string& name : node.list_keys) {
    if (const Value* found = item.find(name)) out.set(name, *found);
  }
  return out;
}

void check_array(Problems& out, const Value& value, const Node& node, const std::string& path) {
  std::vector<Value> items;
  if (node.list_type == "set") {
    items.assign(value.items().begin(), value.items().end());
  } else if (node.list_type == "map") {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!value[i].is_object() && !value[i].is_null()) {
        out.push_back(
            invalid(index(path, i), value[i], "must be an object for an array of list-type map"));
        return;
      }
      items.push_back(keys_of(value[i], node));
    }
  }
  for (std::size_t i : repeated(items)) out.push_back(duplicate(index(path, i), items[i]));
}

}  // namespace

Problems check_lists(const Value& value, const Node& node, std::string_view at) {
  Problems out;
  std::string path(at);
  if (value.is_array()) {
    check_array(out, value, node, path);
    if (node.items) {
      for (std::size_t i = 0; i < value.size(); ++i)
        append(out, check_lists(value[i], *node.items, index(path, i)));
    }
  }
  if (value.is_object()) {
    for (const auto& member : value.members()) {
      const Node* property = node.property(member.name());
      const Node* next = property ? property : node.additional.get();
      if (!next) continue;
      append(out, check_lists(member.value, *next,
                              property ? child(path, member.name()) : key(path, member.name())));
    }
  }
  return out;
}

bool unchanged(const Value& value, const Value& old, const Node* shape) {
  if (value.is_null() || old.is_null()) return value.is_null() && old.is_null();
  if (value.is_array() && old.is_array() && shape && shape->list_type == "map" && shape->items) {
    if (value.size() != old.size()) return false;
    return std::all_of(value.items().begin(), value.items().end(), [&](const Value& item) {
      const Value* found = same_item(old, *shape, item);
      return found && unchanged(item, *found, shape->items.get());
    });
  }
  if (value.is_object() && old.is_object()) {
    if (value.size() != old.size()) return false;
    return std::all_of(value.members().begin(), value.members().end(),
                       [&](const json::Member& member) {
                         const Value* found = old.find(member.name());
                         const Node* next = shape ? shape->member(member.name()) : nullptr;
                         return found && next && unchanged(member.value, *found, next);
                       });
  }
  return value == old;
}

const Value* same_item(const Value& old_list, const Node& list, const Value& item) {
  if (list.list_type != "map" || list.list_keys.empty() || !item.is_object()) return nullptr;
  for (const Value& old : old_list.items()) {
    if (!old.is_object()) continue;
    bool same = std::all_of(list.list_keys.begin(), list.list_keys.end(),
                            [&](const std::string& name) { return old[name] == item[name]; });
    if (same) return &old;
  }
  return nullptr;
}

}  // namespace lesto::apiserver::schema
