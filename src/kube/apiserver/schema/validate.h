// OpenAPI validation of a value, with ratcheting.
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

// What is wrong with the value. `base` is where the value stands in the object, "" for the root.
// With `old`, parts that are equal in the old value may stay invalid.
Problems check_value(const json::Value& value, const Node& node, std::string_view base = {},
                     const json::Value* old = nullptr);

// The item of the old list with the same keys (list-type map); null when there is none.
const json::Value* same_item(const json::Value& old_list, const Node& list,
                             const json::Value& item);

// Equal, with items of list-type maps found by their keys. A member that the schema does not know
// counts as changed.
bool unchanged(const json::Value& value, const json::Value& old, const Node* shape);

// x-kubernetes-list-type set and map: no item twice.
Problems check_lists(const json::Value& value, const Node& node, std::string_view path = {});

}  // namespace lesto::apiserver::schema
