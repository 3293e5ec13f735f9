#include "kube/apiserver/tracking.h"

#include "foundation/json/text.h"
#include "kube/apiserver/data.h"
#include "kube/apiserver/decoding.h"
#include "kube/apiserver/present.h"

namespace lesto::apiserver {

std::string field_manager(const Call& call) {
  std::string_view manager = call.route.query.get("fieldManager");
  return manager.empty() ? patch::manager_of_user_agent(call.header("user-agent")) : std::string(manager);
}

patch::Schema merge_schema(Core& core, const Call& call) {
  if (call.resource->custom) {
    const Version* version = call.resource->version(call.version);
    return version ? version->merge : patch::Schema::deduced();
  }
  std::string file = "openapi/" + (call.resource->group.empty() ? "core" : call.resource->group) + "_" + call.version + ".json";
  auto found = core.merge_schemas.find(file);
  if (found == core.merge_schemas.end()) {
    auto document = json::parse(embedded(file));
    if (!document) return patch::Schema::deduced();
    auto schemas = patch::Schemas::from_openapi(json::object({{"components", std::move(*document)}}));
    if (!schemas) return patch::Schema::deduced();
    found = core.merge_schemas.emplace(file, std::move(*schemas)).first;
  }
  auto schema = found->second.of_kind(call.resource->group, call.version, call.resource->kind);
  return schema ? *schema : patch::Schema::deduced();
}

patch::Endpoint endpoint_of(Core& core, const Call& call) {
  patch::Endpoint out{.api_version = call.api_version(),
                      .kind = call.resource->kind,
                      .schema = merge_schema(core, call),
                      .subresource = call.route.subresource,
                      .reset_fields = {},
                      .other_versions = {}};
  const Version* version = call.resource->version(call.version);
  bool status = call.resource->custom ? version && version->subresources.contains("status")
                                      : call.resource->subresource("status") != nullptr;
  if (call.route.subresource == "status") {
    out.reset_fields = {{"spec"}};
    if (call.resource->custom) {
      out.reset_fields.push_back({"metadata"});
      if (version) {
        for (const json::Member& member : version->schema["properties"].members()) {
          if (member.name() != "status" && member.name() != "spec" && member.name() != "metadata" &&
              member.name() != "apiVersion" && member.name() != "kind") {
            out.reset_fields.push_back({std::string(member.name())});
          }
        }
      }
    }
  } else if (status) {
    out.reset_fields = {{"status"}};
  }
  for (const Version& other : call.resource->versions) {
    if (other.name != call.version) out.other_versions.push_back(call.resource->api_version(other.name));
  }
  return out;
}

namespace {

// Writes of a Scale are recorded without a time.
void drop_scale_times(json::Value& object) {
  json::Value* metadata = object.edit("metadata");
  json::Value* list = metadata && metadata->is_object() ? metadata->edit("managedFields") : nullptr;
  if (!list || !list->is_array()) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    json::Value* entry = list->edit(i);
    if (entry && entry->is_object() && (*entry)["subresource"].text() == "scale") entry->erase("time");
  }
}

}  // namespace

json::Value track(Core& core, const Call& call, const json::Value& live, const json::Value& object) {
  json::Value shown = live;
  if (!live.is_null()) {
    shown = present(*call.resource, call.version, live);
  } else if (!call.resource->custom) {
    // A new object of a Go type has its structs already, empty: nobody owns that they are there.
    shown = normalize(core, call, json::object({{"apiVersion", call.api_version()}, {"kind", call.resource->kind}}));
  }
  json::Value out = patch::track_update(endpoint_of(core, call), shown, object, field_manager(call), core.loop.now());
  if (call.route.subresource == "scale") drop_scale_times(out);
  return out;
}

}  // namespace lesto::apiserver
