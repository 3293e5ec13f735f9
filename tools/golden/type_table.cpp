#include "tools/golden/type_table.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "foundation/json/text.h"
#include "kube/object/object.h"

namespace lesto::golden {
namespace {

using json::Value;

// Null when there is no such file.
Value read_if_there(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Value();
  std::stringstream text;
  text << file.rdbuf();
  auto value = json::parse(text.str());
  if (!value)
    std::fprintf(stderr, "golden: cannot read %s: %s\n", path.c_str(),
                 value.error().text().c_str());
  return value.value_or(Value());
}

Value read(const char* name) {
  return read_if_there(std::string(LESTO_ROOT "/tests/golden/ssa/") + name);
}

// The document that our API server has of a group version: "apps_v1.json", "core_v1.json".
std::optional<patch::Schemas> product_schemas(std::string_view group, std::string_view version) {
  std::string name =
      (group.empty() ? "core" : std::string(group)) + "_" + std::string(version) + ".json";
  Value document = read_if_there(LESTO_ROOT "/src/kube/apiserver/data/openapi/" + name);
  if (!document.is_object()) return std::nullopt;
  auto schemas = patch::Schemas::from_components(document["schemas"]);
  return schemas ? std::optional(std::move(*schemas)) : std::nullopt;
}

// A type of the table as OpenAPI would say it.
Value as_openapi(const Value& type) {
  Value spec = Value::object();
  if (type.contains("of")) spec.set("$ref", "#/components/schemas/" + type["of"].string());
  std::string_view name = type["type"].text();
  if (name == "map") {
    spec.set("type", "object");
    spec.set("additionalProperties", as_openapi(type["item"]));
  } else if (!name.empty()) {
    spec.set("type", name);
    if (type.contains("item")) spec.set("items", as_openapi(type["item"]));
  }
  for (const json::Member& field : type["fields"].members()) {
    spec.at("properties").set(field.name(), as_openapi(field.value));
  }
  auto copy = [&](const char* from, const char* to) {
    if (type.contains(from)) spec.set(to, type[from]);
  };
  copy("default", "default");
  copy("list", "x-kubernetes-list-type");
  copy("keys", "x-kubernetes-list-map-keys");
  copy("map", "x-kubernetes-map-type");
  copy("patchStrategy", "x-kubernetes-patch-strategy");
  copy("patchMergeKey", "x-kubernetes-patch-merge-key");
  return spec;
}

// "Deployment.v1.apps.api.k8s.io" as "io.k8s.api.apps.v1.Deployment".
std::string component_name(std::string_view name) {
  std::string reversed;
  while (true) {
    std::size_t dot = name.find('.');
    reversed = std::string(name.substr(0, dot)) + (reversed.empty() ? "" : ".") + reversed;
    if (dot == std::string_view::npos) return reversed;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

TypeTable TypeTable::load() {
  TypeTable table;
  table.types_ = read("types.json");
  table.crds_ = read("crds.json");
  Value schemas = Value::object();
  for (const json::Member& type : table.types_["types"].members())
    schemas.set(type.name(), as_openapi(type.value));
  auto built = patch::Schemas::from_openapi(
      json::object({{"components", json::object({{"schemas", schemas}})}}));
  if (built) table.schemas_ = std::move(*built);
  return table;
}

const Value& TypeTable::crd(std::string_view kind) const {
  static const Value kNone{};
  for (const Value& crd : crds_.items()) {
    if (crd["spec"]["names"]["kind"].text() == kind) return crd;
  }
  return kNone;
}

patch::Schema TypeTable::of_kind(std::string_view kind) const {
  for (const json::Member& known : types_["kinds"].members()) {
    std::size_t blank = known.name().find(' ');
    if (known.name().substr(blank + 1) == kind) return of(known.name().substr(0, blank), kind);
  }
  return patch::Schema();
}

patch::Schema TypeTable::of(std::string_view api_version, std::string_view kind) const {
  if (const Value& definition = crd(kind); definition.is_object()) {
    auto schema =
        patch::schema_from_crd(definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]);
    return schema.value_or(patch::Schema());
  }
  // What the API server knows comes first: it is what the product merges with.
  kube::GroupVersionKind gvk = kube::parse_gvk(api_version, kind);
  if (auto product = product_schemas(gvk.group, gvk.version)) {
    if (auto schema = product->of_kind(gvk.group, gvk.version, gvk.kind)) return *schema;
  }
  std::string key = std::string(api_version) + " " + std::string(kind);
  std::string component = component_name(types_["kinds"][key].text());
  auto schema = schemas_ ? schemas_->named(component) : std::nullopt;
  return schema.value_or(patch::Schema());
}

}  // namespace lesto::golden
