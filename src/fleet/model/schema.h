// A few words in which the OpenAPI v3 structural schemas of our kinds are written, as data:
//
//   object("What to look for.", {required("kind", string("Kind of the objects.").min_length(1)),
//                                optional("namespace", string("Only objects of this namespace."))})
//
// What comes out is the JSON that stands in a CustomResourceDefinition under openAPIV3Schema.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::model {

// One schema. Changes return a changed copy's rvalue, so that they chain.
class Schema {
 public:
  Schema() = default;
  explicit Schema(json::Value value) : json_(std::move(value)) {}

  const json::Value& json() const { return json_; }

  Schema min_length(int length) const { return with("minLength", length); }
  Schema max_length(int length) const { return with("maxLength", length); }
  Schema min_items(int count) const { return with("minItems", count); }
  Schema minimum(int least) const { return with("minimum", least); }
  Schema pattern(std::string_view expression) const { return with("pattern", expression); }
  Schema format(std::string_view name) const { return with("format", name); }
  Schema one_of(std::initializer_list<std::string_view> values) const;
  // What the API server writes when the field is absent.
  Schema fallback(json::Value value) const { return with("default", std::move(value)); }
  Schema describe(std::string_view text) const { return with("description", text); }
  // The list has one owner, as a whole.
  Schema atomic() const { return with("x-kubernetes-list-type", "atomic"); }
  // The list's items are told apart by these members.
  Schema keyed(std::initializer_list<std::string_view> keys) const;
  // A CEL rule that must hold, and what is said when it does not.
  Schema rule(std::string_view expression, std::string_view message) const;

 private:
  Schema with(std::string_view key, json::Value value) const;

  json::Value json_;
};

enum class Presence { Optional, Required };

struct Field {
  std::string_view name;
  Schema schema;
  Presence presence;
};

inline Field required(std::string_view name, Schema schema) {
  return {name, std::move(schema), Presence::Required};
}
inline Field optional(std::string_view name, Schema schema) {
  return {name, std::move(schema), Presence::Optional};
}

Schema string(std::string_view description);
Schema boolean(std::string_view description);
Schema integer(std::string_view description);
Schema int32(std::string_view description);
Schema date_time(std::string_view description);
// Bytes, as base64 text.
Schema bytes(std::string_view description);
Schema array(std::string_view description, const Schema& items);
// An object with free keys.
Schema map(std::string_view description, const Schema& values);
Schema object(std::string_view description, const std::vector<Field>& fields);
// A number, or a percentage as text.
Schema int_or_string(std::string_view description);
// The object of these fields, or a text: no type is fixed. The reader of the kind checks what it
// gets.
Schema object_or_string(std::string_view description, const std::vector<Field>& fields);

// Joins field lists, for schemas that share a part.
std::vector<Field> fields_of(std::initializer_list<std::vector<Field>> parts);

// How many fields a schema describes, at all depths.
std::size_t field_count(const json::Value& schema);

}  // namespace lesto::model
