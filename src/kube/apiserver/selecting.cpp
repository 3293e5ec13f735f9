#include "kube/apiserver/selecting.h"

namespace lesto::apiserver {

namespace {

// TODO(now): replaced by kube/object/selector.h when branch `json` brings it.
using Requirement = std::pair<std::string, std::string>;

std::optional<std::vector<Requirement>> read_equalities(std::string_view text) {
  std::vector<Requirement> out;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t equals = part.find('=');
    if (equals == part.npos || part[equals == 0 ? 0 : equals - 1] == '!') return std::nullopt;
    std::string_view value = part.substr(equals + 1);
    if (value.starts_with('=')) value.remove_prefix(1);
    out.emplace_back(part.substr(0, equals), value);
  }
  return out;
}

const json::Value& at_path(const json::Value& object, std::string_view path) {
  const json::Value* place = &object;
  while (!path.empty()) {
    std::size_t end = std::min(path.find('.'), path.size());
    place = &(*place)[path.substr(0, end)];
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return *place;
}

}  // namespace

Outcome<Filter> read_filter(Core&, const Call& call) {
  Filter filter;
  if (call.resource->namespaced) filter.ns = call.route.ns;
  filter.name = call.route.name;
  auto labels = read_equalities(call.route.query.get("labelSelector"));
  auto fields = read_equalities(call.route.query.get("fieldSelector"));
  if (!labels || !fields) return refuse(not_implemented("selectors with sets are not built yet"));
  if (labels->empty() && fields->empty()) return filter;
  filter.matches = [labels = std::move(*labels), fields = std::move(*fields)](const json::Value& object) {
    const json::Value& have = object["metadata"]["labels"];
    for (const auto& [key, value] : labels) {
      if (!have.contains(key) || have[key].text() != value) return false;
    }
    for (const auto& [path, value] : fields) {
      if (at_path(object, path).text() != value) return false;
    }
    return true;
  };
  return filter;
}

std::function<json::Value(const json::Value&)> watch_view(const Call& call, const Accept& accept,
                                                          json::Value& bookmark) {
  ResourceRef resource = call.resource;
  std::string version = call.version;
  if (accept.view == View::PartialMetadata) {
    bookmark = json::object({{"kind", "PartialObjectMetadata"}, {"apiVersion", "meta.k8s.io/" + accept.meta_version}});
    return [meta = accept.meta_version](const json::Value& object) { return partial_metadata(object, meta); };
  }
  bool as_stored = version == resource->storage_version && resource->group != "events.k8s.io";
  if (as_stored) return {};
  return [resource, version](const json::Value& object) { return present(*resource, version, object); };
}

}  // namespace lesto::apiserver
