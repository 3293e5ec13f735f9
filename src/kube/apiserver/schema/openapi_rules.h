// What Kubernetes allows in a CRD's OpenAPI schema beyond being structural, its CEL rules included.
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/problem.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver::schema {

// `node` is the compiled schema, for the types of rules; null when it is not structural: rules are
// not looked at.
Problems check_openapi(const json::Value& schema, const Node* node, const std::string& path);

// Do defaults validate, and hold nothing unknown?
Problems check_defaults(const Node& root, const Types& types, const std::string& path);

// Resolves ".spec.list" in a schema; the schema found, or what is wrong with the path. With
// brackets also
// ".spec['a-b']" and ".m[k]".
struct FieldPath {
  const Node* node = nullptr;
  std::string canonical;  // ".spec.list", as field.Path prints it without its first dot
  std::string error;
};
enum class Brackets : bool { Refuse, Allow };
FieldPath resolve_path(std::string_view text, const Node& root, Brackets brackets);

}  // namespace lesto::apiserver::schema
