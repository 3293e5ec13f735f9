#include "engines/patch/strategic_lists.h"

#include <algorithm>

#include "engines/patch/go_text.h"

namespace lesto::patch {

using json::Value;

namespace {

// Up to here the library sorts by insertion.
constexpr std::size_t kInsertionMax = 12;
constexpr std::size_t kStableBlock = 20;

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Null: return "%!s(<nil>)";
    case json::Kind::Bool: return "bool";
    case json::Kind::Int: return "int64";
    case json::Kind::Double: return "float64";
    case json::Kind::String: return "string";
    case json::Kind::Array: return "[]interface {}";
    case json::Kind::Object: return "map[string]interface {}";
  }
  return "";
}

template <class Less>
void insertion_sort(Items& items, Less less) {
  for (std::size_t i = 1; i < items.size(); ++i) {
    for (std::size_t j = i; j > 0 && less(items[j], items[j - 1]); --j)
      std::swap(items[j], items[j - 1]);
  }
}

// The library's "less" holds for equal texts, too.
template <class Text>
void sort_by_text(Items& items, Text text) {
  if (items.size() <= kInsertionMax) {
    insertion_sort(items, [&](const Value& a, const Value& b) { return text(a) <= text(b); });
  } else {
    std::ranges::stable_sort(items,
                             [&](const Value& a, const Value& b) { return text(a) < text(b); });
  }
}

bool is_deletion(const Value& map) { return map[kDirective].text() == "delete"; }

Result<void> check_merge_keys(std::string_view merge_key, const Items& items) {
  for (const Value& item : items) {
    if (!item.is_object()) return bad_type("map[string]interface {}", item);
    if (!item.contains(merge_key)) return no_merge_key(item, merge_key);
  }
  return {};
}

}  // namespace

Items items_of(const Value& list) { return Items(list.items().begin(), list.items().end()); }

std::unexpected<Error> no_merge_key(const Value& map, std::string_view key) {
  return fail(Code::Invalid, "map: " + go_value(map) +
                                 " does not contain declared merge key: " + std::string(key));
}

std::unexpected<Error> bad_type(std::string_view expected, const Value& actual) {
  return fail(Code::Invalid, "expected a " + std::string(expected) + ", but received a " +
                                 std::string(type_name(actual)));
}

Result<ItemType> item_type(const Value& a, const Value& b) {
  if (a.size() + b.size() > kMergeListMax) {
    return fail(Code::TooLarge,
                "a merging list may hold " + std::to_string(kMergeListMax) + " items");
  }
  const Value* first = nullptr;
  for (const Value* list : {&a, &b}) {
    for (const Value& item : list->items()) {
      if (!first) {
        first = &item;
        // The library crashes here.
        if (item.is_null()) return fail(Code::Invalid, "a merging list cannot begin with null");
        if (item.is_array()) return fail(Code::Invalid, "lists of lists are not supported");
      } else if (item.kind() != first->kind()) {
        return fail(Code::Invalid, "list element types are not identical: [" +
                                       go_value(a.is_null() ? Value::array() : a) + " " +
                                       go_value(b.is_null() ? Value::array() : b) + "]");
      }
    }
  }
  if (!first) return fail(Code::Invalid, "no elements in any of the given slices");
  return first->is_object() ? ItemType::Maps : ItemType::Scalars;
}

std::ptrdiff_t index_in(const Items& list, const Value& item, std::string_view merge_key,
                        ItemType type) {
  const Value& wanted = type == ItemType::Maps ? item[merge_key] : item;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Value& known = type == ItemType::Maps ? list[i][merge_key] : list[i];
    if (known == wanted) return static_cast<std::ptrdiff_t>(i);
  }
  return -1;
}

void deduplicate(Items& items) {
  for (std::size_t i = 0; i + 1 < items.size(); ++i) {
    for (std::size_t j = i + 1; j < items.size();) {
      if (items[i] == items[j]) {
        items[j] = items.back();
        items.pop_back();
      } else {
        ++j;
      }
    }
  }
}

void sort_scalars(Items& items) {
  sort_by_text(items, [](const Value& value) { return go_value(value); });
}

void sort_by_key(Items& maps, std::string_view merge_key) {
  sort_by_text(maps, [&](const Value& map) { return go_value(map[merge_key]); });
}

Result<Items> sort_by_order(const Items& items, const Items& order, std::string_view merge_key,
                            ItemType type) {
  Items sorted = items;
  Items deletions;
  if (type == ItemType::Maps) {
    TRY(check_merge_keys(merge_key, items));
    TRY(check_merge_keys(merge_key, order));
    sorted.clear();
    for (const Value& item : items) (is_deletion(item) ? deletions : sorted).push_back(item);
  }
  std::vector<std::pair<std::ptrdiff_t, Value>> placed;
  bool all_known = true;
  for (Value& item : sorted) {
    std::ptrdiff_t position = index_in(order, item, merge_key, type);
    all_known &= position >= 0;
    placed.emplace_back(position, std::move(item));
  }
  auto less = [](const auto& a, const auto& b) {
    return a.first < 0 || b.first < 0 || a.first < b.first;
  };
  if (all_known || placed.size() > kStableBlock) {
    std::ranges::stable_sort(placed, {}, [](const auto& each) { return each.first; });
  } else {
    for (std::size_t i = 1; i < placed.size(); ++i) {
      for (std::size_t j = i; j > 0 && less(placed[j], placed[j - 1]); --j)
        std::swap(placed[j], placed[j - 1]);
    }
  }
  sorted.clear();
  for (auto& [position, item] : placed) sorted.push_back(std::move(item));
  sorted.insert(sorted.end(), deletions.begin(), deletions.end());
  return sorted;
}

Result<Items> merge_orders(const Items& patch, const Items& server_only, const Items& patch_order,
                           const Items& server_order, std::string_view merge_key, ItemType type) {
  TRY_ASSIGN(Items right, sort_by_order(patch, patch_order, merge_key, type));
  TRY_ASSIGN(Items left, sort_by_order(server_only, server_order, merge_key, type));
  Items merged;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    bool take_left = j >= right.size();
    if (i < left.size() && j < right.size()) {
      std::ptrdiff_t l = index_in(server_order, left[i], merge_key, type);
      std::ptrdiff_t r = index_in(server_order, right[j], merge_key, type);
      take_left = l >= 0 && r >= 0 && l < r;
    }
    merged.push_back(take_left ? left[i++] : right[j++]);
  }
  return merged;
}

Result<Split> split_by_list(const Items& items, const Value& list, std::string_view merge_key) {
  Split split;
  for (const Value& item : items) {
    const Value* wanted = &item;
    if (!merge_key.empty()) {
      if (!item.is_object()) return bad_type("map[string]interface {}", item);
      wanted = item.find(merge_key);
      if (!wanted) return no_merge_key(item, merge_key);
    }
    bool found = false;
    for (std::size_t i = 0; i < list.size() && !found; ++i) {
      if (!merge_key.empty() && !list[i].is_object()) {
        return fail(Code::Invalid, "value for key " + std::to_string(i) + " is not a map");
      }
      const Value* known = merge_key.empty() ? &list[i] : list[i].find(merge_key);
      found = known && *known == *wanted;
    }
    (found ? split.in_list : split.others).push_back(item);
  }
  return split;
}

Result<std::string> field_of_directive(std::string_view key, std::string_view prefix) {
  std::size_t slash = key.find('/');
  if (slash != std::string_view::npos && key.substr(0, slash) == prefix)
    return std::string(key.substr(slash + 1));
  return fail(Code::Invalid, prefix == kDeletePrefix
                                 ? "invalid patch format of primitive list"
                                 : "invalid patch format of setElementOrder list");
}

}  // namespace lesto::patch
