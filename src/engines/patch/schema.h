// What merging has to know about types: which lists merge by key, which maps are owned as a whole,
// defaults of keys, patch strategies. Built once from OpenAPI or a CRD, then shared; a Schema is a
// cheap copy and safe on any thread.
//
// Rules of the conversion: kube-openapi's schemaconv (server-side apply) and the
// x-kubernetes-patch-* extensions (strategic merge).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

enum class ScalarKind : std::uint8_t { None, String, Number, Boolean, Any };
enum class ListKind : std::uint8_t { None, Atomic, Set, Map };
enum class MapKind : std::uint8_t { None, Granular, Atomic };

struct SchemaField;

// A type. It may be several things at once: a type that nothing is known of is a scalar, a list and
// a map, and the value decides. Owned by its Schema.
struct SchemaNode {
  std::string name;  // "PodSpec": the last word of the component's name; "" for types without one
  ScalarKind scalar = ScalarKind::None;
  ListKind list = ListKind::None;
  MapKind map = MapKind::None;

  std::vector<std::string> keys;      // of a Map list
  const SchemaNode* items = nullptr;  // of a list
  std::vector<SchemaField> fields;    // of a map, sorted by name
  const SchemaNode* values =
      nullptr;  // of a map: what its other members are; null when it has none

  // int-or-string, and objects that keep unknown fields: not needed for merging, kept for
  // validation.
  bool int_or_string = false;
  bool preserve_unknown = false;
  // No type is known: the shape is deduced from the value.
  bool deduced = false;

  const SchemaField* field(std::string_view wanted) const;
  // The type of a member, whether declared or not; null when it is neither.
  const SchemaNode* member(std::string_view wanted) const;
};

struct SchemaField {
  std::string name;
  const SchemaNode* type = nullptr;
  std::optional<json::Value> fallback;  // the default

  // Strategic merge: x-kubernetes-patch-strategy and -merge-key.
  bool patch_merge = false;
  bool patch_replace = false;
  bool patch_retain_keys = false;
  std::string patch_merge_key;
};

// The types of one document; see schema_build.cpp.
class SchemaGraph;

class Schema {
 public:
  // Nothing is known of the type: maps merge member by member, lists are owned as a whole.
  static Schema deduced();
  Schema() : Schema(deduced()) {}
  Schema(std::shared_ptr<const SchemaGraph> graph, const SchemaNode* root)
      : graph_(std::move(graph)), root_(root) {}

  const SchemaNode& root() const { return *root_; }

 private:
  std::shared_ptr<const SchemaGraph> graph_;
  const SchemaNode* root_ = nullptr;
};

// The types of an OpenAPI v3 document, reached by kind or by the name of the component.
class Schemas {
 public:
  // Reads `components.schemas`. A reference to a component that is not there becomes a deduced
  // type.
  static Result<Schemas> from_openapi(const json::Value& document) {
    return from_components(document["components"]["schemas"]);
  }
  // The same, given what lies below `components.schemas`.
  static Result<Schemas> from_components(const json::Value& schemas);

  // By x-kubernetes-group-version-kind.
  std::optional<Schema> of_kind(std::string_view group, std::string_view version,
                                std::string_view kind) const;
  std::optional<Schema> named(std::string_view component) const;

 private:
  explicit Schemas(std::shared_ptr<const SchemaGraph> graph) : graph_(std::move(graph)) {}
  std::shared_ptr<const SchemaGraph> graph_;
};

// From a CRD version's `schema.openAPIV3Schema`: apiVersion, kind and metadata are added as the API
// server adds them. Null (no schema) keeps everything and deduces it.
Result<Schema> schema_from_crd(const json::Value& open_api_v3_schema);

}  // namespace lesto::patch
