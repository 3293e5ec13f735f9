// Builds Kubernetes API requests as values; sends nothing (reference/apiserver.md section 1.5).
#pragma once

#include <optional>
#include <string>

#include "foundation/io/http.h"
#include "kube/object/object.h"

namespace lesto::client {

// "/api/v1/namespaces/NS/services" and so on; a namespaced collection without a namespace spans all of them.
std::string collection_path(const kube::Resource& resource, std::string_view ns);
std::string object_path(const kube::Resource& resource, const kube::ObjectKey& key,
                        std::string_view subresource = {});

struct ListOptions {
  std::string ns;
  std::string label_selector;
  std::string field_selector;
  int limit = 500;
  std::string continue_token;
};

struct WatchOptions {
  std::string ns;
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;
  int timeout_s = 0;  // 0 leaves it to the server
};

enum class PatchType { Merge, Json, Strategic, Apply };

struct PatchOptions {
  std::string field_manager;
  bool force = false;  // Apply only
  bool dry_run = false;
  std::string subresource;
};

enum class Propagation { Background, Foreground, Orphan };

struct DeleteOptions {
  std::string uid;               // "" asks nothing
  std::string resource_version;  // "" asks nothing
  Propagation propagation = Propagation::Background;
};

io::Request list_request(const kube::Resource& resource, const ListOptions& options);
io::Request watch_request(const kube::Resource& resource, const WatchOptions& options);
io::Request get_request(const kube::Resource& resource, const kube::ObjectKey& key);
io::Request create_request(const kube::Resource& resource, const json::Value& object,
                           std::string_view field_manager);
io::Request update_request(const kube::Resource& resource, const json::Value& object,
                           std::string_view field_manager, std::string_view subresource);
io::Request patch_request(const kube::Resource& resource, const kube::ObjectKey& key, PatchType type,
                          const json::Value& patch, const PatchOptions& options);
io::Request delete_request(const kube::Resource& resource, const kube::ObjectKey& key,
                           const DeleteOptions& options);

}  // namespace lesto::client
