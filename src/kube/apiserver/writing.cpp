#include "kube/apiserver/writing.h"

#include "foundation/json/text.h"
#include "kube/apiserver/admission.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/present.h"

namespace lesto::apiserver {

namespace {

Outcome<void> check_kind(const Call& call, json::Value& object) {
  std::string wanted = call.api_version();
  std::string_view version = object["apiVersion"].text();
  std::string_view kind = object["kind"].text();
  if (call.resource->custom) {
    if (version.empty() || kind.empty()) {
      return refuse(bad_request("Object 'Kind' is missing in '" + json::write(object) + "'"));
    }
  }
  if (!version.empty() && version != wanted) {
    return refuse(bad_request("the API version in the data (" + std::string(version) +
                              ") does not match the expected API version (" + wanted + ")"));
  }
  if (!kind.empty() && kind != call.resource->kind) {
    return refuse(bad_request(call.resource->kind + " in version " + quoted(call.version) +
                              " cannot be handled as a " + call.resource->kind + ": converting (" + std::string(kind) +
                              ") to (" + call.resource->kind + "): unknown conversion"));
  }
  object.set("apiVersion", wanted);
  object.set("kind", call.resource->kind);
  return {};
}

Outcome<void> check_namespace(Core& core, const Call& call, json::Value& object) {
  json::Value& metadata = object.at("metadata");
  if (!call.resource->namespaced) {
    if (!metadata["namespace"].text().empty()) {
      return refuse(bad_request("namespace is not allowed on a cluster scoped resource"));
    }
    return {};
  }
  std::string_view own = metadata["namespace"].text();
  if (!own.empty() && own != call.route.ns) {
    return refuse(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
  }
  metadata.set("namespace", call.route.ns);
  auto ns = core.store.newest("core/namespaces", make_key("", call.route.ns));
  if (!ns) return refuse(not_found({"", "namespaces"}, call.route.ns));
  return {};
}

Outcome<void> check_terminating(Core& core, const Call& call, const json::Value& object) {
  if (!call.resource->namespaced) return {};
  auto ns = core.store.newest("core/namespaces", make_key("", call.route.ns));
  if (!ns || !being_deleted(*ns)) return {};
  std::string why = "unable to create new content in namespace " + call.route.ns + " because it is being terminated";
  Status status = forbidden(call.group_resource(), object["metadata"]["name"].text(), why);
  status.details.set("causes", json::array({json::object({{"reason", "NamespaceTerminating"},
                                                          {"message", "namespace " + call.route.ns + " is being terminated"},
                                                          {"field", "metadata.namespace"}})}));
  return refuse(std::move(status));
}

bool has_status(const Resource& resource) { return resource.subresource("status") != nullptr; }

// Stored form: the storage version's apiVersion.
void to_storage(const Resource& resource, json::Value& object) {
  object.set("apiVersion", resource.api_version(resource.storage_version));
}

bool specification_changed(const json::Value& fresh, const json::Value& old, bool with_status) {
  auto strip = [&](json::Value object) {
    object.erase("metadata");
    object.erase("apiVersion");
    if (with_status) object.erase("status");
    return object;
  };
  return strip(fresh) != strip(old);
}

Reply object_reply(int code, json::Value object) {
  Reply reply;
  reply.code = code;
  reply.form = Reply::Form::Object;
  reply.wait_for = object_version(object);
  reply.body = std::move(object);
  return reply;
}

}  // namespace

Outcome<json::Value> read_object(Core&, Call& call) {
  auto object = json::parse(call.body);
  if (!object) {
    return refuse(bad_request("couldn't get version/kind; json parse error: " + object.error().message()));
  }
  if (!object->is_object()) return refuse(bad_request("the body is not an object"));
  auto kind = check_kind(call, *object);
  if (!kind) return refuse(kind.error());
  if (!(*object)["metadata"].is_object()) object->set("metadata", json::Value::object());
  return std::move(*object);
}

Outcome<Reply> create_object(Core& core, Call& call, json::Value object) {
  const Resource& resource = *call.resource;
  auto ns = check_namespace(core, call, object);
  if (!ns) return refuse(ns.error());
  auto terminating = check_terminating(core, call, object);
  if (!terminating) return refuse(terminating.error());
  if (!object["metadata"]["resourceVersion"].text().empty()) {
    return refuse({.code = 500, .reason = "", .message = "resourceVersion should not be set on objects to be created"});
  }
  std::string_view name = object["metadata"]["name"].text();
  std::string base = name.empty() ? object["metadata"]["generateName"].string() : std::string();
  if (has_status(resource)) object.erase("status");
  json::Value& metadata = object.at("metadata");
  metadata.erase("generation");
  fill_new(core, object);
  if (resource.generation) object.at("metadata").set("generation", 1);
  tidy_metadata(object);
  for (int attempt = 0; attempt < kGenerateNameAttempts; ++attempt) {
    if (!base.empty()) {
      std::string generated = generated_name(core.rng, base);
      if (core.store.newest(resource.table, make_key(call.ns(), generated)) && attempt + 1 < kGenerateNameAttempts) continue;
      object.at("metadata").set("name", generated);
    }
    break;
  }
  auto admitted = admit(core, call, object, nullptr);
  if (!admitted) return refuse(admitted.error());
  auto valid = validate(core, call, object, nullptr);
  if (!valid) return refuse(valid.error());
  Key key = make_key(call.ns(), object["metadata"]["name"].text());
  if (core.store.newest(resource.table, key)) {
    return refuse(already_exists(call.group_resource(), object["metadata"]["name"].text()));
  }
  to_storage(resource, object);
  if (!call.dry_run) object = core.store.put(resource.table, key, std::move(object));
  return object_reply(201, std::move(object));
}

Outcome<Reply> update_object(Core& core, Call& call, json::Value fresh, const json::Value& old) {
  const Resource& resource = *call.resource;
  const json::Value& metadata = fresh["metadata"];
  std::string_view version = metadata["resourceVersion"].text();
  std::string_view uid = metadata["uid"].text();
  std::string_view name = call.route.name;
  if (!uid.empty() && uid != old["metadata"]["uid"].text()) {
    return refuse(conflict(call.group_resource(), name,
                           "Precondition failed: UID in precondition: " + std::string(uid) +
                               ", UID in object meta: " + old["metadata"]["uid"].string()));
  }
  if (!version.empty() && version != "0" && version != old["metadata"]["resourceVersion"].text()) {
    return refuse(modified(call.group_resource(), name));
  }
  keep_system_fields(fresh, old);
  if (call.route.subresource == "status") {
    json::Value merged = old;
    if (const json::Value* status = fresh.find("status")) merged.set("status", *status);
    else merged.erase("status");
    if (const json::Value* managed = fresh["metadata"].find("managedFields")) merged.at("metadata").set("managedFields", *managed);
    fresh = std::move(merged);
  } else if (has_status(resource)) {
    if (const json::Value* status = old.find("status")) fresh.set("status", *status);
    else fresh.erase("status");
  }
  tidy_metadata(fresh);
  auto admitted = admit(core, call, fresh, &old);
  if (!admitted) return refuse(admitted.error());
  auto valid = validate(core, call, fresh, &old);
  if (!valid) return refuse(valid.error());
  to_storage(resource, fresh);
  bool counts = resource.generation || old["metadata"].contains("generation");
  if (counts && call.route.subresource != "status" && specification_changed(fresh, old, has_status(resource))) {
    fresh.at("metadata").set("generation", old["metadata"]["generation"].integer() + 1);
  }
  if (call.dry_run) return object_reply(200, std::move(fresh));
  return object_reply(200, store_state(core, resource, call.key(), std::move(fresh), old));
}

json::Value store_state(Core& core, const Resource& resource, std::string_view key, json::Value fresh,
                        const json::Value& old) {
  bool held = !finalizers(fresh).empty() ||
              (resource.plural == "namespaces" && resource.group.empty() && !fresh["spec"]["finalizers"].empty());
  if (being_deleted(fresh) && !held) return core.store.remove(resource.table, key, std::move(fresh));
  if (same_content(fresh, old)) return old;
  return core.store.put(resource.table, key, std::move(fresh));
}

void change_object(Core& core, const Resource& resource, std::string_view key,
                   const std::function<void(json::Value&)>& change) {
  auto old = core.store.newest(resource.table, key);
  if (!old) return;
  json::Value fresh = *old;
  change(fresh);
  tidy_metadata(fresh);
  store_state(core, resource, key, std::move(fresh), *old);
}

}  // namespace lesto::apiserver
