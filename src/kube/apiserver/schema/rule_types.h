// The CEL type of a schema.
#pragma once

#include "engines/cel/type.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/rules.h"

namespace lesto::apiserver::schema {

// Null when expressions cannot see values of this schema (free values without a type).
cel::TypeRef rule_type(const Node& node, Position position);

// The name of a property in CEL: "x-y" is x__dash__y; empty when it has none.
std::string escaped_name(std::string_view name);

}  // namespace lesto::apiserver::schema
