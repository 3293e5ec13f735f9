#include "kube/apiserver/schema/rule_types.h"

#include <cctype>
#include <set>

namespace lesto::apiserver::schema {
namespace {

using cel::TypeKind;
using cel::TypeRef;

TypeRef list_type(const Node& node) {
  if (!node.items) return nullptr;
  TypeRef element =
      rule_type(*node.items, node.items->embedded ? Position::ResourceRoot : Position::Inside);
  if (!element) return nullptr;
  auto type = std::make_shared<cel::Type>(*cel::list_of(std::move(element)));
  if (node.list_type == "set") type->list = cel::ListKind::Set;
  if (node.list_type == "map") {
    type->list = cel::ListKind::Map;
    type->keys = node.list_keys;
  }
  return type;
}

TypeRef object_type(const Node& node, Position position) {
  if (node.additional) {
    TypeRef value = rule_type(
        *node.additional, node.additional->embedded ? Position::ResourceRoot : Position::Inside);
    return value ? cel::map_of(cel::simple(TypeKind::String), std::move(value)) : nullptr;
  }
  std::map<std::string, cel::Member, std::less<>> members;
  for (const Property& property : node.properties) {
    TypeRef type = rule_type(property.node,
                             property.node.embedded ? Position::ResourceRoot : Position::Inside);
    std::string name = escaped_name(property.name);
    if (type && !name.empty()) members[name] = {property.name, std::move(type)};
  }
  if (position == Position::ResourceRoot) {
    // Always visible, whatever the schema says of them.
    TypeRef text = cel::simple(TypeKind::String);
    members["apiVersion"] = {"apiVersion", text};
    members["kind"] = {"kind", text};
    members["metadata"] = {"metadata",
                           cel::object("object", {{"name", {"name", text}},
                                                  {"generateName", {"generateName", text}}})};
  }
  return cel::object("object", std::move(members));
}

TypeRef string_type(const Node& node) {
  if (node.format_written == "byte") return cel::simple(TypeKind::Bytes);
  if (node.format_written == "duration") return cel::simple(TypeKind::Duration);
  if (node.format_written == "date" || node.format_written == "date-time")
    return cel::simple(TypeKind::Timestamp);
  return cel::simple(TypeKind::String);
}

}  // namespace

TypeRef rule_type(const Node& node, Position position) {
  if (node.int_or_string) return cel::dyn();
  if (node.type == "array") return list_type(node);
  if (node.type == "object") return object_type(node, position);
  if (node.type == "string") return string_type(node);
  if (node.type == "boolean") return cel::simple(TypeKind::Bool);
  if (node.type == "number") return cel::simple(TypeKind::Double);
  if (node.type == "integer") return cel::simple(TypeKind::Int);
  return nullptr;
}

std::string escaped_name(std::string_view name) {
  static const std::set<std::string_view> kReserved = {
      "true",     "false",   "null",      "in",       "as",  "break",  "const",
      "continue", "else",    "for",       "function", "if",  "import", "let",
      "loop",     "package", "namespace", "return",   "var", "void",   "while"};
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return {};
  if (kReserved.contains(name)) return "__" + std::string(name) + "__";
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    if (c == '_' && i + 1 < name.size() && name[i + 1] == '_') {
      out += "__underscores__";
      ++i;
    } else if (c == '.') {
      out += "__dot__";
    } else if (c == '-') {
      out += "__dash__";
    } else if (c == '/') {
      out += "__slash__";
    } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
      out += c;
    } else {
      return {};
    }
  }
  return out;
}

}  // namespace lesto::apiserver::schema
