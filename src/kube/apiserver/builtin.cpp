// The built-in resources, out of data/resources.json.
#include "foundation/json/text.h"
#include "kube/apiserver/data.h"
#include "kube/apiserver/registry.h"

namespace lesto::apiserver {

namespace {

std::vector<std::string> texts(const json::Value& list) {
  std::vector<std::string> out;
  for (const json::Value& item : list.items()) out.push_back(item.string());
  return out;
}

std::string_view version_of(std::string_view group_version) {
  return group_version.substr(group_version.find('/') + 1);
}

void add_version(Resource& resource, std::string version) {
  Version added;
  added.name = std::move(version);
  auto before = [](const Version& a, const Version& b) { return version_before(a.name, b.name); };
  resource.versions.insert(std::upper_bound(resource.versions.begin(), resource.versions.end(), added, before), added);
}

Resource read(std::string group, std::string plural, const json::Value& row) {
  Resource resource;
  resource.group = std::move(group);
  resource.plural = std::move(plural);
  resource.singular = row["singular"].string();
  resource.kind = row["kind"].string();
  resource.list_kind = resource.kind + "List";
  resource.namespaced = row["namespaced"].boolean();
  resource.generation = row["generation"].boolean();
  resource.storage_version = version_of(row["storageVersion"].text());
  resource.storage_version_hash = row["storageVersionHash"].string();
  resource.short_names = texts(row["shortNames"]);
  resource.categories = texts(row["categories"]);
  resource.verbs = texts(row["verbs"]);
  resource.stored = resource.allows("update");
  resource.unconditional_update = row["unconditionalUpdate"].boolean();
  resource.create_on_update = row["createOnUpdate"].boolean();
  for (const json::Member& member : row["subresources"].members()) {
    resource.subresources.push_back({.name = std::string(member.name()),
                                     .verbs = texts(member.value["verbs"]),
                                     .group = member.value["group"].string(),
                                     .version = member.value["version"].string(),
                                     .kind = member.value["kind"].string()});
  }
  // core/v1 and events.k8s.io/v1 show the same Events.
  std::string table_group = resource.group.empty() || resource.group == "events.k8s.io" ? "core" : resource.group;
  resource.table = table_group + "/" + resource.plural;
  return resource;
}

}  // namespace

std::vector<Resource> builtin_resources() {
  auto document = json::parse(embedded("resources.json"));
  CHECK(document.has_value());
  std::vector<Resource> out;
  for (const json::Member& group_version : document->members()) {
    std::string_view name = group_version.name();
    std::size_t slash = name.find('/');
    std::string group(slash == name.npos ? std::string_view() : name.substr(0, slash));
    for (const json::Member& row : group_version.value.members()) {
      std::string plural(row.name());
      auto known = std::find_if(out.begin(), out.end(), [&](const Resource& resource) {
        return resource.group == group && resource.plural == plural;
      });
      if (known == out.end()) known = out.insert(out.end(), read(group, plural, row.value));
      add_version(*known, std::string(version_of(name)));
    }
  }
  return out;
}

}  // namespace lesto::apiserver
