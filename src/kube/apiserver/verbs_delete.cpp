#include <charconv>

#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/protobuf.h"
#include "kube/apiserver/selecting.h"
#include "kube/apiserver/verbs.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

constexpr std::string_view kForeground = "foregroundDeletion";
constexpr std::string_view kOrphan = "orphan";

Result<json::Value> read_options_body(const Core& core, const Call& call) {
  std::string_view type = call.header("content-type");
  if (type.starts_with(kProtobufType)) return read_protobuf(call.body, *core.types);
  if (type.starts_with("application/yaml")) return json::parse_yaml(call.body);
  return json::parse(call.body);
}

// The condition that tells that a definition is on its way out.
void mark_definition(json::Value& definition, const std::string& now) {
  if (!definition["status"].is_object()) definition.set("status", json::Value::object());
  json::Value& status = definition.at("status");
  if (!status["conditions"].is_array()) status.set("conditions", json::Value::array());
  status.at("conditions").push(json::object({{"type", "Terminating"},
                                             {"status", "True"},
                                             {"lastTransitionTime", now},
                                             {"reason", "InstanceDeletionPending"},
                                             {"message", "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"}}));
}

Outcome<DeleteOptions> read_options(const Core& core, const Call& call) {
  json::Value body;
  if (!call.body.empty()) {
    auto read = read_options_body(core, call);
    if (!read) return refuse(bad_request("couldn't get version/kind; json parse error: " + read.error().message()));
    body = std::move(*read);
    std::string_view kind = body["kind"].text();
    if (!kind.empty() && kind != "DeleteOptions") {
      return refuse(bad_request("no kind " + quoted(kind) + " is registered for version " + quoted(body["apiVersion"].text()) +
                                " in scheme \"pkg/api/legacyscheme/scheme.go:30\""));
    }
  }
  const Query& query = call.route.query;
  DeleteOptions options;
  options.policy = body["propagationPolicy"].string();
  if (options.policy.empty()) options.policy = query.get("propagationPolicy");
  const json::Value& orphan = body["orphanDependents"];
  if (orphan.is_bool()) options.policy = orphan.boolean() ? "Orphan" : "Background";
  if (options.policy.empty() && query.has("orphanDependents")) {
    options.policy = truthy(query, "orphanDependents") ? "Orphan" : "Background";
  }
  if (body["gracePeriodSeconds"].is_int()) options.grace = body["gracePeriodSeconds"].integer();
  if (std::string_view grace = query.get("gracePeriodSeconds"); !grace.empty()) {
    std::int64_t seconds = 0;
    std::from_chars(grace.data(), grace.data() + grace.size(), seconds);
    options.grace = seconds;
  }
  options.uid = body["preconditions"]["uid"].string();
  options.version = body["preconditions"]["resourceVersion"].string();
  options.dry_run = call.dry_run || !body["dryRun"].empty();
  return options;
}

Outcome<void> check_preconditions(const Call& call, const DeleteOptions& options, const json::Value& old) {
  const json::Value& metadata = old["metadata"];
  std::string why;
  if (!options.uid.empty() && options.uid != metadata["uid"].text()) {
    why = "the UID in the precondition (" + options.uid + ") does not match the UID in record (" +
          metadata["uid"].string() + "). The object might have been deleted and then recreated";
  } else if (!options.version.empty() && options.version != metadata["resourceVersion"].text()) {
    why = "the ResourceVersion in the precondition (" + options.version +
          ") does not match the ResourceVersion in record (" + metadata["resourceVersion"].string() +
          "). The object might have been modified";
  } else {
    return {};
  }
  return refuse(conflict({call.resource->group, call.resource->kind}, call.route.name, why));
}

std::int64_t pod_grace(const Resource& resource, const json::Value& object, const DeleteOptions& options) {
  if (resource.table != "core/pods" || object["spec"]["nodeName"].text().empty()) return 0;
  std::string_view phase = object["status"]["phase"].text();
  if (phase == "Succeeded" || phase == "Failed") return 0;
  std::int64_t own = object["spec"]["terminationGracePeriodSeconds"].integer(30);
  return std::max<std::int64_t>(options.grace.value_or(own), 0);
}

}  // namespace

Deleted delete_object(Core& core, const Resource& resource, std::string_view key, const json::Value& old,
                      const DeleteOptions& options) {
  json::Value fresh = old;
  std::vector<std::string> holders = finalizers(old);
  auto without = [&](std::string_view name) { std::erase(holders, name); };
  bool was_deleted = being_deleted(old);
  if (options.policy == "Foreground") {
    without(kOrphan);
    if (std::find(holders.begin(), holders.end(), kForeground) == holders.end()) holders.emplace_back(kForeground);
  } else if (options.policy == "Orphan") {
    without(kForeground);
    if (std::find(holders.begin(), holders.end(), kOrphan) == holders.end()) holders.emplace_back(kOrphan);
  } else if (options.policy == "Background") {
    without(kForeground);
    without(kOrphan);
  }
  bool is_definition = resource.group == "apiextensions.k8s.io";
  // A definition stays until its objects are gone.
  if (is_definition && !was_deleted) holders.emplace_back("customresourcecleanup.apiextensions.k8s.io");
  json::Value list = json::Value::array();
  for (const std::string& holder : holders) list.push(json::Value(holder));
  json::Value& metadata = fresh.at("metadata");
  if (list.empty()) metadata.erase("finalizers");
  else metadata.set("finalizers", list);
  bool is_namespace = resource.group.empty() && resource.plural == "namespaces";
  // A pod on a node is the kubelet's to end; without one it waits for a delete with a grace of 0.
  std::int64_t grace = pod_grace(resource, fresh, options);
  bool held = !holders.empty() || grace > 0 || (is_namespace && !fresh["spec"]["finalizers"].empty());
  if (!held) {
    if (options.dry_run) return {std::move(fresh), true};
    return {core.store.remove(resource.table, key, std::move(fresh)), true};
  }
  if (!was_deleted) {
    auto when = std::chrono::floor<std::chrono::seconds>(core.loop.now()) + std::chrono::seconds(grace);
    metadata.set("deletionTimestamp", rfc3339(when));
    if (!is_namespace) metadata.set("deletionGracePeriodSeconds", grace);
    if (metadata["generation"].integer() > 0) metadata.set("generation", metadata["generation"].integer() + 1);
    if (is_namespace) fresh.set_path({"status", "phase"}, "Terminating");
  }
  if (was_deleted && grace > 0 && grace < metadata["deletionGracePeriodSeconds"].integer()) {
    // A shorter grace brings the end forward.
    if (auto end = parse_rfc3339(metadata["deletionTimestamp"].text())) {
      metadata.set("deletionTimestamp", rfc3339(*end - std::chrono::seconds(metadata["deletionGracePeriodSeconds"].integer() - grace)));
    }
    metadata.set("deletionGracePeriodSeconds", grace);
  }
  if (is_definition && !was_deleted) mark_definition(fresh, core.now_text());
  if (options.dry_run) return {std::move(fresh), false};
  return {store_state(core, resource, key, std::move(fresh), old), false};
}

Outcome<Reply> verb_delete(Core& core, Call& call) {
  auto options = read_options(core, call);
  if (!options) return refuse(options.error());
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  auto allowed = check_preconditions(call, *options, *old);
  if (!allowed) return refuse(allowed.error());
  static constexpr std::string_view kProtected[] = {"default", "kube-system", "kube-public"};
  bool is_namespace = call.resource->table == "core/namespaces";
  if (is_namespace && std::find(std::begin(kProtected), std::end(kProtected), call.route.name) != std::end(kProtected)) {
    return refuse(forbidden(call.group_resource(), call.route.name, "this namespace may not be deleted"));
  }
  Deleted deleted = delete_object(core, *call.resource, call.key(), *old, *options);
  Reply reply;
  reply.wait_for = object_version(deleted.object);
  // Pods, and kinds of their family, are answered with what is left of them.
  static constexpr std::string_view kShown[] = {"core/pods",           "core/serviceaccounts",          "core/podtemplates",
                                                "core/resourcequotas", "core/persistentvolumeclaims", "core/persistentvolumes"};
  bool shown = std::find(std::begin(kShown), std::end(kShown), call.resource->table) != std::end(kShown);
  if (!deleted.gone || shown) {
    reply.form = Reply::Form::Object;
    reply.body = std::move(deleted.object);
    return reply;
  }
  json::Value details = json::object({{"name", call.route.name}, {"kind", call.resource->plural}});
  if (!call.resource->group.empty()) details.set("group", call.resource->group);
  details.set("uid", (*old)["metadata"]["uid"]);
  reply.body = json::object({{"kind", "Status"},
                             {"apiVersion", "v1"},
                             {"metadata", json::Value::object()},
                             {"status", "Success"},
                             {"details", std::move(details)}});
  return reply;
}

Outcome<Reply> verb_delete_collection(Core& core, Call& call) {
  auto options = read_options(core, call);
  if (!options) return refuse(options.error());
  auto filter = read_filter(core, call);
  if (!filter) return refuse(filter.error());
  std::string prefix = call.resource->namespaced && !call.route.ns.empty() ? call.route.ns + "/" : std::string();
  std::vector<std::pair<Key, json::Value>> found;
  core.store.each_newest(call.resource->table, prefix, [&](const Key& key, const json::Value& object) {
    if (filter->accepts(key, object)) found.emplace_back(key, object);
  });
  std::vector<json::Value> items;
  Reply reply;
  for (auto& [key, object] : found) {
    Deleted deleted = delete_object(core, *call.resource, key, object, *options);
    reply.wait_for = std::max(reply.wait_for, object_version(deleted.object));
    // The answer shows what was there.
    items.push_back(present(*call.resource, call.version, object));
  }
  reply.form = Reply::Form::List;
  reply.body = list_of(*call.resource, call.version, std::move(items),
                       std::max(core.store.version(), reply.wait_for));
  return reply;
}

}  // namespace lesto::apiserver
