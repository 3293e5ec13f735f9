#include "engines/gotemplate/value.h"

#include <limits>

namespace lesto::gotemplate {
namespace {

constexpr RecordField kObjectReferenceFields[] = {
    {"Kind", "kind"},
    {"Namespace", "namespace"},
    {"Name", "name"},
    {"UID", "uid"},
    {"APIVersion", "apiVersion"},
    {"ResourceVersion", "resourceVersion"},
    {"FieldPath", "fieldPath"},
};

constexpr Value kNoItems[1] = {};

}  // namespace

const RecordType kObjectReference{"v1.ObjectReference", kObjectReferenceFields};

Value Value::of_items(Type type, std::span<const Value> items) {
  Value value = of(type);
  value.items = items.empty() ? kNoItems : items.data();
  value.size = static_cast<std::uint32_t>(items.size());
  return value;
}

Value Value::of_json(const json::Value& json) {
  Value value;
  value.boxed = true;
  switch (json.kind()) {
    case json::Kind::Null: value.type = Type::Nil; break;
    case json::Kind::Bool:
      value.type = Type::Bool;
      value.boolean = json.boolean();
      break;
    case json::Kind::Int:
      value.type = Type::Int64;
      value.integer = json.integer();
      break;
    case json::Kind::Double:
      value.type = Type::Float64;
      value.number = json.number();
      break;
    case json::Kind::String: {
      std::string_view text = json.text();
      value.type = Type::String;
      value.chars = text.data();
      value.size = static_cast<std::uint32_t>(text.size());
      break;
    }
    case json::Kind::Array:
      value.type = Type::List;
      value.view = true;
      value.json = &json;
      break;
    case json::Kind::Object:
      value.type = Type::Map;
      value.view = true;
      value.json = &json;
      break;
  }
  return value;
}

std::string_view type_name(Type type) {
  switch (type) {
    case Type::Invalid: return "<nil>";
    case Type::Nil: return "<nil>";
    case Type::Bool: return "bool";
    case Type::Int: return "int";
    case Type::Int32: return "int32";
    case Type::Int64: return "int64";
    case Type::Uint8: return "uint8";
    case Type::Uint32: return "uint32";
    case Type::Uint64: return "uint64";
    case Type::Float64: return "float64";
    case Type::Complex: return "complex128";
    case Type::String: return "string";
    case Type::Bytes: return "[]uint8";
    case Type::List: return "[]interface {}";
    case Type::Lists: return "[][]interface {}";
    case Type::Strings: return "[]string";
    case Type::Ints: return "[]int";
    case Type::Maps: return "[]map[string]interface {}";
    case Type::Map: return "map[string]interface {}";
    case Type::StringMap: return "map[string]string";
    case Type::Time: return "time.Time";
    case Type::Duration: return "time.Duration";
    case Type::Month: return "time.Month";
    case Type::Weekday: return "time.Weekday";
    case Type::Location: return "*time.Location";
    case Type::Version: return "*semver.Version";
    case Type::VersionCopy: return "semver.Version";
    case Type::Certificate: return "sprig.certificate";
    case Type::Record: return "struct";
  }
  return "";
}

std::string_view type_name(const Value& value) {
  return value.type == Type::Record ? value.record->type->name : type_name(value.type);
}

std::string_view static_type_name(const Value& value) {
  return value.boxed ? std::string_view("interface {}") : type_name(value);
}

ValueKind kind_of(Type type) {
  switch (type) {
    case Type::Invalid: return ValueKind::Invalid;
    case Type::Nil: return ValueKind::Interface;
    case Type::Bool: return ValueKind::Bool;
    case Type::Int:
    case Type::Int32:
    case Type::Int64:
    case Type::Duration:
    case Type::Month:
    case Type::Weekday: return ValueKind::Int;
    case Type::Uint8:
    case Type::Uint32:
    case Type::Uint64: return ValueKind::Uint;
    case Type::Float64: return ValueKind::Float;
    case Type::Complex: return ValueKind::Complex;
    case Type::String: return ValueKind::String;
    case Type::Bytes:
    case Type::List:
    case Type::Lists:
    case Type::Strings:
    case Type::Ints:
    case Type::Maps: return ValueKind::Slice;
    case Type::Map:
    case Type::StringMap: return ValueKind::Map;
    case Type::Location:
    case Type::Version: return ValueKind::Pointer;
    case Type::Time:
    case Type::VersionCopy:
    case Type::Certificate:
    case Type::Record: return ValueKind::Struct;
  }
  return ValueKind::Invalid;
}

std::string_view kind_name(const Value& value) {
  switch (value.type) {
    case Type::Int:
    case Type::Int32:
    case Type::Uint8:
    case Type::Uint32:
    case Type::Uint64:
    case Type::Int64:
    case Type::Complex:
    case Type::Float64: return type_name(value.type);
    case Type::Duration: return "int64";
    case Type::Month:
    case Type::Weekday: return "int";
    default: break;
  }
  switch (kind_of(value.type)) {
    case ValueKind::Bool: return "bool";
    case ValueKind::String: return "string";
    case ValueKind::Slice: return "slice";
    case ValueKind::Map: return "map";
    case ValueKind::Struct: return "struct";
    case ValueKind::Pointer: return "ptr";
    default: return "invalid";
  }
}

std::size_t list_size(const Value& list) { return list.view ? list.json->size() : list.size; }

Value list_item(const Value& list, std::size_t index) {
  if (list.view) return Value::of_json(list.json->items()[index]);
  Value item = list.items[index];
  item.boxed = list.type == Type::List;
  return item;
}

bool is_nil(const Value& value) {
  switch (kind_of(value.type)) {
    case ValueKind::Invalid:
    case ValueKind::Interface: return true;
    case ValueKind::Slice:
    case ValueKind::Map:
    case ValueKind::Pointer: return value.address == nullptr;
    default: return false;
  }
}

}  // namespace lesto::gotemplate
