#include "engines/patch/schema.h"

#include <algorithm>

#include "engines/patch/schema_graph.h"

namespace lesto::patch {

const SchemaField* SchemaNode::field(std::string_view wanted) const {
  auto found =
      std::lower_bound(fields.begin(), fields.end(), wanted,
                       [](const SchemaField& each, std::string_view w) { return each.name < w; });
  return found != fields.end() && found->name == wanted ? &*found : nullptr;
}

const SchemaNode* SchemaNode::member(std::string_view wanted) const {
  const SchemaField* declared = field(wanted);
  return declared ? declared->type : values;
}

SchemaGraph::SchemaGraph() {
  SchemaNode& atomic = nodes.emplace_back();
  atomic.scalar = ScalarKind::Any;
  atomic.list = ListKind::Atomic;
  atomic.map = MapKind::Atomic;
  atomic.items = &atomic;
  atomic.values = &atomic;
  SchemaNode& unknown = nodes.emplace_back();
  unknown.scalar = ScalarKind::Any;
  unknown.list = ListKind::Atomic;
  unknown.map = MapKind::Granular;
  unknown.items = &atomic;
  unknown.values = &unknown;
  unknown.deduced = true;
  untyped = &atomic;
  deduced = &unknown;
}

Schema Schema::deduced() {
  auto graph = std::make_shared<const SchemaGraph>();
  const SchemaNode* root = graph->deduced;
  return Schema(std::move(graph), root);
}

std::optional<Schema> Schemas::named(std::string_view component) const {
  auto found = graph_->components.find(component);
  if (found == graph_->components.end()) return std::nullopt;
  return Schema(graph_, found->second);
}

std::optional<Schema> Schemas::of_kind(std::string_view group, std::string_view version,
                                       std::string_view kind) const {
  std::string key = std::string(group) + "/" + std::string(version) + "/" + std::string(kind);
  auto found = graph_->kinds.find(key);
  if (found == graph_->kinds.end()) return std::nullopt;
  return Schema(graph_, found->second);
}

}  // namespace lesto::patch
