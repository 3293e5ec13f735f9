// Lists of strategic merge patches: their element types, order and duplicates. Internal to this
// room.
//
// The library mirrored here sorts with comparisons that are no order in some cases; what comes out
// then is a matter of its sorting algorithm, which is followed for short lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

using Items = std::vector<json::Value>;

inline constexpr std::string_view kDirective = "$patch";
inline constexpr std::string_view kRetainKeys = "$retainKeys";
inline constexpr std::string_view kDeletePrefix = "$deleteFromPrimitiveList";
inline constexpr std::string_view kOrderPrefix = "$setElementOrder";

// Items that one merging list may hold: the work grows with their square.
inline constexpr std::size_t kMergeListMax = 5000;

Items items_of(const json::Value& list);

enum class ItemType : bool { Scalars, Maps };

// The type that all items of both lists have.
Result<ItemType> item_type(const json::Value& a, const json::Value& b);

std::unexpected<Error> no_merge_key(const json::Value& map, std::string_view key);
// "expected a map[string]interface {}, but received a string"
std::unexpected<Error> bad_type(std::string_view expected, const json::Value& actual);

// The position of the first item equal to `item`, by its merge key in lists of maps; -1 when there
// is none.
std::ptrdiff_t index_in(const Items& list, const json::Value& item, std::string_view merge_key,
                        ItemType type);

// Removes duplicates as the library does: the last item takes the place of a removed one.
void deduplicate(Items& items);
void sort_scalars(Items& items);
void sort_by_key(Items& maps, std::string_view merge_key);

// Items that `order` knows come in its order; deletions come last.
Result<Items> sort_by_order(const Items& items, const Items& order, std::string_view merge_key,
                            ItemType type);

// The items of the patch and the ones that only the server has, merged by the server's order.
Result<Items> merge_orders(const Items& patch, const Items& server_only, const Items& patch_order,
                           const Items& server_order, std::string_view merge_key, ItemType type);

// Splits `items` into those that `list` holds and the others.
struct Split {
  Items in_list;
  Items others;
};
Result<Split> split_by_list(const Items& items, const json::Value& list,
                            std::string_view merge_key);

// "$setElementOrder/ports" without its prefix.
Result<std::string> field_of_directive(std::string_view key, std::string_view prefix);

}  // namespace lesto::patch
