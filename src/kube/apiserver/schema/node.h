// A compiled OpenAPI schema.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace re2 {
class RE2;
}

namespace lesto::apiserver::schema {

struct Property;
struct RuleSet;

struct Node {
  Node();
  ~Node();
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;

  std::string type;                // as written; empty for int-or-string and free values
  std::vector<std::string> types;  // what validation accepts; empty accepts all
  std::string format;              // empty when validation ignores it
  std::string format_written;      // as written
  std::optional<json::Value> default_value;
  std::optional<std::vector<json::Value>> enumeration;
  std::string pattern;
  std::shared_ptr<const re2::RE2> regex;
  std::optional<double> minimum, maximum, multiple_of;
  std::optional<std::int64_t> min_length, max_length, min_items, max_items, min_properties,
      max_properties;
  std::vector<std::string> required;
  std::vector<Property> properties;  // by name
  std::unique_ptr<Node> additional;  // additionalProperties as a schema
  std::unique_ptr<Node> items;
  std::vector<Node> all_of, any_of, one_of;
  std::unique_ptr<Node> negated;
  std::string list_type;
  std::vector<std::string> list_keys;
  std::string map_type;
  json::Value rules_written;             // x-kubernetes-validations
  std::unique_ptr<const RuleSet> rules;  // compiled; null when there are none here
  bool rules_below = false;              // this node or one below it has rules
  bool defaults_below = false;           // ... has a default
  bool embedded_below = false;           // ... is an embedded resource
  bool nullable = false;
  bool exclusive_minimum = false;
  bool exclusive_maximum = false;
  bool unique_items = false;
  bool additional_set = false;     // additionalProperties is written
  bool additional_allowed = true;  // false for `additionalProperties: false`
  bool int_or_string = false;
  bool preserve_unknown = false;
  bool embedded = false;

  const Node* property(std::string_view name) const;
  // Of a member of an object: its property, else additionalProperties; null when there is neither.
  const Node* member(std::string_view name) const;

  static Result<Node> compile(const json::Value& openapi, int depth = 0);
};

struct Property {
  std::string name;
  Node node;
};

}  // namespace lesto::apiserver::schema
