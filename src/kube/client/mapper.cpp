#include "kube/client/mapper.h"

#include "kube/object/discovery.h"

namespace lesto::client {

io::Task<Result<kube::Resource>> Mapper::resolve(io::Context context, kube::GroupVersionKind gvk) {
  auto found = known_.find(gvk);
  if (found != known_.end()) co_return found->second;
  std::string path = gvk.group.empty() ? "/api/" + gvk.version : "/apis/" + gvk.group + "/" + gvk.version;
  auto document = co_await client_.get_path(std::move(context), std::move(path));
  if (!document && document.error().code() != Code::NotFound) co_return fail(std::move(document).error());
  if (document) {
    for (kube::Resource& resource : kube::parse_api_resource_list(*document)) {
      known_.insert_or_assign(resource.gvk(), std::move(resource));
    }
  }
  found = known_.find(gvk);
  if (found != known_.end()) co_return found->second;
  co_return fail(Code::NotFound, "the cluster does not serve kind " + gvk.kind + " in " + gvk.api_version() +
                                     ": is its CustomResourceDefinition installed?");
}

}  // namespace lesto::client
