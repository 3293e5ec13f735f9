#include "kube/client/request.h"

#include "foundation/json/text.h"

namespace lesto::client {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                 c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
}

// Appends "?a=b&c=d" piece by piece, leaving out empty values.
class Query {
 public:
  explicit Query(std::string path) : target_(std::move(path)) {}
  Query& add(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    target_ += first_ ? '?' : '&';
    first_ = false;
    target_ += name;
    target_ += '=';
    append_escaped(target_, value);
    return *this;
  }
  std::string take() { return std::move(target_); }

 private:
  std::string target_;
  bool first_ = true;
};

io::Request json_request(std::string method, std::string target, const json::Value& body,
                         std::string content_type) {
  io::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = {{"accept", "application/json"}, {"content-type", std::move(content_type)}};
  request.body = json::write(body);
  return request;
}

std::string_view content_type(PatchType type) {
  switch (type) {
    case PatchType::Merge: return "application/merge-patch+json";
    case PatchType::Json: return "application/json-patch+json";
    case PatchType::Strategic: return "application/strategic-merge-patch+json";
    case PatchType::Apply: return "application/apply-patch+yaml";
  }
  return "";
}

std::string_view propagation_name(Propagation propagation) {
  switch (propagation) {
    case Propagation::Background: return "Background";
    case Propagation::Foreground: return "Foreground";
    case Propagation::Orphan: return "Orphan";
  }
  return "";
}

}  // namespace

std::string collection_path(const kube::Resource& resource, std::string_view ns) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/" + resource.group + "/";
  path += resource.version;
  if (!ns.empty() && resource.scope == kube::Scope::Namespaced) {
    path += "/namespaces/";
    append_escaped(path, ns);
  }
  return path + "/" + resource.plural;
}

std::string object_path(const kube::Resource& resource, const kube::ObjectKey& key,
                        std::string_view subresource) {
  std::string path = collection_path(resource, key.ns);
  path += '/';
  append_escaped(path, key.name);
  if (!subresource.empty()) {
    path += '/';
    path += subresource;
  }
  return path;
}

io::Request list_request(const kube::Resource& resource, const ListOptions& options) {
  io::Request request;
  request.target = Query(collection_path(resource, options.ns))
                       .add("labelSelector", options.label_selector)
                       .add("fieldSelector", options.field_selector)
                       .add("limit", options.limit > 0 ? std::to_string(options.limit) : "")
                       .add("continue", options.continue_token)
                       .take();
  request.headers = {{"accept", "application/json"}};
  return request;
}

io::Request watch_request(const kube::Resource& resource, const WatchOptions& options) {
  io::Request request;
  request.target = Query(collection_path(resource, options.ns))
                       .add("watch", "true")
                       .add("allowWatchBookmarks", "true")
                       .add("labelSelector", options.label_selector)
                       .add("fieldSelector", options.field_selector)
                       .add("resourceVersion", options.resource_version)
                       .add("timeoutSeconds", options.timeout_s > 0 ? std::to_string(options.timeout_s) : "")
                       .take();
  request.headers = {{"accept", "application/json"}};
  request.response = io::BodyMode::Stream;
  return request;
}

io::Request get_request(const kube::Resource& resource, const kube::ObjectKey& key) {
  io::Request request;
  request.target = object_path(resource, key);
  request.headers = {{"accept", "application/json"}};
  return request;
}

io::Request create_request(const kube::Resource& resource, const json::Value& object,
                           std::string_view field_manager) {
  std::string target = Query(collection_path(resource, kube::namespace_of(object)))
                           .add("fieldManager", field_manager)
                           .take();
  return json_request("POST", std::move(target), object, "application/json");
}

io::Request update_request(const kube::Resource& resource, const json::Value& object,
                           std::string_view field_manager, std::string_view subresource) {
  std::string target = Query(object_path(resource, kube::key_of(object), subresource))
                           .add("fieldManager", field_manager)
                           .take();
  return json_request("PUT", std::move(target), object, "application/json");
}

io::Request patch_request(const kube::Resource& resource, const kube::ObjectKey& key, PatchType type,
                          const json::Value& patch, const PatchOptions& options) {
  std::string target = Query(object_path(resource, key, options.subresource))
                           .add("fieldManager", options.field_manager)
                           .add("force", options.force ? "true" : "")
                           .add("dryRun", options.dry_run ? "All" : "")
                           .take();
  return json_request("PATCH", std::move(target), patch, std::string(content_type(type)));
}

io::Request delete_request(const kube::Resource& resource, const kube::ObjectKey& key,
                           const DeleteOptions& options) {
  json::Value body = json::object({{"apiVersion", "v1"},
                                   {"kind", "DeleteOptions"},
                                   {"propagationPolicy", propagation_name(options.propagation)}});
  if (!options.uid.empty()) body.set_path({"preconditions", "uid"}, options.uid);
  if (!options.resource_version.empty()) {
    body.set_path({"preconditions", "resourceVersion"}, options.resource_version);
  }
  return json_request("DELETE", object_path(resource, key), body, "application/json");
}

}  // namespace lesto::client
