#include "kube/apiserver/discovery.h"

#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "kube/apiserver/openapi.h"

namespace lesto::apiserver {

namespace {

json::Value texts(const std::vector<std::string>& list) {
  std::vector<json::Value> out;
  for (const std::string& text : list) out.emplace_back(text);
  return json::Value::array(std::move(out));
}

json::Value kind_of(const Resource& resource, const std::string& version) {
  // Built-in kinds leave out what the place in the document says already.
  if (!resource.custom) return json::object({{"group", ""}, {"version", ""}, {"kind", resource.kind}});
  return json::object({{"group", resource.group}, {"version", version}, {"kind", resource.kind}});
}

// Versions of a group that are served, the preferred first.
std::vector<std::string> group_versions(const Registry& registry, std::string_view group) {
  std::vector<std::string> out;
  for (const ResourceRef& resource : registry.all()) {
    if (resource->group != group) continue;
    for (const Version& version : resource->versions) {
      if (version.served && std::find(out.begin(), out.end(), version.name) == out.end()) out.push_back(version.name);
    }
  }
  std::sort(out.begin(), out.end(), version_before);
  return out;
}

// The built-in groups in the order in which kube-apiserver lists them, then custom groups by name.
std::vector<std::string> groups(const Registry& registry) {
  static constexpr std::string_view kOrder[] = {
      "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
      "autoscaling", "batch", "certificates.k8s.io", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
      "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io",
      "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io", "resource.k8s.io"};
  std::vector<std::string> have;
  for (const ResourceRef& resource : registry.all()) {
    if (resource->group.empty()) continue;
    if (have.empty() || have.back() != resource->group) have.push_back(resource->group);
  }
  auto rank = [&](const std::string& group) {
    return std::find(std::begin(kOrder), std::end(kOrder), group) - std::begin(kOrder);
  };
  std::stable_sort(have.begin(), have.end(),
                   [&](const std::string& a, const std::string& b) { return rank(a) < rank(b); });
  return have;
}

json::Value aggregated_resource(const Resource& resource, const std::string& version) {
  json::Value out = json::object({{"resource", resource.plural},
                                  {"responseKind", kind_of(resource, version)},
                                  {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
                                  {"singularResource", resource.singular},
                                  {"verbs", texts(resource.verbs)}});
  if (!resource.short_names.empty()) out.set("shortNames", texts(resource.short_names));
  if (!resource.categories.empty()) out.set("categories", texts(resource.categories));
  std::vector<json::Value> subresources;
  for (const Subresource& sub : resource.subresources) {
    json::Value kind = kind_of(resource, version);
    if (!sub.kind.empty()) kind.set("kind", sub.kind);
    if (!sub.version.empty()) {
      kind.set("group", sub.group);
      kind.set("version", sub.version);
    }
    if (resource.custom && sub.name == "scale") kind.set("group", "autoscaling");
    subresources.push_back(json::object({{"subresource", sub.name}, {"responseKind", kind}, {"verbs", texts(sub.verbs)}}));
  }
  if (!subresources.empty()) out.set("subresources", json::Value::array(std::move(subresources)));
  return out;
}

const Version* served(const Resource& resource, std::string_view version) {
  const Version* found = resource.version(version);
  return found && found->served ? found : nullptr;
}

json::Value aggregated_group(const Registry& registry, const std::string& group) {
  json::Value versions = json::Value::array();
  for (const std::string& version : group_versions(registry, group)) {
    json::Value resources = json::Value::array();
    for (const ResourceRef& resource : registry.all()) {
      if (resource->group == group && served(*resource, version)) resources.push(aggregated_resource(*resource, version));
    }
    versions.push(json::object({{"version", version}, {"freshness", "Current"}, {"resources", std::move(resources)}}));
  }
  json::Value metadata = json::object({{"creationTimestamp", nullptr}});
  if (!group.empty()) metadata.set("name", group);
  return json::object({{"metadata", std::move(metadata)}, {"versions", std::move(versions)}});
}

json::Value aggregated(const Registry& registry, bool core) {
  json::Value items = json::Value::array();
  if (core) {
    items.push(aggregated_group(registry, ""));
  } else {
    for (const std::string& group : groups(registry)) items.push(aggregated_group(registry, group));
  }
  return json::object({{"kind", "APIGroupDiscoveryList"},
                       {"apiVersion", "apidiscovery.k8s.io/v2"},
                       {"metadata", json::Value::object()},
                       {"items", std::move(items)}});
}

json::Value group_document(const Registry& registry, const std::string& group) {
  json::Value versions = json::Value::array();
  for (const std::string& version : group_versions(registry, group)) {
    versions.push(json::object({{"groupVersion", group + "/" + version}, {"version", version}}));
  }
  json::Value preferred = versions[std::size_t(0)];
  return json::object({{"name", group}, {"versions", std::move(versions)}, {"preferredVersion", std::move(preferred)}});
}

json::Value legacy_entry(const Resource& resource) {
  json::Value entry = json::object({{"name", resource.plural},
                                    {"singularName", resource.singular},
                                    {"namespaced", resource.namespaced},
                                    {"kind", resource.kind},
                                    {"verbs", texts(resource.verbs)}});
  if (!resource.short_names.empty()) entry.set("shortNames", texts(resource.short_names));
  if (!resource.categories.empty()) entry.set("categories", texts(resource.categories));
  if (resource.stored) {
    entry.set("storageVersionHash",
              resource.storage_version_hash.empty()
                  ? base64_encode(sha256_hex(resource.group + "/" + resource.storage_version + "/" + resource.kind).substr(0, 8))
                  : resource.storage_version_hash);
  }
  return entry;
}

json::Value resource_list(const Registry& registry, const std::string& group, const std::string& version) {
  json::Value resources = json::Value::array();
  for (const ResourceRef& resource : registry.all()) {
    if (resource->group != group || !served(*resource, version)) continue;
    resources.push(legacy_entry(*resource));
    for (const Subresource& sub : resource->subresources) {
      json::Value entry = json::object({{"name", resource->plural + "/" + sub.name},
                                        {"singularName", ""},
                                        {"namespaced", resource->namespaced},
                                        {"kind", sub.kind.empty() ? resource->kind : sub.kind},
                                        {"verbs", texts(sub.verbs)}});
      if (!sub.version.empty()) {
        entry.set("group", sub.group);
        entry.set("version", sub.version);
      }
      resources.push(std::move(entry));
    }
  }
  return json::object({{"kind", "APIResourceList"},
                       {"apiVersion", "v1"},
                       {"groupVersion", group.empty() ? version : group + "/" + version},
                       {"resources", std::move(resources)}});
}

bool wants_aggregated(std::string_view accept) {
  return accept.find("as=APIGroupDiscoveryList") != accept.npos && accept.find("v=v2;") != accept.npos;
}

io::Response text_response(int code, std::string text) {
  io::Response out;
  out.status = code;
  out.headers.push_back({"content-type", "text/plain; charset=utf-8"});
  out.body = std::move(text);
  return out;
}

// A document with its ETag, or 304 when the client has it.
io::Response document(const Call& call, const json::Value& body, std::string content_type) {
  io::Response out = json_response(200, body);
  out.headers[0].value = std::move(content_type);
  std::string tag = "\"" + sha256_hex(out.body) + "\"";
  out.headers.push_back({"etag", tag});
  out.headers.push_back({"vary", "Accept"});
  if (call.header("if-none-match") == tag) {
    out.status = 304;
    out.body.clear();
  }
  return out;
}

io::Response group_discovery(Core& core, const Call& call, bool core_group) {
  constexpr std::string_view kType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  if (wants_aggregated(call.header("accept"))) {
    return document(call, aggregated(core.registry, core_group), std::string(kType));
  }
  if (core_group) {
    json::Value address = json::object({{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", "127.0.0.1:6443"}});
    return json_response(200, json::object({{"kind", "APIVersions"},
                                            {"versions", json::array({"v1"})},
                                            {"serverAddressByClientCIDRs", json::array({address})}}));
  }
  json::Value list = json::Value::array();
  for (const std::string& group : groups(core.registry)) list.push(group_document(core.registry, group));
  return document(call, json::object({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}}),
                  "application/json");
}

// `?verbose` names the checks; here is one.
io::Response healthy(const Call& call) {
  const std::string& which = call.route.parts[0];
  if (!call.route.query.has("verbose")) return text_response(200, "ok");
  return text_response(200, "[+]ping ok\n" + which + " check passed\n");
}

}  // namespace

json::Value version_document() {
  return json::object({{"major", "1"},
                       {"minor", "36"},
                       {"emulationMajor", "1"},
                       {"emulationMinor", "36"},
                       {"minCompatibilityMajor", "1"},
                       {"minCompatibilityMinor", "35"},
                       {"gitVersion", kServerVersion},
                       {"gitCommit", "lesto"},
                       {"gitTreeState", "clean"},
                       {"buildDate", "2026-01-01T00:00:00Z"},
                       {"goVersion", "go1.26"},
                       {"compiler", "gc"},
                       {"platform", "linux/amd64"}});
}

std::optional<io::Response> discover(Core& core, const Call& call) {
  const std::vector<std::string>& parts = call.route.parts;
  const std::string& path = call.route.path;
  if (path.find("//") != path.npos) return std::nullopt;
  if (parts.empty()) {
    return json_response(200, json::object({{"paths", json::array({"/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"})}}));
  }
  if (parts.size() == 1 && parts[0] == "version") return json_response(200, version_document());
  if (parts[0] == "healthz" || parts[0] == "livez" || parts[0] == "readyz") return healthy(call);
  if (parts.size() == 1 && parts[0] == "api") return group_discovery(core, call, true);
  if (parts.size() == 1 && parts[0] == "apis") return group_discovery(core, call, false);
  if (parts.size() >= 2 && parts[0] == "openapi" && parts[1] == "v3") return serve_openapi(core, call);
  if (parts.size() == 2 && parts[0] == "openapi" && parts[1] == "v2") return serve_openapi_v2(call);
  if (parts.size() == 1 && parts[0] == "metrics") return text_response(200, "");
  if (parts.size() == 2 && parts[0] == "api" && parts[1] == "v1") {
    json::Value list = resource_list(core.registry, "", "v1");
    list.erase("apiVersion");
    return document(call, list, "application/json");
  }
  if (parts.size() == 2 && parts[0] == "apis" && !group_versions(core.registry, parts[1]).empty()) {
    json::Value body = group_document(core.registry, parts[1]);
    body.set("kind", "APIGroup");
    body.set("apiVersion", "v1");
    return document(call, body, "application/json");
  }
  if (parts.size() == 3 && parts[0] == "apis" && core.registry.serves(parts[1], parts[2])) {
    return document(call, resource_list(core.registry, parts[1], parts[2]), "application/json");
  }
  return std::nullopt;
}

}  // namespace lesto::apiserver
