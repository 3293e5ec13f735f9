#include "kube/apiserver/subresources.h"

#include "foundation/json/text.h"
#include "kube/apiserver/metadata.h"
#include "kube/apiserver/patching.h"
#include "kube/apiserver/tokens.h"
#include "kube/apiserver/writing.h"

namespace lesto::apiserver {

namespace {

// Where a resource keeps what its Scale shows.
struct ScalePaths {
  std::vector<std::string> spec;
  std::vector<std::string> status;
  std::vector<std::string> selector;
  std::string spec_text;
};

std::vector<std::string> split_path(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    if (text.starts_with('.')) text.remove_prefix(1);
    std::size_t end = std::min(text.find('.'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

std::optional<ScalePaths> scale_paths(const Call& call) {
  if (!call.resource->custom) return ScalePaths{{"spec", "replicas"}, {"status", "replicas"}, {}, ".spec.replicas"};
  const Version* version = call.resource->version(call.version);
  const json::Value& scale = version ? version->subresources["scale"] : json::Value();
  if (!scale.is_object()) return std::nullopt;
  return ScalePaths{split_path(scale["specReplicasPath"].text()), split_path(scale["statusReplicasPath"].text()),
                    split_path(scale["labelSelectorPath"].text()), scale["specReplicasPath"].string()};
}

const json::Value& at_path(const json::Value& object, const std::vector<std::string>& path) {
  const json::Value* place = &object;
  for (const std::string& step : path) place = &(*place)[step];
  return *place;
}

void set_at_path(json::Value& object, const std::vector<std::string>& path, json::Value value) {
  json::Value* place = &object;
  for (const std::string& step : path) {
    if (!place->is_object()) *place = json::Value::object();
    place = &place->at(step);
  }
  *place = std::move(value);
}

// A label selector as text: "app=a,tier in (x,y)".
std::string selector_text(const json::Value& selector) {
  std::vector<std::string> parts;
  for (const json::Member& member : selector["matchLabels"].members()) {
    parts.push_back(std::string(member.name()) + "=" + member.value.string());
  }
  for (const json::Value& expression : selector["matchExpressions"].items()) {
    std::string key = expression["key"].string();
    std::string_view op = expression["operator"].text();
    std::vector<std::string> values;
    for (const json::Value& value : expression["values"].items()) values.push_back(value.string());
    std::sort(values.begin(), values.end());
    std::string list;
    for (const std::string& value : values) list += (list.empty() ? "" : ",") + value;
    if (op == "Exists") parts.push_back(key);
    else if (op == "DoesNotExist") parts.push_back("!" + key);
    else parts.push_back(key + (op == "In" ? " in (" : " notin (") + list + ")");
  }
  std::sort(parts.begin(), parts.end());
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
  return out;
}

Outcome<json::Value> scale_of(const Call& call, const ScalePaths& paths, const json::Value& object, bool must_exist) {
  const json::Value& replicas = at_path(object, paths.spec);
  if (must_exist && call.resource->custom && !replicas.is_int()) {
    return refuse(internal("the spec replicas field " + quoted(paths.spec_text) + " does not exist"));
  }
  json::Value metadata = json::Value::object();
  for (const char* field : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const json::Value* value = object["metadata"].find(field)) metadata.set(field, *value);
  }
  json::Value spec = json::Value::object();
  if (replicas.integer() != 0) spec.set("replicas", replicas);
  json::Value status = json::object({{"replicas", at_path(object, paths.status).integer()}});
  std::string selector;
  if (call.resource->custom) {
    selector = paths.selector.empty() ? std::string() : at_path(object, paths.selector).string();
  } else {
    const json::Value& own = object["spec"]["selector"];
    selector = call.resource->plural == "replicationcontrollers" ? selector_text(json::object({{"matchLabels", own}})) : selector_text(own);
  }
  if (!selector.empty()) status.set("selector", selector);
  return json::object({{"kind", "Scale"},
                       {"apiVersion", "autoscaling/v1"},
                       {"metadata", std::move(metadata)},
                       {"spec", std::move(spec)},
                       {"status", std::move(status)}});
}

Reply plain(int code, json::Value body) {
  Reply reply;
  reply.code = code;
  reply.body = std::move(body);
  return reply;
}

Outcome<Reply> serve_scale(Core& core, Call& call) {
  auto paths = scale_paths(call);
  if (!paths) return refuse(not_found(call.group_resource(), call.route.name));
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  if (call.route.verb == "get") {
    auto scale = scale_of(call, *paths, *old, true);
    if (!scale) return refuse(scale.error());
    return plain(200, std::move(*scale));
  }
  auto before = scale_of(call, *paths, *old, false);
  if (!before) return refuse(before.error());
  json::Value wanted;
  if (call.route.verb == "patch" && is_apply(call)) {
    return refuse(not_implemented("server-side apply of a Scale is not built yet"));
  }
  if (call.route.verb == "patch") {
    auto fresh = patched(core, call, *before, PatchTarget::Scale);
    if (!fresh) return refuse(fresh.error());
    wanted = std::move(*fresh);
  } else {
    auto body = json::parse(call.body);
    if (!body) return refuse(bad_request("couldn't get version/kind; json parse error: " + body.error().message()));
    wanted = std::move(*body);
  }
  const json::Value& replicas = wanted["spec"]["replicas"];
  std::string_view version = wanted["metadata"]["resourceVersion"].text();
  if (!version.empty() && version != (*old)["metadata"]["resourceVersion"].text()) {
    return refuse(modified(call.group_resource(), call.route.name));
  }
  if (!replicas.is_null() && !replicas.is_int()) {
    return refuse(invalid("", "", "", {field_invalid("patch", wanted, "json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32")}));
  }
  if (replicas.integer() < 0) {
    return refuse(invalid("autoscaling", "Scale", call.route.name, {field_invalid("spec.replicas", replicas, "must be greater than or equal to 0")}));
  }
  json::Value object = *old;
  set_at_path(object, paths->spec, replicas.is_null() ? json::Value(0) : replicas);
  auto written = update_object(core, call, std::move(object), *old);
  if (!written) return refuse(written.error());
  auto after = scale_of(call, *paths, written->body, false);
  if (!after) return refuse(after.error());
  Reply reply = plain(200, std::move(*after));
  reply.wait_for = written->wait_for;
  return reply;
}

Outcome<Reply> serve_finalize(Core& core, Call& call) {
  auto body = read_object(core, call);
  if (!body) return refuse(body.error());
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  json::Value fresh = *old;
  const json::Value& list = (*body)["spec"]["finalizers"];
  if (!fresh["spec"].is_object()) fresh.set("spec", json::Value::object());
  if (list.empty()) fresh.at("spec").erase("finalizers");
  else fresh.at("spec").set("finalizers", list);
  Reply reply;
  reply.form = Reply::Form::Object;
  reply.body = call.dry_run ? std::move(fresh) : store_state(core, *call.resource, call.key(), std::move(fresh), *old);
  reply.wait_for = call.dry_run ? 0 : object_version(reply.body);
  return reply;
}

json::Value success() {
  return json::object({{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::Value::object()}, {"status", "Success"}, {"code", 201}});
}

Outcome<Reply> serve_eviction(Core& core, Call& call) {
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  Reply reply = plain(201, success());
  if (!call.dry_run) {
    Deleted deleted = delete_object(core, *call.resource, call.key(), *old, {});
    reply.wait_for = object_version(deleted.object);
  }
  return reply;
}

Outcome<Reply> serve_binding(Core& core, Call& call) {
  auto body = json::parse(call.body);
  if (!body) return refuse(bad_request("couldn't get version/kind; json parse error: " + body.error().message()));
  if ((*body)["metadata"]["name"].text() != call.route.name) {
    return refuse(bad_request("name in URL does not match name in Binding object"));
  }
  auto old = core.store.newest(call.resource->table, call.key());
  if (!old) return refuse(not_found(call.group_resource(), call.route.name));
  if (!(*old)["spec"]["nodeName"].text().empty()) {
    return refuse(conflict({"", "pods/binding"}, call.route.name, "pod " + call.route.name + " is already assigned to node " + quoted((*old)["spec"]["nodeName"].text())));
  }
  json::Value fresh = *old;
  fresh.set_path({"spec", "nodeName"}, (*body)["target"]["name"]);
  Reply reply = plain(201, success());
  if (!call.dry_run) reply.wait_for = object_version(store_state(core, *call.resource, call.key(), std::move(fresh), *old));
  return reply;
}

}  // namespace

Outcome<Reply> serve_subresource(Core& core, Call& call) {
  const std::string& sub = call.route.subresource;
  if (sub == "scale") return serve_scale(core, call);
  if (sub == "finalize") return serve_finalize(core, call);
  if (sub == "token") {
    json::Value body;
    if (!call.body.empty()) {
      auto read = json::parse(call.body);
      if (!read) return refuse(bad_request("couldn't get version/kind; json parse error: " + read.error().message()));
      body = std::move(*read);
    }
    return request_token(core, call, body);
  }
  if (sub == "eviction") return serve_eviction(core, call);
  if (sub == "binding") return serve_binding(core, call);
  if (!core.store.get(call.resource->table, call.key())) {
    return refuse(not_found(call.group_resource(), call.route.name));
  }
  return refuse(not_implemented("the embedded API server runs no pods: " + call.resource->plural + "/" + sub + " is not served"));
}

}  // namespace lesto::apiserver
