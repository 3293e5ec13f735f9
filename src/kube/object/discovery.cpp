#include "kube/object/discovery.h"

namespace lesto::kube {

std::vector<Resource> parse_api_resource_list(const json::Value& list) {
  GroupVersionKind of_list = parse_gvk(list["groupVersion"].text(), "");
  std::vector<Resource> resources;
  for (const json::Value& item : list["resources"].items()) {
    std::string_view plural = item["name"].text();
    if (plural.empty() || plural.find('/') != std::string_view::npos) continue;
    resources.push_back({of_list.group, of_list.version, std::string(plural), item["kind"].string(),
                         item["namespaced"].boolean() ? Scope::Namespaced : Scope::Cluster});
  }
  return resources;
}

Resource core_resource(std::string_view plural, std::string_view kind, Scope scope) {
  return {"", "v1", std::string(plural), std::string(kind), scope};
}

}  // namespace lesto::kube
