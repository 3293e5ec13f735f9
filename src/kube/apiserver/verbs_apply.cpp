// Server-side apply: PATCH with an apply-patch body.
#include "engines/patch/apply.h"
#include "foundation/json/yaml.h"
#include "kube/apiserver/decoding.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/present.h"
#include "kube/apiserver/tracking.h"
#include "kube/apiserver/verbs.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

Outcome<void> check_options(const Call& call) {
  if (!call.route.query.get("fieldManager").empty()) return {};
  return refuse(invalid("meta.k8s.io", "PatchOptions", "", {field_required("fieldManager", "is required for apply patch")}));
}

Outcome<json::Value> read_applied(const Call& call) {
  auto value = json::parse_yaml(call.body);
  if (!value) return refuse(bad_request("error decoding YAML: " + value.error().message()));
  if (!value->is_object()) {
    return refuse(bad_request("error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into an object"));
  }
  return std::move(*value);
}

Status conflict_status(const patch::Applied& applied) {
  json::Value causes = json::Value::array();
  for (const patch::Conflict& conflict : applied.conflicts) {
    causes.push(json::object({{"reason", "FieldManagerConflict"}, {"message", conflict.message}, {"field", conflict.field}}));
  }
  return {.code = 409,
          .reason = "Conflict",
          .message = applied.conflict_message,
          .details = json::object({{"causes", std::move(causes)}})};
}

Status apply_error(const Error& error) {
  if (error.code() == Code::Invalid) return bad_request(error.message());
  return {.code = 500, .reason = "", .message = error.message()};
}

}  // namespace

Outcome<Reply> verb_apply(Core& core, Call& call) {
  auto options = check_options(call);
  if (!options) return refuse(options.error());
  auto body = read_applied(call);
  if (!body) return refuse(body.error());
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old && !call.route.subresource.empty()) return refuse(not_found(call.group_resource(), call.route.name));
  std::string_view name = (*body)["metadata"]["name"].text();
  if (!name.empty() && name != call.route.name) {
    return refuse(bad_request("the name of the object (" + std::string(name) + ") does not match the name on the URL (" + call.route.name + ")"));
  }
  json::Value live = old ? present(*call.resource, call.version, *old)
                         : json::object({{"apiVersion", call.api_version()},
                                         {"kind", call.resource->kind},
                                         {"metadata", json::object({{"name", call.route.name}})}});
  if (!old && call.resource->namespaced) live.set_path({"metadata", "namespace"}, call.route.ns);
  auto force = truthy(call.route.query, "force") ? patch::Force::Yes : patch::Force::No;
  auto applied = patch::apply(endpoint_of(core, call), live, *body, field_manager(call), force, core.loop.now());
  if (!applied) return refuse(apply_error(applied.error()));
  if (!applied->conflicts.empty()) return refuse(conflict_status(*applied));
  auto fresh = decode_object(core, call, {std::move(applied->object), {}}, From::Patch);
  if (!fresh) return refuse(fresh.error());
  if (old) return update_object(core, call, std::move(*fresh), *old, Owners::Applied);
  if (std::string_view uid = (*fresh)["metadata"]["uid"].text(); !uid.empty()) {
    return refuse(conflict(call.group_resource(), call.route.name, "uid mismatch: the provided object specified uid " + std::string(uid) + ", and no existing object was found"));
  }
  return create_object(core, call, std::move(*fresh), Owners::Applied);
}

}  // namespace lesto::apiserver
