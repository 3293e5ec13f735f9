#include "kube/object/object.h"

#include <algorithm>

namespace lesto::kube {

GroupVersionKind parse_gvk(std::string_view api_version, std::string_view kind) {
  auto slash = api_version.find('/');
  if (slash == std::string_view::npos) return {"", std::string(api_version), std::string(kind)};
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)),
          std::string(kind)};
}

bool has_finalizer(const json::Value& object, std::string_view finalizer) {
  auto all = object["metadata"]["finalizers"].items();
  return std::ranges::any_of(all, [&](const json::Value& item) { return item.text() == finalizer; });
}

ObjectKey key_of(const json::Value& object) {
  return {std::string(namespace_of(object)), std::string(name_of(object))};
}

GroupVersionKind gvk_of(const json::Value& object) {
  return parse_gvk(object["apiVersion"].text(), object["kind"].text());
}

ObjectId id_of(const json::Value& object) {
  GroupVersionKind gvk = gvk_of(object);
  return {std::move(gvk.group), std::move(gvk.kind), key_of(object)};
}

std::string text_of(const json::Value& object) { return id_of(object).text(); }

bool is_newer(std::string_view resource_version, std::string_view than) {
  // Decimal numbers without leading zeros: the longer one is the larger one.
  if (resource_version.size() != than.size()) return resource_version.size() > than.size();
  return resource_version > than;
}

}  // namespace lesto::kube
