#include "faces/cli/catalog.h"

#include <algorithm>

#include "kube/object/discovery.h"

namespace lesto::cli {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

io::Task<Result<Catalog>> Catalog::read(client::Client& cluster_client) {
  Catalog catalog;
  auto core = co_await cluster_client.get_path({}, "/api/v1");
  if (!core) co_return fail(std::move(core).error());
  catalog.add(*core);
  auto groups = co_await cluster_client.get_path({}, "/apis");
  if (!groups) co_return fail(std::move(groups).error());
  for (const json::Value& group : (*groups)["groups"].items()) {
    std::string preferred = group["preferredVersion"]["groupVersion"].string();
    std::vector<std::string> versions = {preferred};
    for (const json::Value& version : group["versions"].items()) {
      if (version["groupVersion"].text() != preferred) versions.push_back(version["groupVersion"].string());
    }
    for (const std::string& version : versions) {
      auto list = co_await cluster_client.get_path({}, "/apis/" + version);
      if (list) catalog.add(*list);
    }
  }
  co_return catalog;
}

void Catalog::add(const json::Value& list) {
  for (kube::Resource& resource : kube::parse_api_resource_list(list)) {
    Entry entry{.resource = std::move(resource), .singular = {}, .short_names = {}};
    for (const json::Value& item : list["resources"].items()) {
      if (item["name"].text() != entry.resource.plural) continue;
      entry.singular = item["singularName"].string();
      for (const json::Value& name : item["shortNames"].items()) entry.short_names.push_back(name.string());
    }
    entries_.push_back(std::move(entry));
  }
}

Result<kube::Resource> Catalog::find(const std::string& name) const {
  std::string wanted = lower(name);
  std::string group;
  auto dot = wanted.find('.');
  if (dot != std::string::npos) {
    group = wanted.substr(dot + 1);
    wanted.resize(dot);
  }
  for (const Entry& entry : entries_) {
    bool named = wanted == entry.resource.plural || wanted == entry.singular || wanted == lower(entry.resource.kind) ||
                 std::ranges::find(entry.short_names, wanted) != entry.short_names.end();
    if (named && (dot == std::string::npos || entry.resource.group == group)) return entry.resource;
  }
  return fail(Code::Invalid, "the server serves no kind \"" + name + "\"");
}

Result<kube::Resource> Catalog::find(const kube::GroupVersionKind& gvk) const {
  for (const Entry& entry : entries_) {
    if (entry.resource.gvk() == gvk) return entry.resource;
  }
  return fail(Code::NotFound, "the server serves no kind " + gvk.kind + " in " + gvk.api_version());
}

}  // namespace lesto::cli
