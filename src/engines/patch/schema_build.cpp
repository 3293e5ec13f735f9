// From OpenAPI and CRD schemas to the types that merging needs. The rules are kube-openapi's
// schemaconv.
#include <algorithm>

#include "engines/patch/schema_graph.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

enum class Unknown : bool { Pruned, Kept };

ScalarKind scalar_of(std::string_view type, std::string_view format) {
  if (type == "integer" || type == "number") return ScalarKind::Number;
  if (type == "boolean") return ScalarKind::Boolean;
  // Other formats (date-time, int-or-string, ...) are not held to be texts.
  if (type == "string" && (format.empty() || format == "byte")) return ScalarKind::String;
  return ScalarKind::Any;
}

std::string_view last_step(std::string_view reference) {
  std::size_t slash = reference.rfind('/');
  return slash == std::string_view::npos ? reference : reference.substr(slash + 1);
}

std::string_view reference_of(const Value& spec) {
  std::string_view reference = spec["$ref"].text();
  if (reference.empty() && spec["allOf"].size() == 1) reference = spec["allOf"][0]["$ref"].text();
  return last_step(reference);
}

class Builder {
 public:
  explicit Builder(SchemaGraph& graph) : graph_(graph) {}

  Result<void> add_components(const Value& schemas) {
    // Every component gets its node first: they refer to each other in rings.
    std::vector<SchemaNode*> places;
    for (const json::Member& component : schemas.members()) {
      SchemaNode* node = &graph_.nodes.emplace_back();
      places.emplace_back(node);
      graph_.components.emplace(std::string(component.name()), node);
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      const json::Member& component = schemas.members()[i];
      SchemaNode& node = *places[i];
      node.name = std::string(component.name().substr(component.name().rfind('.') + 1));
      if (component.name() == "io.k8s.apimachinery.pkg.api.resource.Quantity") {
        node.scalar = ScalarKind::Any;
      } else if (component.name() == "io.k8s.apimachinery.pkg.runtime.RawExtension") {
        node = *graph_.untyped;
      } else if (std::string_view target = reference_of(component.value); !target.empty()) {
        copies_.push_back({&node, named(target), MapKind::None});
      } else {
        TRY(fill(node, component.value, Unknown::Pruned, 0));
      }
      for (const Value& gvk : component.value["x-kubernetes-group-version-kind"].items()) {
        graph_.kinds.emplace(
            gvk["group"].string() + "/" + gvk["version"].string() + "/" + gvk["kind"].string(),
            &node);
      }
    }
    // A reference that changes the map type is a type of its own, made when its original is
    // complete.
    for (const Copy& copy : copies_) {
      *copy.node = *copy.original;
      if (copy.map != MapKind::None && copy.node->map != MapKind::None) copy.node->map = copy.map;
    }
    return {};
  }

 private:
  struct Copy {
    SchemaNode* node;
    const SchemaNode* original;
    MapKind map;
  };

  const SchemaNode* named(std::string_view component) const {
    auto found = graph_.components.find(component);
    return found == graph_.components.end() ? graph_.deduced : found->second;
  }

  static Result<MapKind> map_kind(const Value& spec) {
    std::string_view type = spec["x-kubernetes-map-type"].text();
    if (type.empty()) return MapKind::None;
    if (type == "atomic") return MapKind::Atomic;
    if (type == "granular") return MapKind::Granular;
    return fail(Code::Invalid, "unknown map type " + std::string(type));
  }

  Result<const SchemaNode*> type_of(const Value& spec, Unknown unknown, std::size_t depth) {
    if (depth > json::kDepthMax) return fail(Code::TooLarge, "schema is nested too deeply");
    std::string_view target = reference_of(spec);
    if (target.empty()) {
      SchemaNode& node = graph_.nodes.emplace_back();
      TRY(fill(node, spec, unknown, depth + 1));
      return &node;
    }
    TRY_ASSIGN(MapKind map, map_kind(spec));
    if (map == MapKind::None) return named(target);
    SchemaNode& node = graph_.nodes.emplace_back();
    copies_.push_back({&node, named(target), map});
    return &node;
  }

  Result<void> fill(SchemaNode& node, const Value& spec, Unknown unknown, std::size_t depth) {
    if (spec["x-kubernetes-preserve-unknown-fields"].boolean()) unknown = Unknown::Kept;
    node.preserve_unknown = unknown == Unknown::Kept;
    std::string_view type = spec["type"].text();
    std::string_view format = spec["format"].text();
    node.int_or_string = spec["x-kubernetes-int-or-string"].boolean() || format == "int-or-string";
    if (type.empty()) {
      node.scalar = ScalarKind::Any;
      TRY(fill_list(node, spec, unknown, depth));
      return fill_map(node, spec, unknown, depth);
    }
    if (type == "object") return fill_map(node, spec, unknown, depth);
    if (type == "array") return fill_list(node, spec, unknown, depth);
    node.scalar = scalar_of(type, format);
    return {};
  }

  Result<void> fill_list(SchemaNode& node, const Value& spec, Unknown unknown, std::size_t depth) {
    std::string_view type = spec["x-kubernetes-list-type"].text();
    std::string_view strategy = spec["x-kubernetes-patch-strategy"].text();
    node.list = ListKind::Atomic;
    if (type == "set") {
      node.list = ListKind::Set;
    } else if (type == "map") {
      for (const Value& key : spec["x-kubernetes-list-map-keys"].items())
        node.keys.push_back(key.string());
      node.list = node.keys.empty() ? ListKind::Set : ListKind::Map;
    } else if (type.empty() && strategy.starts_with("merge")) {
      // A merge strategy without list type says the same in the older way.
      std::string key = spec["x-kubernetes-patch-merge-key"].string();
      node.list = key.empty() ? ListKind::Set : ListKind::Map;
      if (!key.empty()) node.keys.push_back(std::move(key));
    }
    node.items = graph_.untyped;
    if (const Value* items = spec.find("items")) {
      TRY_ASSIGN(node.items, type_of(*items, unknown, depth));
    }
    return {};
  }

  Result<void> fill_map(SchemaNode& node, const Value& spec, Unknown unknown, std::size_t depth) {
    TRY_ASSIGN(MapKind map, map_kind(spec));
    node.map = map == MapKind::None ? MapKind::Granular : map;
    const Value& properties = spec["properties"];
    std::vector<SchemaField> fields;
    for (const json::Member& property : properties.members()) {
      SchemaField field;
      field.name = std::string(property.name());
      TRY_ASSIGN(field.type, type_of(property.value, unknown, depth));
      if (const Value* fallback = property.value.find("default")) field.fallback = *fallback;
      fill_strategy(field, property.value);
      fields.push_back(std::move(field));
    }
    node.fields = std::move(fields);
    const Value* additional = spec.find("additionalProperties");
    if (!additional) {
      if (unknown == Unknown::Kept || properties.empty()) node.values = graph_.deduced;
    } else if (additional->is_object()) {
      TRY_ASSIGN(node.values, type_of(*additional, unknown, depth));
    } else if (additional->boolean()) {
      node.values = graph_.deduced;
    }
    return {};
  }

  static void fill_strategy(SchemaField& field, const Value& spec) {
    std::string_view strategies = spec["x-kubernetes-patch-strategy"].text();
    while (!strategies.empty()) {
      std::size_t comma = strategies.find(',');
      std::string_view strategy = strategies.substr(0, comma);
      field.patch_merge |= strategy == "merge";
      field.patch_replace |= strategy == "replace";
      field.patch_retain_keys |= strategy == "retainKeys";
      strategies.remove_prefix(comma == std::string_view::npos ? strategies.size() : comma + 1);
    }
    field.patch_merge_key = spec["x-kubernetes-patch-merge-key"].string();
  }

  SchemaGraph& graph_;
  std::vector<Copy> copies_;
};

// Metadata as the API server adds it to every custom kind.
constexpr std::string_view kMetadata = R"({"type":"object","properties":{
  "annotations":{"type":"object","additionalProperties":{"type":"string"}},
  "creationTimestamp":{"type":"string","format":"date-time"},
  "deletionGracePeriodSeconds":{"type":"integer"},
  "deletionTimestamp":{"type":"string","format":"date-time"},
  "finalizers":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set"},
  "generateName":{"type":"string"},
  "generation":{"type":"integer"},
  "labels":{"type":"object","additionalProperties":{"type":"string"}},
  "managedFields":{"type":"array","x-kubernetes-list-type":"atomic","items":{"type":"object","properties":{
    "apiVersion":{"type":"string"},"fieldsType":{"type":"string"},"fieldsV1":{"type":"object"},
    "manager":{"type":"string"},"operation":{"type":"string"},"subresource":{"type":"string"},
    "time":{"type":"string","format":"date-time"}}}},
  "name":{"type":"string"},
  "namespace":{"type":"string"},
  "ownerReferences":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["uid"],
    "items":{"type":"object","x-kubernetes-map-type":"atomic","properties":{
      "apiVersion":{"type":"string"},"blockOwnerDeletion":{"type":"boolean"},"controller":{"type":"boolean"},
      "kind":{"type":"string"},"name":{"type":"string"},"uid":{"type":"string"}}}},
  "resourceVersion":{"type":"string"},
  "selfLink":{"type":"string"},
  "uid":{"type":"string"}}})";

// Adds apiVersion, kind and metadata to an object's schema.
void add_object_fields(Value& spec) {
  Value& properties = spec.at("properties");
  if (!properties.is_object()) properties = Value::object();
  properties.set("apiVersion", json::object({{"type", "string"}}));
  properties.set("kind", json::object({{"type", "string"}}));
  properties.set("metadata", json::object({{"$ref", "ObjectMeta"}}));
}

// Objects inside the object that are Kubernetes objects themselves.
void complete_embedded(Value& spec, std::size_t depth) {
  if (depth > json::kDepthMax || !spec.is_object()) return;
  if (spec["x-kubernetes-embedded-resource"].boolean()) add_object_fields(spec);
  if (Value* properties = spec.edit("properties"); properties && properties->is_object()) {
    std::vector<std::string> names;
    for (const json::Member& property : properties->members()) names.emplace_back(property.name());
    for (const std::string& name : names) complete_embedded(*properties->edit(name), depth + 1);
  }
  if (Value* items = spec.edit("items")) complete_embedded(*items, depth + 1);
  if (Value* additional = spec.edit("additionalProperties"))
    complete_embedded(*additional, depth + 1);
}

}  // namespace

Result<Schemas> Schemas::from_components(const Value& schemas) {
  auto graph = std::make_shared<SchemaGraph>();
  TRY(Builder(*graph).add_components(schemas));
  return Schemas(std::move(graph));
}

Result<Schema> schema_from_crd(const Value& open_api_v3_schema) {
  Value root = open_api_v3_schema;
  if (!root.is_object()) {
    root = json::object({{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}});
  }
  complete_embedded(root, 0);
  add_object_fields(root);
  TRY_ASSIGN(Value metadata, json::parse(kMetadata));
  auto graph = std::make_shared<SchemaGraph>();
  TRY(Builder(*graph).add_components(json::object({{"ObjectMeta", metadata}, {"Root", root}})));
  const SchemaNode* node = graph->components.find("Root")->second;
  return Schema(std::move(graph), node);
}

}  // namespace lesto::patch
