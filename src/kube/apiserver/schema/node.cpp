#include "kube/apiserver/schema/node.h"

#include <re2/re2.h>

#include <algorithm>

#include "kube/apiserver/schema/format.h"
#include "kube/apiserver/schema/limits.h"
#include "kube/apiserver/schema/rules.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

std::optional<std::int64_t> integer(const Value& openapi, std::string_view name) {
  const Value* found = openapi.find(name);
  if (!found || !found->is_number()) return std::nullopt;
  return found->is_int() ? found->integer() : static_cast<std::int64_t>(found->number());
}

std::optional<double> number(const Value& openapi, std::string_view name) {
  const Value* found = openapi.find(name);
  if (!found || !found->is_number()) return std::nullopt;
  return found->number();
}

std::vector<std::string> strings(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.push_back(item.string());
  return out;
}

Result<std::vector<Node>> compile_list(const Value& list, int depth) {
  std::vector<Node> out;
  for (const Value& item : list.items()) {
    TRY_ASSIGN(Node node, Node::compile(item, depth));
    out.push_back(std::move(node));
  }
  return out;
}

Result<std::unique_ptr<Node>> compile_one(const Value& schema, int depth) {
  if (!schema.is_object()) return std::unique_ptr<Node>();
  TRY_ASSIGN(Node node, Node::compile(schema, depth));
  return std::make_unique<Node>(std::move(node));
}

Result<void> compile_values(Node& node, const Value& openapi) {
  node.minimum = number(openapi, "minimum");
  node.maximum = number(openapi, "maximum");
  node.multiple_of = number(openapi, "multipleOf");
  node.exclusive_minimum = openapi["exclusiveMinimum"].boolean();
  node.exclusive_maximum = openapi["exclusiveMaximum"].boolean();
  node.min_length = integer(openapi, "minLength");
  node.max_length = integer(openapi, "maxLength");
  node.min_items = integer(openapi, "minItems");
  node.max_items = integer(openapi, "maxItems");
  node.min_properties = integer(openapi, "minProperties");
  node.max_properties = integer(openapi, "maxProperties");
  node.unique_items = openapi["uniqueItems"].boolean();
  node.required = strings(openapi["required"]);
  node.pattern = openapi["pattern"].string();
  if (!node.pattern.empty()) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    node.regex = std::make_shared<const re2::RE2>(node.pattern, options);
  }
  if (const Value* list = openapi.find("enum"); list && list->is_array()) {
    node.enumeration.emplace(list->items().begin(), list->items().end());
  }
  return {};
}

Result<void> compile_children(Node& node, const Value& openapi, int depth) {
  for (const auto& member : openapi["properties"].members()) {
    auto compiled = Node::compile(member.value, depth);
    if (!compiled)
      return fail(std::move(compiled.error()).during("property " + std::string(member.name())));
    node.properties.push_back({std::string(member.name()), std::move(*compiled)});
  }
  if (const Value* additional = openapi.find("additionalProperties");
      additional && !additional->is_null()) {
    node.additional_set = true;
    node.additional_allowed = additional->is_object() || additional->boolean();
    TRY_ASSIGN(node.additional, compile_one(*additional, depth));
  }
  TRY_ASSIGN(node.items, compile_one(openapi["items"], depth));
  TRY_ASSIGN(node.negated, compile_one(openapi["not"], depth));
  TRY_ASSIGN(node.all_of, compile_list(openapi["allOf"], depth));
  TRY_ASSIGN(node.any_of, compile_list(openapi["anyOf"], depth));
  TRY_ASSIGN(node.one_of, compile_list(openapi["oneOf"], depth));
  return {};
}

void summarize(Node& node) {
  node.rules_below = !node.rules_written.empty();
  node.defaults_below = node.default_value.has_value();
  node.embedded_below = node.embedded;
  auto add = [&](const Node& below) {
    node.rules_below = node.rules_below || below.rules_below;
    node.defaults_below = node.defaults_below || below.defaults_below;
    node.embedded_below = node.embedded_below || below.embedded_below;
  };
  if (node.items) add(*node.items);
  if (node.additional) add(*node.additional);
  for (const Property& property : node.properties) add(property.node);
}

}  // namespace

Node::Node() = default;
Node::~Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;

const Node* Node::property(std::string_view name) const {
  auto found =
      std::lower_bound(properties.begin(), properties.end(), name,
                       [](const Property& p, std::string_view wanted) { return p.name < wanted; });
  return found != properties.end() && found->name == name ? &found->node : nullptr;
}

const Node* Node::member(std::string_view name) const {
  if (const Node* found = property(name)) return found;
  return additional.get();
}

Result<Node> Node::compile(const Value& openapi, int depth) {
  if (depth > kSchemaDepthMax) return fail(Code::TooLarge, "schema is nested too deeply");
  Node node;
  node.type = openapi["type"].string();
  node.nullable = openapi["nullable"].boolean();
  node.int_or_string = openapi["x-kubernetes-int-or-string"].boolean();
  node.preserve_unknown = openapi["x-kubernetes-preserve-unknown-fields"].boolean();
  node.embedded = openapi["x-kubernetes-embedded-resource"].boolean();
  if (node.int_or_string) {
    node.types = {"integer", "string"};
  } else if (!node.type.empty()) {
    node.types = {node.type};
  }
  node.format_written = openapi["format"].string();
  node.format = supported_format(node.types, node.format_written);
  if (const Value* value = openapi.find("default"); value && !value->is_null())
    node.default_value = *value;
  node.list_type = openapi["x-kubernetes-list-type"].string();
  node.list_keys = strings(openapi["x-kubernetes-list-map-keys"]);
  node.map_type = openapi["x-kubernetes-map-type"].string();
  node.rules_written = openapi["x-kubernetes-validations"];
  TRY(compile_values(node, openapi));
  TRY(compile_children(node, openapi, depth + 1));
  summarize(node);
  return node;
}

}  // namespace lesto::apiserver::schema
