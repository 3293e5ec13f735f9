#include "kube/apiserver/writing.h"

#include "foundation/json/text.h"
#include "kube/apiserver/admission.h"
#include "kube/apiserver/decoding.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/present.h"
#include "kube/apiserver/tracking.h"

namespace lesto::apiserver {

namespace {

Outcome<void> place(Core& core, const Call& call, json::Value& object) {
  json::Value& metadata = object.at("metadata");
  if (!call.resource->namespaced) {
    metadata.erase("namespace");
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
  std::string_view name = object["metadata"]["name"].text();
  if (call.resource->custom && call.resource->terminating) {
    return refuse(forbidden(call.group_resource(), name, "create not allowed while custom resource definition is terminating"));
  }
  if (!call.resource->namespaced) return {};
  auto ns = core.store.newest("core/namespaces", make_key("", call.route.ns));
  if (!ns || !being_deleted(*ns)) return {};
  std::string why = "unable to create new content in namespace " + call.route.ns + " because it is being terminated";
  Status status = forbidden(call.group_resource(), name, why);
  json::Value cause = json::object({{"reason", "NamespaceTerminating"},
                                    {"message", "namespace " + call.route.ns + " is being terminated"},
                                    {"field", "metadata.namespace"}});
  status.details.set("causes", json::array({std::move(cause)}));
  return refuse(std::move(status));
}

bool has_status(const Call& call) {
  if (!call.resource->custom) return call.resource->subresource("status") != nullptr;
  const Version* version = call.resource->version(call.version);
  return version && version->subresources.contains("status");
}

// Stored form: the storage version's apiVersion.
void to_storage(const Resource& resource, json::Value& object) {
  if (resource.group == "events.k8s.io") return event_to_core(object);
  object.set("apiVersion", resource.api_version(resource.storage_version));
}

// EndpointSlices count their labels, too.
bool specification_changed(const Call& call, const json::Value& fresh, const json::Value& old) {
  bool status = has_status(call);
  auto strip = [&](json::Value object) {
    object.erase("metadata");
    object.erase("apiVersion");
    if (status) object.erase("status");
    return object;
  };
  if (call.resource->kind == "EndpointSlice" && fresh["metadata"]["labels"] != old["metadata"]["labels"]) return true;
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

Outcome<void> check_size(const json::Value& object) {
  std::string text = json::write(object);
  if (text.size() <= kObjectBytesMax) return {};
  return refuse({.code = 500, .reason = "", .message = "etcdserver: request is too large"});
}

void pick_name(Core& core, const Call& call, json::Value& object) {
  std::string base = object["metadata"]["generateName"].string();
  if (base.empty() || !object["metadata"]["name"].text().empty()) return;
  std::string name;
  for (int attempt = 0; attempt < kGenerateNameAttempts; ++attempt) {
    name = generated_name(core.rng, base);
    if (!core.store.newest(call.resource->table, make_key(call.ns(), name))) break;
  }
  object.at("metadata").set("name", name);
}

// What a write of /status takes from the request; everything else stays.
json::Value with_status(const Call& call, const json::Value& fresh, const json::Value& old) {
  json::Value out = old;
  if (const json::Value* status = fresh.find("status")) out.set("status", *status);
  else out.erase("status");
  out.set("apiVersion", call.api_version());
  json::Value& metadata = out.at("metadata");
  std::vector<const char*> taken{"managedFields"};
  // Built-in kinds let labels and annotations through.
  if (!call.resource->custom) taken.insert(taken.end(), {"labels", "annotations"});
  for (const char* field : taken) {
    if (const json::Value* value = fresh["metadata"].find(field)) metadata.set(field, *value);
    else metadata.erase(field);
  }
  return out;
}

}  // namespace

Outcome<json::Value> read_object(Core& core, Call& call) {
  auto body = read_body(core, call);
  if (!body) return refuse(body.error());
  return decode_object(core, call, std::move(*body), From::Body);
}

Outcome<Reply> create_object(Core& core, Call& call, json::Value object, Owners owners) {
  const Resource& resource = *call.resource;
  auto placed = place(core, call, object);
  if (!placed) return refuse(placed.error());
  pick_name(core, call, object);
  auto terminating = check_terminating(core, call, object);
  if (!terminating) return refuse(terminating.error());
  std::string_view version = object["metadata"]["resourceVersion"].text();
  if (owners == Owners::Updated && !version.empty() && version != "0") {
    return refuse({.code = 500, .reason = "", .message = "resourceVersion should not be set on objects to be created"});
  }
  auto admitted = admit(core, call, object, nullptr);
  if (!admitted) return refuse(admitted.error());
  if (owners == Owners::Updated) object = track(core, call, {}, object);
  if (has_status(call)) object.erase("status");
  object.at("metadata").erase("generation");
  fill_new(core, object);
  if (resource.generation) object.at("metadata").set("generation", 1);
  auto completed = complete(core, call, object, nullptr);
  if (!completed) return refuse(completed.error());
  object = normalize(core, call, std::move(object));
  tidy_metadata(object);
  auto valid = validate(core, call, object, nullptr);
  if (!valid) return refuse(valid.error());
  Key key = make_key(call.ns(), object["metadata"]["name"].text());
  if (core.store.newest(resource.table, key)) {
    Status status = already_exists(call.group_resource(), object["metadata"]["name"].text());
    if (!object["metadata"]["generateName"].text().empty()) {
      status.message += ", the server was not able to generate a unique name for the object";
      status.details.set("retryAfterSeconds", 1);
      status.retry_after = 1;
    }
    return refuse(std::move(status));
  }
  auto fits = check_size(object);
  if (!fits) return refuse(fits.error());
  to_storage(resource, object);
  if (call.dry_run) return object_reply(201, std::move(object));
  return object_reply(201, core.store.put(resource.table, key, std::move(object)));
}

Outcome<Reply> update_object(Core& core, Call& call, json::Value fresh, const json::Value& stored, Owners owners) {
  const Resource& resource = *call.resource;
  json::Value old = decode_stored(resource, call.version, stored);
  std::string_view name = call.route.name;
  std::string version = fresh["metadata"]["resourceVersion"].string();
  std::string uid = fresh["metadata"]["uid"].string();
  if (!uid.empty() && uid != old["metadata"]["uid"].text()) {
    FieldError error = field_invalid("metadata.uid", json::Value(uid), "field is immutable");
    return refuse(invalid(resource.group, resource.kind, name, {error, error}));
  }
  if (!version.empty() && version != "0" && version != old["metadata"]["resourceVersion"].text()) {
    return refuse(modified(call.group_resource(), name));
  }
  keep_system_fields(fresh, old);
  auto admitted = admit(core, call, fresh, &old);
  if (!admitted) return refuse(admitted.error());
  if (owners == Owners::Updated) fresh = track(core, call, old, fresh);
  if (call.route.subresource == "status") {
    fresh = with_status(call, fresh, old);
  } else if (has_status(call)) {
    if (const json::Value* status = old.find("status")) fresh.set("status", *status);
    else fresh.erase("status");
  }
  auto completed = complete(core, call, fresh, &old);
  if (!completed) return refuse(completed.error());
  fresh = normalize(core, call, std::move(fresh));
  tidy_metadata(fresh);
  auto valid = validate(core, call, fresh, &old);
  if (!valid) return refuse(valid.error());
  auto fits = check_size(fresh);
  if (!fits) return refuse(fits.error());
  to_storage(resource, fresh);
  bool counts = resource.generation && call.route.subresource != "status";
  if (counts && specification_changed(call, fresh, old)) {
    fresh.at("metadata").set("generation", old["metadata"]["generation"].integer() + 1);
  }
  if (call.dry_run) return object_reply(200, std::move(fresh));
  Reply reply = object_reply(200, store_state(core, resource, call.key(), std::move(fresh), stored));
  // Also when it ended in the object's removal.
  reply.wait_for = std::max(reply.wait_for, core.store.newest_version());
  return reply;
}

json::Value store_state(Core& core, const Resource& resource, std::string_view key, json::Value fresh,
                        const json::Value& old) {
  bool held = !finalizers(fresh).empty() ||
              (resource.plural == "namespaces" && resource.group.empty() && !fresh["spec"]["finalizers"].empty());
  held = held || (resource.table == "core/pods" && fresh["metadata"]["deletionGracePeriodSeconds"].integer() > 0);
  if (being_deleted(fresh) && !held) {
    // The answer shows the version that the object had, the watch that of the removal.
    core.store.remove(resource.table, key, fresh);
    fresh.set_path({"metadata", "resourceVersion"}, old["metadata"]["resourceVersion"]);
    return fresh;
  }
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
