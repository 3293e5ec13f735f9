// What a server serves, by the names that people type: "services", "svc", "eventtriggers.lib.projectsveltos.io".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kube/client/client.h"

namespace lesto::cli {

class Catalog {
 public:
  static io::Task<Result<Catalog>> read(client::Client& cluster_client);

  // By plural, singular, kind or short name, with or without ".group". Preferred versions first. Invalid for an unknown
  // name.
  Result<kube::Resource> find(const std::string& name) const;
  // By group, version and kind.
  Result<kube::Resource> find(const kube::GroupVersionKind& gvk) const;

 private:
  struct Entry {
    kube::Resource resource;
    std::string singular;
    std::vector<std::string> short_names;
  };
  void add(const json::Value& list);

  std::vector<Entry> entries_;
};

}  // namespace lesto::cli
