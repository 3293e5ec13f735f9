#include "kube/apiserver/openapi.h"

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "kube/apiserver/data.h"
#include "kube/apiserver/discovery.h"

namespace lesto::apiserver {

namespace {

struct GroupVersion {
  std::string group;
  std::string version;
  auto operator<=>(const GroupVersion&) const = default;
  std::string path() const { return group.empty() ? "api/" + version : "apis/" + group + "/" + version; }
  std::string file() const { return "openapi/" + (group.empty() ? "core" : group) + "_" + version + ".json"; }
};

json::Value parameter(std::string_view name, std::string_view in, std::string_view type) {
  json::Value out = json::object({{"name", name}, {"in", in}, {"schema", json::object({{"type", type}, {"uniqueItems", true}})}});
  if (in == "path") out.set("required", true);
  return out;
}

json::Value operation(std::string_view action, const Resource& resource, const std::string& version) {
  json::Value kind = json::object({{"group", resource.group}, {"version", version}, {"kind", resource.kind}});
  json::Value ok = json::object({{"200", json::object({{"description", "OK"}})}});
  json::Value out = json::object({{"responses", std::move(ok)},
                                  {"x-kubernetes-action", action},
                                  {"x-kubernetes-group-version-kind", std::move(kind)}});
  if (action == "patch" || action == "post" || action == "put") {
    json::Value parameters = json::array({parameter("dryRun", "query", "string"), parameter("fieldManager", "query", "string"),
                                          parameter("fieldValidation", "query", "string")});
    if (action == "patch") parameters.push(parameter("force", "query", "boolean"));
    out.set("parameters", std::move(parameters));
  }
  return out;
}

void add_paths(json::Value& paths, const Resource& resource, const GroupVersion& gv) {
  std::string base = "/" + gv.path() + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + resource.plural;
  json::Value shared = json::Value::array();
  if (resource.namespaced) shared.push(parameter("namespace", "path", "string"));
  json::Value list = json::object({{"parameters", shared}});
  if (resource.allows("list")) list.set("get", operation("list", resource, gv.version));
  if (resource.allows("create")) list.set("post", operation("post", resource, gv.version));
  paths.set(base, std::move(list));
  if (!resource.stored) return;
  shared.push(parameter("name", "path", "string"));
  json::Value named = json::object({{"parameters", shared}, {"get", operation("get", resource, gv.version)}});
  if (resource.allows("update")) {
    named.set("put", operation("put", resource, gv.version));
    named.set("patch", operation("patch", resource, gv.version));
    named.set("delete", operation("delete", resource, gv.version));
  }
  paths.set(base + "/{name}", named);
  for (const Subresource& sub : resource.subresources) {
    if (sub.name == "status") paths.set(base + "/{name}/status", named);
  }
}

std::string reversed_group(std::string_view group) {
  std::string out;
  while (!group.empty()) {
    std::size_t dot = group.rfind('.');
    out += (out.empty() ? "" : ".") + std::string(dot == group.npos ? group : group.substr(dot + 1));
    group = dot == group.npos ? std::string_view() : group.substr(0, dot);
  }
  return out;
}

void add_custom_schemas(json::Value& schemas, const Resource& resource, const GroupVersion& gv) {
  const Version* version = resource.version(gv.version);
  json::Value schema = version && version->schema.is_object() ? version->schema
                                                              : json::object({{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}});
  if (!schema["properties"].is_object()) schema.set("properties", json::Value::object());
  json::Value& properties = schema.at("properties");
  auto text = [](std::string_view description) { return json::object({{"type", "string"}, {"description", description}}); };
  properties.set("apiVersion", text("GROUP/VERSION: in which version of which API group this object is written."));
  properties.set("kind", text("What the object is, in CamelCase. It never changes."));
  json::Value meta = json::object({{"$ref", "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}});
  properties.set("metadata", json::object({{"allOf", json::array({meta})},
                                           {"description", "Name, namespace, labels, annotations and what else every object has."}}));
  auto kind = [&](const std::string& name) {
    return json::array({json::object({{"group", gv.group}, {"version", gv.version}, {"kind", name}})});
  };
  schema.set("x-kubernetes-group-version-kind", kind(resource.kind));
  std::string prefix = reversed_group(gv.group) + "." + gv.version + ".";
  json::Value item = json::object({{"$ref", "#/components/schemas/" + prefix + resource.kind}});
  json::Value list = json::object({{"type", "object"},
                                   {"required", json::array({"items"})},
                                   {"properties", json::object({{"apiVersion", json::object({{"type", "string"}})},
                                                                {"kind", json::object({{"type", "string"}})},
                                                                {"metadata", json::object({{"type", "object"}})},
                                                                {"items", json::object({{"type", "array"}, {"items", item}})}})},
                                   {"x-kubernetes-group-version-kind", kind(resource.list_kind)}});
  schemas.set(prefix + resource.kind, std::move(schema));
  schemas.set(prefix + resource.list_kind, std::move(list));
}

json::Value object_meta_schemas() {
  auto core = json::parse(embedded("openapi/core_v1.json"));
  CHECK(core.has_value());
  json::Value out = json::Value::object();
  for (const char* name : {"ObjectMeta", "ManagedFieldsEntry", "FieldsV1", "OwnerReference", "Time"}) {
    std::string full = std::string("io.k8s.apimachinery.pkg.apis.meta.v1.") + name;
    if (const json::Value* schema = (*core)["schemas"].find(full)) out.set(full, *schema);
  }
  return out;
}

json::Value document(const Registry& registry, const GroupVersion& gv) {
  json::Value paths = json::Value::object();
  json::Value schemas;
  if (auto text = embedded(gv.file()); !text.empty()) {
    auto read = json::parse(text);
    CHECK(read.has_value());
    schemas = (*read)["schemas"];
  } else {
    schemas = object_meta_schemas();
  }
  for (const ResourceRef& resource : registry.all()) {
    const Version* version = resource->version(gv.version);
    if (resource->group != gv.group || !version || !version->served) continue;
    add_paths(paths, *resource, gv);
    if (resource->custom) add_custom_schemas(schemas, *resource, gv);
  }
  return json::object({{"openapi", "3.0.0"},
                       {"info", json::object({{"title", "Kubernetes"}, {"version", kServerVersion}})},
                       {"paths", std::move(paths)},
                       {"components", json::object({{"schemas", std::move(schemas)}})}});
}

// What a document depends on: the embedded file, or the definitions of a custom group.
std::string document_hash(const Registry& registry, const GroupVersion& gv) {
  std::string facts = gv.path();
  for (const ResourceRef& resource : registry.all()) {
    if (resource->group != gv.group) continue;
    const Version* version = resource->version(gv.version);
    if (!version || !version->served) continue;
    facts += '\n' + resource->plural + ' ' + resource->kind;
    if (resource->custom) json::append(facts, version->schema);
  }
  return sha256_hex(facts);
}

io::Response index(Core& core) {
  std::set<GroupVersion> versions;
  for (const ResourceRef& resource : core.registry.all()) {
    for (const Version& version : resource->versions) {
      if (version.served) versions.insert({resource->group, version.name});
    }
  }
  json::Value paths = json::Value::object();
  for (const GroupVersion& gv : versions) {
    std::string url = "/openapi/v3/" + gv.path() + "?hash=" + document_hash(core.registry, gv);
    paths.set(gv.path(), json::object({{"serverRelativeURL", url}}));
  }
  io::Response out = json_response(200, json::object({{"paths", std::move(paths)}}));
  out.headers[0].value = "text/plain; charset=utf-8";
  return out;
}

}  // namespace

std::optional<io::Response> serve_openapi(Core& core, const Call& call) {
  const auto& parts = call.route.parts;
  if (parts.size() == 2) return index(core);
  GroupVersion gv;
  if (parts.size() == 4 && parts[2] == "api") gv = {"", parts[3]};
  else if (parts.size() == 5 && parts[2] == "apis") gv = {parts[3], parts[4]};
  else return std::nullopt;
  if (!core.registry.serves(gv.group, gv.version)) return std::nullopt;
  std::string hash = document_hash(core.registry, gv);
  std::string tag = "\"" + hash + "\"";
  io::Response out;
  if (call.header("if-none-match") == tag) {
    out.status = 304;
  } else {
    out = json_response(200, document(core.registry, gv));
  }
  out.headers.push_back({"etag", tag});
  out.headers.push_back({"vary", "Accept"});
  if (call.route.query.get("hash") == hash) {
    out.headers.push_back({"cache-control", "public, immutable"});
    out.headers.push_back({"expires", "Fri, 01 Jan 2038 00:00:00 GMT"});
  }
  return out;
}

io::Response serve_openapi_v2(const Call& call) {
  // Asked for with an @, which is no media type: the answer has a dot there, or Go clients refuse to read it.
  constexpr std::string_view kProtobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  constexpr std::string_view kSwagger = "2.0";
  constexpr std::string_view kTitle = "Kubernetes";
  if (call.header("accept").find("protobuf") == std::string_view::npos) {
    json::Value info = json::object({{"title", kTitle}, {"version", kServerVersion}});
    return json_response(200, json::object({{"swagger", kSwagger}, {"info", info}, {"paths", json::Value::object()}}));
  }
  // gnostic's openapi.v2.Document: swagger is field 1; info, a message with title (1) and version (2), is field 2.
  auto field = [](char number, std::string_view text) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(text.size())} + std::string(text);
  };
  std::string info = field(1, kTitle) + field(2, kServerVersion);
  io::Response out;
  out.headers.push_back({"content-type", std::string(kProtobuf)});
  out.body = field(1, kSwagger) + field(2, info);
  return out;
}

}  // namespace lesto::apiserver
