#include "kube/client/mapper.h"

#include <algorithm>

#include "kube/object/discovery.h"

namespace lesto::client {

namespace {

// The verbs of a kind in a group version's list of resources. Some kinds are only asked or only created: reviews, bindings.
bool can_be_watched(const json::Value& list, std::string_view plural) {
  for (const json::Value& item : list["resources"].items()) {
    if (item["name"].text() != plural) continue;
    const json::Value& verbs = item["verbs"];
    auto has = [&](std::string_view verb) {
      return std::ranges::any_of(verbs.items(), [&](const json::Value& one) { return one.text() == verb; });
    };
    return verbs.is_null() || (has("list") && has("watch"));
  }
  return false;
}

}  // namespace

io::Task<Result<kube::Resource>> Mapper::resolve(io::Context context, kube::GroupVersionKind gvk) {
  auto found = known_.find(gvk);
  if (found != known_.end()) co_return found->second;
  std::string path = gvk.group.empty() ? "/api/" + gvk.version : "/apis/" + gvk.group + "/" + gvk.version;
  auto document = co_await client_.get_path(std::move(context), std::move(path));
  if (!document && document.error().code() != Code::NotFound) co_return fail(std::move(document).error());
  if (document) {
    for (kube::Resource& resource : kube::parse_api_resource_list(*document)) {
      if (can_be_watched(*document, resource.plural)) {
        known_.insert_or_assign(resource.gvk(), std::move(resource));
      } else if (resource.gvk() == gvk) {
        co_return fail(Code::NotFound, "objects of kind " + gvk.kind + " in " + gvk.api_version() +
                                           " cannot be listed and watched in the cluster");
      }
    }
  }
  found = known_.find(gvk);
  if (found != known_.end()) co_return found->second;
  co_return fail(Code::NotFound, "the cluster does not serve kind " + gvk.kind + " in " + gvk.api_version() +
                                     ": is its CustomResourceDefinition installed?");
}

}  // namespace lesto::client
