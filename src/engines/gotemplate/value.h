// The values of a template. Each keeps the type that it has in Go (`int` is not `int64`, `[]string`
// is not
// `[]interface {}`), because comparisons, conversions and error texts depend on it.
//
// A Value is 16 bytes, trivially copyable, and borrows: it points into the Heap that made it, or
// into the json::Value that it is a view of, and is valid as long as those are. Objects and arrays
// of JSON are never converted: a view reads them in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "foundation/json/value.h"

namespace lesto::gotemplate {

enum class Type : std::uint8_t {
  Invalid,  // no value: what a missing key gives; prints as <no value>
  Nil,      // an interface{} that holds nothing
  Bool,
  Int,
  Int32,
  Int64,
  Uint8,
  Uint32,
  Uint64,
  Float64,
  Complex,
  String,
  Bytes,
  List,     // []interface {}
  Lists,    // [][]interface {}
  Strings,  // []string
  Ints,     // []int
  Maps,     // []map[string]interface {}
  Map,      // map[string]interface {}
  StringMap,
  Time,
  Duration,
  Month,
  Weekday,
  Location,
  Version,      // *semver.Version
  VersionCopy,  // semver.Version
  Certificate,
  Record,
};

// reflect.Kind, as far as it occurs.
enum class ValueKind : std::uint8_t {
  Invalid,
  Interface,
  Bool,
  Int,
  Uint,
  Float,
  Complex,
  String,
  Slice,
  Map,
  Struct,
  Pointer
};

struct MapNode;
struct Moment;
struct Zone;
struct RecordNode;
class Version;

struct ComplexNumber {
  double real = 0;
  double imaginary = 0;
};

struct CertificatePair {
  std::string_view certificate;
  std::string_view key;
};

struct Value {
  Type type = Type::Invalid;
  // The static type is interface {}: an element of a list or map of anything.
  bool boxed = false;
  // The content is a json array or object.
  bool view = false;
  // Of strings, bytes and lists that are no views.
  std::uint32_t size = 0;
  union {
    std::int64_t integer = 0;
    bool boolean;
    double number;
    const char* chars;
    const Value* items;
    const json::Value* json;
    MapNode* map;
    const Moment* moment;
    const Zone* zone;
    const Version* version;
    const ComplexNumber* complex;
    const CertificatePair* certificate;
    const RecordNode* record;
    const void* address;
  };

  static Value nil() {
    Value value = of(Type::Nil);
    value.boxed = true;
    return value;
  }
  static Value of(Type type) {
    Value value;
    value.type = type;
    return value;
  }
  static Value of_bool(bool boolean) {
    Value value = of(Type::Bool);
    value.boolean = boolean;
    return value;
  }
  static Value of_integer(Type type, std::int64_t integer) {
    Value value = of(type);
    value.integer = integer;
    return value;
  }
  static Value of_int(std::int64_t integer) { return of_integer(Type::Int, integer); }
  static Value of_int64(std::int64_t integer) { return of_integer(Type::Int64, integer); }
  static Value of_float(double number) {
    Value value = of(Type::Float64);
    value.number = number;
    return value;
  }
  // Borrows the text.
  static Value of_text(std::string_view text) {
    Value value = of(Type::String);
    value.chars = text.data();
    value.size = static_cast<std::uint32_t>(text.size());
    return value;
  }
  // Borrows the items. A list without items is still not a nil list.
  static Value of_items(Type type, std::span<const Value> items);
  static Value of_map(MapNode* map, Type type = Type::Map) {
    Value value = of(type);
    value.map = map;
    return value;
  }
  // Reads JSON in place: null, numbers (int64, float64), strings, arrays and objects. Borrows.
  static Value of_json(const json::Value& json);

  bool valid() const { return type != Type::Invalid; }
  bool is_text() const { return type == Type::String; }
  bool is_map() const { return type == Type::Map || type == Type::StringMap; }
  bool is_list() const { return type >= Type::List && type <= Type::Maps; }
  bool is_integer() const { return type >= Type::Int && type <= Type::Int64; }
  bool is_unsigned() const { return type >= Type::Uint8 && type <= Type::Uint64; }
  // Nothing at all: no value, or an empty interface.
  bool nothing() const { return type <= Type::Nil; }

  std::string_view text() const { return {chars, size}; }

  Value box() const {
    Value value = *this;
    value.boxed = true;
    return value;
  }
  // The thing inside an interface; of an empty interface no value.
  Value unbox() const {
    if (type == Type::Nil) return {};
    Value value = *this;
    value.boxed = false;
    return value;
  }
};

static_assert(sizeof(Value) == 16);

// "map[string]interface {}": the dynamic type as Go prints it, and the static one ("interface {}"
// when boxed).
std::string_view type_name(Type type);
std::string_view type_name(const Value& value);
std::string_view static_type_name(const Value& value);
// reflect's Kind of what is inside an interface, and its name ("slice"); "interface" never occurs
// here.
ValueKind kind_of(Type type);
std::string_view kind_name(const Value& value);
// reflect's Kind of the static type: Interface for what is boxed.
inline ValueKind static_kind(const Value& value) {
  return value.boxed ? ValueKind::Interface : kind_of(value.type);
}

// Items of a list (not of Bytes).
std::size_t list_size(const Value& list);
// With the static type of the list's elements.
Value list_item(const Value& list, std::size_t index);
// A nil slice, map or pointer.
bool is_nil(const Value& value);

// A host's struct: fields by their Go names, and by the names that they have in JSON.
struct RecordField {
  std::string_view name;
  std::string_view key;
};
struct RecordType {
  std::string_view name;
  std::span<const RecordField> fields;
};
struct RecordNode {
  const RecordType* type = nullptr;
  const json::Value* json = nullptr;
};

// core/v1 ObjectReference: Kind, Namespace, Name, UID, APIVersion, ResourceVersion, FieldPath. What
// .MatchingResource is.
extern const RecordType kObjectReference;

}  // namespace lesto::gotemplate
