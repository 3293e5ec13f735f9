#include "fleet/model/schema.h"

namespace lesto::model {
namespace {

Schema typed(std::string_view type, std::string_view description) {
  json::Value schema = json::object({{"type", type}});
  if (!description.empty()) schema.set("description", description);
  return Schema(std::move(schema));
}

void add_fields(json::Value& schema, const std::vector<Field>& fields) {
  json::Value properties = json::Value::object();
  json::Value names = json::Value::array();
  for (const Field& field : fields) {
    properties.set(field.name, field.schema.json());
    if (field.presence == Presence::Required) names.push(field.name);
  }
  if (!properties.empty()) schema.set("properties", std::move(properties));
  if (!names.empty()) schema.set("required", std::move(names));
}

}  // namespace

Schema Schema::with(std::string_view key, json::Value value) const {
  Schema changed = *this;
  changed.json_.set(key, std::move(value));
  return changed;
}

Schema Schema::one_of(std::initializer_list<std::string_view> values) const {
  json::Value list = json::Value::array();
  for (std::string_view value : values) list.push(value);
  return with("enum", std::move(list));
}

Schema Schema::keyed(std::initializer_list<std::string_view> keys) const {
  json::Value list = json::Value::array();
  for (std::string_view key : keys) list.push(key);
  return with("x-kubernetes-list-type", "map").with("x-kubernetes-list-map-keys", std::move(list));
}

Schema Schema::rule(std::string_view expression, std::string_view message) const {
  Schema changed = *this;
  changed.json_.at("x-kubernetes-validations")
      .push(json::object({{"rule", expression}, {"message", message}}));
  return changed;
}

Schema string(std::string_view description) { return typed("string", description); }
Schema boolean(std::string_view description) { return typed("boolean", description); }
Schema integer(std::string_view description) { return typed("integer", description); }
Schema int32(std::string_view description) { return integer(description).format("int32"); }
Schema date_time(std::string_view description) { return string(description).format("date-time"); }
Schema bytes(std::string_view description) { return string(description).format("byte"); }

Schema array(std::string_view description, const Schema& items) {
  json::Value schema = typed("array", description).json();
  schema.set("items", items.json());
  return Schema(std::move(schema));
}

Schema map(std::string_view description, const Schema& values) {
  json::Value schema = typed("object", description).json();
  schema.set("additionalProperties", values.json());
  return Schema(std::move(schema));
}

Schema object(std::string_view description, const std::vector<Field>& fields) {
  json::Value schema = typed("object", description).json();
  add_fields(schema, fields);
  return Schema(std::move(schema));
}

Schema int_or_string(std::string_view description) {
  return Schema(json::object({{"description", description},
                              {"x-kubernetes-int-or-string", true},
                              {"anyOf", json::array({json::object({{"type", "integer"}}),
                                                     json::object({{"type", "string"}})})}}));
}

Schema object_or_string(std::string_view description, const std::vector<Field>& fields) {
  json::Value schema =
      json::object({{"description", description}, {"x-kubernetes-preserve-unknown-fields", true}});
  add_fields(schema, fields);
  return Schema(std::move(schema));
}

std::vector<Field> fields_of(std::initializer_list<std::vector<Field>> parts) {
  std::vector<Field> all;
  for (const std::vector<Field>& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::size_t field_count(const json::Value& schema) {
  if (!schema.is_object()) return 0;
  std::size_t count = field_count(schema["items"]) + field_count(schema["additionalProperties"]);
  for (const json::Member& property : schema["properties"].members()) {
    count += 1 + field_count(property.value);
  }
  return count;
}

}  // namespace lesto::model
