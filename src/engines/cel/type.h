// Static types of CEL. A type that comes from a schema also says how JSON is read.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::cel {

enum class TypeKind {
  Dyn,
  Error,
  Null,
  Bool,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  Timestamp,
  Duration,
  List,      // params: element
  Map,       // params: key, value
  Object,    // fields
  Type,      // params: what it is the type of
  Optional,  // params: what may be in it
  Opaque,    // name: "kubernetes.URL"
  Param,     // name: a type parameter of an overload, or a variable of a check
};

struct Type;
using TypeRef = std::shared_ptr<const Type>;

struct Member {
  std::string name;  // in JSON
  TypeRef type;
};

enum class ListKind : std::uint8_t { Atomic, Set, Map };

struct Type {
  TypeKind kind = TypeKind::Dyn;
  std::string name;
  std::vector<TypeRef> params;
  std::map<std::string, Member, std::less<>> members;  // of an Object, by their name in CEL
  ListKind list = ListKind::Atomic;
  std::vector<std::string> keys;  // of a ListKind::Map: names in JSON
};

TypeRef simple(TypeKind kind);
TypeRef dyn();
TypeRef list_of(TypeRef element);
TypeRef map_of(TypeRef key, TypeRef value);
TypeRef type_of(TypeRef of);
TypeRef optional_of(TypeRef of);
TypeRef opaque(std::string name);
TypeRef param(std::string name);
// `name` is what texts call it.
TypeRef object(std::string name, std::map<std::string, Member, std::less<>> members);

// "list(int)", as texts show it.
std::string to_string(const Type& type);

}  // namespace lesto::cel
