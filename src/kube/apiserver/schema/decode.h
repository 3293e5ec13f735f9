// The steps of reading a custom resource; each changes the value in place.
#pragma once

#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver::schema {

// Drops what the schema does not know; apiVersion, kind and metadata of the root stay. Gives the
// paths, sorted.
std::vector<std::string> prune(json::Value& object, const Node& root);
// As prune, for a value below the root: no metadata is spared.
std::vector<std::string> prune_value(json::Value& value, const Node& node);

// Drops nulls of members that are neither nullable nor defaulted.
void drop_nulls(json::Value& value, const Node& node);
void fill_defaults(json::Value& value, const Node& node);

enum class Malformed : bool { Refuse, Drop };

// Sends metadata of the root and of embedded resources through its type. Gives the unknown fields
// in there.
Result<std::vector<std::string>> coerce_meta(json::Value& object, const Node& root,
                                             const Types& types, Malformed malformed);

// As coerce_meta, for a value that is no resource itself.
Result<std::vector<std::string>> coerce_value_meta(json::Value& value, const Node& node,
                                                   const Types& types);

}  // namespace lesto::apiserver::schema
