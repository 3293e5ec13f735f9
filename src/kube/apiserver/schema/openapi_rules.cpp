#include "kube/apiserver/schema/openapi_rules.h"

#include <algorithm>

#include "kube/apiserver/schema/decode.h"
#include "kube/apiserver/schema/embedded.h"
#include "kube/apiserver/schema/rules.h"
#include "kube/apiserver/schema/validate.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

bool meta_field(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

bool has_newline(std::string_view text) {
  return text.find_first_of("\n\r") != std::string_view::npos;
}

// What holds of a place because of where it is.
struct Place {
  std::string no_defaults;  // why defaults are refused; empty when they are not
  bool inside_meta = false;
  std::string
      uncorrelatable;  // the outermost place whose children cannot be found in the old object
};

struct Found {
  Problems schema;
  Problems rules;

  void take(Found other) {
    append(schema, std::move(other.schema));
    append(rules, std::move(other.rules));
  }
};

// Constructs of OpenAPI that are refused, and misplaced ones.
void check_constructs(Problems& out, const Value& schema, const Place& place,
                      const std::string& path) {
  std::string_view type = schema["type"].text();
  static const std::vector<std::string> kTypes = {"array",  "boolean", "integer",
                                                  "number", "object",  "string"};
  if (!type.empty() && std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    out.push_back(not_supported(child(path, "type"), Value(type), kTypes));
  }
  if (!schema["default"].is_null() && !place.no_defaults.empty()) {
    out.push_back(forbidden(child(path, "default"), "must not be set " + place.no_defaults));
  }
  auto refuse = [&](std::string_view name, bool present) {
    if (present)
      out.push_back(forbidden(child(path, name), std::string(name) + " is not supported"));
  };
  refuse("id", !schema["id"].text().empty());
  refuse("additionalItems", !schema["additionalItems"].is_null());
  refuse("patternProperties", !schema["patternProperties"].empty());
  refuse("definitions", !schema["definitions"].empty());
  refuse("dependencies", !schema["dependencies"].is_null());
  refuse("$ref", !schema["$ref"].is_null());
  if (type == "null") {
    out.push_back(forbidden(child(path, "type"),
                            "type cannot be set to null, use nullable as an alternative"));
  }
  if (schema["items"].is_array() && !schema["items"].empty()) {
    out.push_back(
        forbidden(child(path, "items"), "items must be a schema object and not an array"));
  }
  if (place.inside_meta && schema["x-kubernetes-embedded-resource"].boolean()) {
    out.push_back(forbidden(child(path, "x-kubernetes-embedded-resource"),
                            "must not be used inside of resource meta"));
  }
  if (schema["uniqueItems"].boolean()) {
    out.push_back(forbidden(
        child(path, "uniqueItems"),
        "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"));
  }
  const Value* preserve = schema.find("x-kubernetes-preserve-unknown-fields");
  if (preserve && preserve->is_bool() && !preserve->boolean()) {
    out.push_back(invalid(child(path, "x-kubernetes-preserve-unknown-fields"), false,
                          "must be true or undefined"));
  }
}

void check_map_type(Problems& out, const Value& schema, const std::string& path) {
  const Value& map_type = schema["x-kubernetes-map-type"];
  if (map_type.is_null()) return;
  std::string_view type = schema["type"].text();
  constexpr std::string_view kText = "must be object if x-kubernetes-map-type is specified";
  if (type != "object") {
    std::string at = child(path, "type");
    out.push_back(type.empty() ? required(at, kText) : invalid(at, Value(type), kText));
  }
  if (map_type.text() != "atomic" && map_type.text() != "granular") {
    out.push_back(
        not_supported(child(path, "x-kubernetes-map-type"), map_type, {"atomic", "granular"}));
  }
}

// A set's items must be comparable as a whole.
void check_set_items(Problems& out, const Value& items, const std::string& path) {
  constexpr std::string_view kText =
      "must be atomic as item of a list with x-kubernetes-list-type=set";
  const Value& list_type = items["x-kubernetes-list-type"];
  if (items["type"].text() == "array" && !list_type.is_null() && list_type.text() != "atomic") {
    out.push_back(invalid(child(path, "items.x-kubernetes-list-type"), list_type, kText));
  }
  if (items["type"].text() == "object" && items["x-kubernetes-map-type"].text() != "atomic") {
    out.push_back(invalid(child(path, "items.x-kubernetes-map-type"), list_type, kText));
  }
}

void check_list_keys(Problems& out, const Value& schema, const Value& items,
                     const std::string& path) {
  const Value& keys = schema["x-kubernetes-list-map-keys"];
  std::string at = child(path, "x-kubernetes-list-map-keys");
  std::set<std::string> seen;
  for (const Value& name : keys.items()) {
    const Value* property = items["properties"].find(name.text());
    if (!property) {
      out.push_back(invalid(at, keys, "entries must all be names of item properties"));
    } else if ((*property)["type"].text() == "array" || (*property)["type"].text() == "object") {
      out.push_back(
          invalid(child(key(child(path, "items.properties"), name.text()), "type"), items["type"],
                  "must be a scalar type if parent array's x-kubernetes-list-type is map"));
    }
    if (!seen.insert(name.string()).second)
      out.push_back(invalid(at, keys, "must not contain duplicate entries"));
  }
}

// Keys must be there in every item, and items must not be null.
void check_list_nulls(Problems& out, const Value& schema, const std::string& path) {
  std::string_view list_type = schema["x-kubernetes-list-type"].text();
  const Value& items = schema["items"];
  if ((list_type != "set" && list_type != "map") || !items.is_object()) return;
  if (items["nullable"].boolean()) {
    out.push_back(
        forbidden(child(path, "items.nullable"),
                  "cannot be nullable when x-kubernetes-list-type is " + std::string(list_type)));
  }
  if (list_type != "map") return;
  std::set<std::string_view> always;
  for (const Value& name : items["required"].items()) always.insert(name.text());
  for (const Value& name : schema["x-kubernetes-list-map-keys"].items()) {
    const Value* property = items["properties"].find(name.text());
    if (!property) continue;
    std::string at = key(child(path, "items.properties"), name.text());
    if (!always.contains(name.text()) && (*property)["default"].is_null()) {
      out.push_back(required(child(at, "default"),
                             "this property is in x-kubernetes-list-map-keys, so it must have a "
                             "default or be a required property"));
    }
    if ((*property)["nullable"].boolean()) {
      out.push_back(
          forbidden(child(at, "nullable"),
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"));
    }
  }
}

void check_list_type(Problems& out, const Value& schema, const std::string& path) {
  const Value& list_type = schema["x-kubernetes-list-type"];
  const Value& keys = schema["x-kubernetes-list-map-keys"];
  const Value& items = schema["items"];
  std::string_view type = schema["type"].text();
  std::string at = child(path, "x-kubernetes-list-type");
  if (!list_type.is_null() && type != "array") {
    constexpr std::string_view kText = "must be array if x-kubernetes-list-type is specified";
    out.push_back(type.empty() ? required(child(path, "type"), kText)
                               : invalid(child(path, "type"), Value(type), kText));
  } else if (list_type.text() == "set" && items.is_object()) {
    check_set_items(out, items, path);
  }
  if (!list_type.is_null() && list_type.text() != "atomic" && list_type.text() != "set" &&
      list_type.text() != "map") {
    out.push_back(not_supported(at, list_type, {"atomic", "set", "map"}));
  }
  if (!keys.empty() && list_type.text() != "map") {
    constexpr std::string_view kText = "must be map if x-kubernetes-list-map-keys is non-empty";
    out.push_back(list_type.is_null() ? required(at, kText) : invalid(at, list_type, kText));
  }
  if (list_type.text() == "map") {
    if (keys.empty()) {
      out.push_back(required(child(path, "x-kubernetes-list-map-keys"),
                             "must not be empty if x-kubernetes-list-type is map"));
    }
    if (items.is_null())
      out.push_back(
          required(child(path, "items"), "must have a schema if x-kubernetes-list-type is map"));
    if (items.is_object() && items["type"].text() != "object") {
      out.push_back(invalid(child(path, "items.type"), Value(items["type"].text()),
                            "must be object if parent array's x-kubernetes-list-type is map"));
    }
    if (items.is_object() && items["type"].text() == "object")
      check_list_keys(out, schema, items, path);
  }
  check_list_nulls(out, schema, path);
}

void check_rule(Problems& out, const Value& rule, const Node* node, const std::string& path) {
  std::string_view text = trimmed(rule["rule"].text());
  std::string_view message = rule["message"].text();
  if (text.empty()) {
    out.push_back(required(child(path, "rule"), "rule is not specified"));
  } else if (!message.empty() && trimmed(message).empty()) {
    out.push_back(
        invalid(child(path, "message"), Value(message), "must be non-empty if specified"));
  } else if (has_newline(trimmed(message))) {
    out.push_back(invalid(child(path, "message"), Value(message), "must not contain line breaks"));
  } else if (has_newline(text) && trimmed(message).empty()) {
    out.push_back(
        required(child(path, "message"), "message must be specified if rule contains line breaks"));
  }
  std::string_view expression = rule["messageExpression"].text();
  if (!expression.empty() && trimmed(expression).empty()) {
    out.push_back(required(child(path, "messageExpression"),
                           "messageExpression must be non-empty if specified"));
  }
  static const std::vector<std::string> kReasons = {"FieldValueDuplicate", "FieldValueForbidden",
                                                    "FieldValueInvalid", "FieldValueRequired"};
  const Value& reason = rule["reason"];
  if (!reason.is_null() &&
      std::find(kReasons.begin(), kReasons.end(), reason.text()) == kReasons.end()) {
    out.push_back(not_supported(child(path, "reason"), reason, kReasons));
  }
  std::string_view field_path = rule["fieldPath"].text();
  if (field_path.empty()) return;
  std::string at = child(path, "fieldPath");
  if (trimmed(field_path).empty())
    out.push_back(invalid(at, Value(field_path), "must be non-empty if specified"));
  if (has_newline(field_path))
    out.push_back(invalid(at, Value(field_path), "must not contain line breaks"));
  if (node && !resolve_path(field_path, *node, Brackets::Allow).error.empty()) {
    out.push_back(invalid(at, Value(field_path), "must be a valid path"));
  }
}

Found check_node(const Value& schema, const Node* node, const Place& place, bool root,
                 const std::string& path);

void check_children(Found& out, const Value& schema, const Node* node, const Place& place,
                    bool root, const std::string& path) {
  const Value* additional = schema.find("additionalProperties");
  if (additional && !additional->is_null()) {
    bool open = additional->is_bool() && additional->boolean();
    if (!schema["properties"].empty() && !open) {
      out.schema.push_back(forbidden(child(path, "additionalProperties"),
                                     "additionalProperties and properties are mutual exclusive"));
    }
    Place inner = place;
    if (place.inside_meta)
      inner.no_defaults = "inside additionalProperties applying to object metadata";
    if (additional->is_object()) {
      out.take(check_node(*additional, node ? node->additional.get() : nullptr, inner, false,
                          child(path, "additionalProperties")));
    }
  }
  for (const auto& property : schema["properties"].members()) {
    Place inner = place;
    if ((root || schema["x-kubernetes-embedded-resource"].boolean()) &&
        meta_field(property.name())) {
      inner.inside_meta = true;
      if (root) inner.no_defaults = "in top-level " + std::string(property.name());
    }
    out.take(check_node(property.value, node ? node->property(property.name()) : nullptr, inner,
                        false, key(child(path, "properties"), property.name())));
  }
  if (schema["not"].is_object())
    out.take(check_node(schema["not"], nullptr, place, false, child(path, "not")));
  for (std::string_view name : {"allOf", "oneOf", "anyOf"}) {
    for (std::size_t i = 0; i < schema[name].size(); ++i) {
      out.take(check_node(schema[name][i], nullptr, place, false, index(child(path, name), i)));
    }
  }
  for (const auto& definition : schema["definitions"].members()) {
    out.take(check_node(definition.value, nullptr, place, false,
                        key(child(path, "definitions"), definition.name())));
  }
  const Value& items = schema["items"];
  Place inner = place;
  if (schema["x-kubernetes-list-type"].text() != "map" && inner.uncorrelatable.empty())
    inner.uncorrelatable = path;
  if (items.is_object())
    out.take(
        check_node(items, node ? node->items.get() : nullptr, inner, false, child(path, "items")));
  for (std::size_t i = 0; items.is_array() && i < items.size(); ++i) {
    out.take(check_node(items[i], nullptr, inner, false, index(child(path, "items"), i)));
  }
}

Found check_node(const Value& schema, const Node* node, const Place& place, bool root,
                 const std::string& path) {
  Found out;
  check_constructs(out.schema, schema, place, path);
  check_children(out, schema, node, place, root, path);
  check_map_type(out.schema, schema, path);
  check_list_type(out.schema, schema, path);
  const Value& rules = schema["x-kubernetes-validations"];
  std::string at = child(path, "x-kubernetes-validations");
  for (std::size_t i = 0; i < rules.size(); ++i)
    check_rule(out.schema, rules[i], node, index(at, i));
  if (!rules.empty() && node && out.schema.empty())
    append(out.rules, check_node_rules(*node, at, place.uncorrelatable));
  return out;
}

void check_default(Problems& out, const Node& node, const Types& types, bool inside_meta,
                   const std::string& path) {
  const Value& value = *node.default_value;
  std::string at = child(path, "default");
  if (!inside_meta) {
    Value pruned = value;
    if (!prune_value(pruned, node).empty())
      out.push_back(invalid(at, value, "must not have unknown fields"));
  }
  Value coerced = value;
  auto meta = coerce_value_meta(coerced, node, types);
  if (!meta) {
    out.push_back(invalid(at, value, meta.error().message()));
    return;
  }
  Problems wrong = check_embedded(coerced, node, at);
  if (wrong.empty()) wrong = check_value(coerced, node, at);
  if (wrong.empty()) wrong = run_rules(coerced, node, &coerced, at);
  append(out, std::move(wrong));
}

void walk_defaults(Problems& out, const Node& node, const Types& types, bool resource,
                   bool inside_meta, const std::string& path) {
  if (node.default_value) check_default(out, node, types, inside_meta, path);
  if (node.items)
    walk_defaults(out, *node.items, types, node.items->embedded, inside_meta, child(path, "items"));
  for (const Property& property : node.properties) {
    bool meta = inside_meta || (resource && meta_field(property.name));
    walk_defaults(out, property.node, types, property.node.embedded,
                  meta && !property.node.embedded, key(child(path, "properties"), property.name));
  }
}

}  // namespace

Problems check_openapi(const Value& schema, const Node* node, const std::string& path) {
  Found found = check_node(schema, node, {}, true, path);
  append(found.schema, std::move(found.rules));
  return std::move(found.schema);
}

Problems check_defaults(const Node& root, const Types& types, const std::string& path) {
  Problems out;
  walk_defaults(out, root, types, true, false, path);
  return out;
}

}  // namespace lesto::apiserver::schema
