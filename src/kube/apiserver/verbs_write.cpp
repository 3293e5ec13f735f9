#include "kube/apiserver/decoding.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/patching.h"
#include "kube/apiserver/present.h"
#include "kube/apiserver/verbs.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

Status nameless(const Call& call) {
  return bad_request("the name of the object (" + call.route.name + " based on URL) was undeterminable: name must be provided");
}

}  // namespace

Outcome<Reply> verb_create(Core& core, Call& call) {
  auto object = read_object(core, call);
  if (!object) return refuse(object.error());
  return create_object(core, call, std::move(*object));
}

Outcome<Reply> verb_update(Core& core, Call& call) {
  auto object = read_object(core, call);
  if (!object) return refuse(object.error());
  json::Value& metadata = object->at("metadata");
  std::string_view name = metadata["name"].text();
  if (!name.empty() && name != call.route.name) {
    return refuse(bad_request("the name of the object (" + std::string(name) + ") does not match the name on the URL (" +
                              call.route.name + ")"));
  }
  if (name.empty()) return refuse(nameless(call));
  if (call.resource->namespaced) {
    std::string_view ns = metadata["namespace"].text();
    if (!ns.empty() && ns != call.route.ns) {
      return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
    }
    metadata.set("namespace", call.route.ns);
  }
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) {
    if (call.resource->create_on_update && call.route.subresource.empty()) {
      return create_object(core, call, std::move(*object));
    }
    return refuse(not_found(call.group_resource(), call.route.name));
  }
  std::string_view version = metadata["resourceVersion"].text();
  if ((version.empty() || version == "0") && !call.resource->unconditional_update) {
    Status status = invalid(call.resource->group, call.resource->plural, call.route.name,
                            {field_invalid("metadata.resourceVersion", 0, "must be specified for an update")});
    // The text names the resource where others name the kind.
    status.message = call.group_resource().text() + status.message.substr(status.message.find(' '));
    return refuse(std::move(status));
  }
  if (std::string_view uid = metadata["uid"].text(); !uid.empty() && uid != (*old)["metadata"]["uid"].text()) {
    return refuse(conflict(call.group_resource(), call.route.name,
                           "StorageError: invalid object, Code: 4, Key: /registry/" + call.resource->table + "/" + call.key() +
                               ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " +
                               std::string(uid) + ", UID in object meta: " + (*old)["metadata"]["uid"].string()));
  }
  return update_object(core, call, std::move(*object), *old);
}

Outcome<Reply> verb_patch(Core& core, Call& call) {
  if (is_apply(call)) return verb_apply(core, call);
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  auto fresh = patched(core, call, present(*call.resource, call.version, *old), PatchTarget::Object);
  if (!fresh) return refuse(fresh.error());
  auto object = decode_object(core, call, {std::move(*fresh), call.patch_problems}, From::Patch);
  if (!object) return refuse(object.error());
  const json::Value& metadata = (*object)["metadata"];
  if (metadata["name"].text().empty()) return refuse(nameless(call));
  if (std::string_view name = metadata["name"].text(); name != call.route.name) {
    return refuse(bad_request("the name of the object (" + std::string(name) + ") does not match the name on the URL (" + call.route.name + ")"));
  }
  if (std::string_view ns = metadata["namespace"].text(); !ns.empty() && ns != call.ns()) {
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  return update_object(core, call, std::move(*object), *old);
}

}  // namespace lesto::apiserver
