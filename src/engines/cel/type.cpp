#include "engines/cel/type.h"

namespace lesto::cel {
namespace {

TypeRef with_params(TypeKind kind, std::vector<TypeRef> params) {
  auto type = std::make_shared<Type>();
  type->kind = kind;
  type->params = std::move(params);
  return type;
}

TypeRef named(TypeKind kind, std::string name) {
  auto type = std::make_shared<Type>();
  type->kind = kind;
  type->name = std::move(name);
  return type;
}

}  // namespace

TypeRef simple(TypeKind kind) { return with_params(kind, {}); }
TypeRef dyn() { return simple(TypeKind::Dyn); }
TypeRef list_of(TypeRef element) { return with_params(TypeKind::List, {std::move(element)}); }
TypeRef map_of(TypeRef key, TypeRef value) {
  return with_params(TypeKind::Map, {std::move(key), std::move(value)});
}
TypeRef type_of(TypeRef of) { return with_params(TypeKind::Type, {std::move(of)}); }
TypeRef optional_of(TypeRef of) { return with_params(TypeKind::Optional, {std::move(of)}); }
TypeRef opaque(std::string name) { return named(TypeKind::Opaque, std::move(name)); }
TypeRef param(std::string name) { return named(TypeKind::Param, std::move(name)); }

TypeRef object(std::string name, std::map<std::string, Member, std::less<>> members) {
  auto type = std::make_shared<Type>();
  type->kind = TypeKind::Object;
  type->name = std::move(name);
  type->members = std::move(members);
  return type;
}

std::string to_string(const Type& type) {
  switch (type.kind) {
    case TypeKind::Dyn:
      return "dyn";
    case TypeKind::Error:
      return "!error!";
    case TypeKind::Null:
      return "null";
    case TypeKind::Bool:
      return "bool";
    case TypeKind::Int:
      return "int";
    case TypeKind::Uint:
      return "uint";
    case TypeKind::Double:
      return "double";
    case TypeKind::String:
      return "string";
    case TypeKind::Bytes:
      return "bytes";
    case TypeKind::Timestamp:
      return "timestamp";
    case TypeKind::Duration:
      return "duration";
    case TypeKind::List:
      return "list(" + to_string(*type.params[0]) + ")";
    case TypeKind::Map:
      return "map(" + to_string(*type.params[0]) + ", " + to_string(*type.params[1]) + ")";
    case TypeKind::Type:
      return type.params[0] ? "type(" + to_string(*type.params[0]) + ")" : "type";
    case TypeKind::Optional:
      return "optional_type(" + to_string(*type.params[0]) + ")";
    case TypeKind::Object:
    case TypeKind::Opaque:
    case TypeKind::Param:
      return type.name;
  }
  return {};
}

}  // namespace lesto::cel
