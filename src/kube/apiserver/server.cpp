#include "kube/apiserver/server.h"

#include "foundation/io/tls.h"
#include "kube/apiserver/authn.h"
#include "kube/apiserver/call.h"
#include "kube/apiserver/crds.h"
#include "kube/apiserver/discovery.h"
#include "kube/apiserver/garbage.h"
#include "kube/apiserver/namespaces.h"
#include "kube/apiserver/present.h"
#include "kube/apiserver/rbac.h"
#include "kube/apiserver/reviews.h"
#include "kube/apiserver/services.h"
#include "kube/apiserver/subresources.h"
#include "kube/apiserver/tables.h"
#include "kube/apiserver/tokens.h"
#include "kube/apiserver/types.h"
#include "kube/apiserver/verbs.h"
#include "kube/object/names.h"

namespace lesto::apiserver {

struct ApiServer::State {
  State(io::Loop& loop, io::Storage& storage, Rng& rng, Options options)
      : core(loop, storage, rng, std::move(options)), crds(core), namespaces(core), garbage(core) {
    watch_aggregation(core);
    watch_token_secrets(core);
    watch_load_balancers(core);
  }
  Core core;
  Crds crds;
  Namespaces namespaces;
  Garbage garbage;
};

namespace {

std::string read_fault_reason(int status) {
  switch (status) {
    case 409: return "Conflict";
    case 410: return "Expired";
    case 429: return "TooManyRequests";
    case 503: return "ServiceUnavailable";
    default: return "InternalError";
  }
}

io::Response fault_response(const Fault& fault) {
  return response({.code = fault.status,
                   .reason = read_fault_reason(fault.status),
                   .message = "injected fault",
                   .details = {},
                   .retry_after = fault.retry_after_seconds});
}

FaultPoint fault_point(const Call& call) {
  std::string resource = call.route.resource;
  if (!call.route.subresource.empty()) resource += "/" + call.route.subresource;
  return {call.route.verb, call.route.group, resource, call.route.ns, call.route.name, call.user.name};
}

io::Response plain_not_found() {
  io::Response out;
  out.status = 404;
  out.headers.push_back({"content-type", "text/plain; charset=utf-8"});
  out.body = "404 page not found\n";
  return out;
}

// Finds the resource of an API path and checks that it takes this verb.
Outcome<void> resolve(Core& core, Call& call) {
  call.resource = core.registry.find(call.route.group, call.route.resource);
  call.version = call.route.version;
  if (!call.resource) return refuse(no_such_resource());
  const Version* version = call.resource->version(call.version);
  if (!version || !version->served) return refuse(no_such_resource());
  if (call.route.path.find("//") != std::string::npos || !call.route.rest.empty()) return refuse(no_such_resource());
  if (!call.resource->namespaced && call.route.within) return refuse(no_such_resource());
  if (!call.route.subresource.empty()) {
    const Subresource* sub = call.resource->subresource(call.route.subresource);
    if (!sub) return refuse(no_such_resource());
    if (std::find(sub->verbs.begin(), sub->verbs.end(), call.route.verb) == sub->verbs.end()) {
      return refuse(method_not_allowed());
    }
    return {};
  }
  bool named = !call.route.name.empty();
  bool bare = call.resource->namespaced && call.route.ns.empty();
  if (!call.resource->allows(call.route.verb)) return refuse(method_not_allowed());
  if (bare && named) return refuse(no_such_resource());
  if (bare && (call.route.verb == "create" || call.route.verb == "deletecollection")) return refuse(method_not_allowed());
  if (named && call.route.verb == "create") return refuse(method_not_allowed());
  if (!named && (call.route.verb == "update" || call.route.verb == "patch")) return refuse(method_not_allowed());
  return {};
}

Outcome<Reply> serve(Core& core, Call& call, const std::optional<Fault>& fault) {
  const std::string& verb = call.route.verb;
  if (!call.route.subresource.empty() && call.route.subresource != "status") return serve_subresource(core, call);
  if (!call.resource->stored && verb == "create") return answer_review(core, call);
  if (verb == "get") return verb_get(core, call);
  if (verb == "list") return verb_list(core, call);
  if (verb == "watch") return verb_watch(core, call, fault);
  if (verb == "create") return verb_create(core, call);
  if (verb == "update") return verb_update(core, call);
  if (verb == "patch") return verb_patch(core, call);
  if (verb == "delete") return verb_delete(core, call);
  if (verb == "deletecollection") return verb_delete_collection(core, call);
  return refuse(method_not_allowed());
}

io::Response with_warnings(const Call& call, io::Response out) {
  for (const std::string& warning : call.warnings) out.headers.push_back({"warning", "299 - " + quoted(warning)});
  return out;
}

// Warnings that come with every use of a resource.
void warn_of_deprecation(Call& call) {
  if (call.resource->group.empty() && call.resource->plural == "endpoints") {
    call.warnings.push_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  }
  const Version* version = call.resource->version(call.version);
  if (!version || !version->deprecated) return;
  if (!version->deprecation_warning.empty()) {
    call.warnings.push_back(version->deprecation_warning);
    return;
  }
  std::string text = call.api_version() + " " + call.resource->kind + " is deprecated";
  for (const Version& other : call.resource->versions) {
    if (!other.served || other.deprecated || !version_before(other.name, version->name)) continue;
    text += "; use " + call.resource->api_version(other.name) + " " + call.resource->kind;
    break;
  }
  call.warnings.push_back(std::move(text));
}

// The options that all writes share.
Outcome<void> check_write_options(const Call& call) {
  const std::string& verb = call.route.verb;
  std::string kind = verb == "create" ? "CreateOptions" : verb == "update" ? "UpdateOptions" : verb == "patch" ? "PatchOptions" : "DeleteOptions";
  if (verb == "get" || verb == "list" || verb == "watch") return {};
  FieldErrors errors;
  auto dry = call.route.query.all("dryRun");
  json::Value shown = json::Value::array();
  bool fine = true;
  for (const std::string& value : dry) {
    shown.push(json::Value(value));
    fine = fine && (value == "All" || value.empty());
  }
  if (!fine) errors.push_back(field_not_supported("dryRun", shown, {"All"}));
  for (const kube::FieldError& error : kube::check_field_manager(call.route.query.get("fieldManager"), "fieldManager")) {
    errors.push_back({error.type, error.field, error.message});
  }
  if (errors.empty()) return {};
  return refuse(invalid("meta.k8s.io", kind, "", errors));
}

// A list as metadata only.
void strip_items(json::Value& list, const std::string& meta_version) {
  json::Value items = json::Value::array();
  for (const json::Value& item : list["items"].items()) items.push(partial_metadata(item, meta_version));
  list.set("items", std::move(items));
  list.set("kind", "PartialObjectMetadataList");
  list.set("apiVersion", "meta.k8s.io/" + meta_version);
}

json::Value shown_body(const Core& core, const Call& call, const Reply& reply, const Accept& accept) {
  if (reply.form == Reply::Form::Plain) return reply.body;
  if (reply.form == Reply::Form::Object) {
    json::Value body = present(*call.resource, call.version, reply.body);
    if (accept.view == View::PartialMetadata) return partial_metadata(body, accept.meta_version);
    if (accept.view != View::Table) return body;
    return TableMaker(core, call, accept.meta_version).table({body}, TableMaker::Columns::Show);
  }
  json::Value body = reply.body;
  if (accept.view == View::PartialMetadata) strip_items(body, accept.meta_version);
  if (accept.view != View::Table) return body;
  std::vector<json::Value> items;
  for (const json::Value& item : body["items"].items()) items.push_back(present(*call.resource, call.version, item));
  json::Value table = TableMaker(core, call, accept.meta_version).table(items, TableMaker::Columns::Show);
  table.set("metadata", body["metadata"]);
  return table;
}

io::Response render(const Core& core, const Call& call, Reply reply, const Accept& accept) {
  io::Response out;
  if (reply.stream) {
    out.headers.push_back({"content-type", "application/json"});
    out.stream = std::move(reply.stream);
  } else {
    out = json_response(reply.code, shown_body(core, call, reply, accept));
  }
  return with_warnings(call, std::move(out));
}

std::uint64_t wanted_version(const Call& call) {
  if (call.route.verb != "list" && call.route.verb != "get" ) return 0;
  std::uint64_t version = 0;
  for (char c : call.route.query.get("resourceVersion")) {
    if (c < '0' || c > '9' || version > UINT64_MAX / 20) return 0;
    version = version * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return version;
}

Status too_large_version(std::uint64_t wanted, std::uint64_t current) {
  Status status = timeout("Too large resource version: " + std::to_string(wanted) + ", current: " + std::to_string(current), 1);
  status.details.set("causes", json::array({json::object({{"reason", "ResourceVersionTooLarge"},
                                                          {"message", "Too large resource version"}})}));
  return status;
}

}  // namespace

ApiServer::ApiServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ApiServer::~ApiServer() = default;

io::Task<Result<std::unique_ptr<ApiServer>>> ApiServer::open(io::Loop& loop, io::Storage& storage, Rng& rng,
                                                             Options options) {
  auto state = std::make_unique<State>(loop, storage, rng, std::move(options));
  Core& core = state->core;
  auto types = Types::load();
  if (!types) co_return fail(std::move(types).error());
  core.types = std::move(*types);
  auto loaded = core.store.load();
  if (!loaded) co_return fail(std::move(loaded).error());
  if (core.options.signing_key.empty()) core.options.signing_key = core.store.setting("signing-key");
  if (core.options.signing_key.empty()) {
    auto key = io::make_private_key();
    if (!key) co_return fail(std::move(key).error());
    core.options.signing_key = *key;
    auto kept = co_await core.store.set_setting("signing-key", *key);
    if (!kept) co_return fail(std::move(kept).error());
  }
  state->crds.start();
  state->namespaces.start();
  bootstrap_roles(core);
  bootstrap_services(core);
  state->garbage.start();
  auto durable = co_await core.store.durable();
  if (!durable) co_return fail(std::move(durable).error());
  co_return std::unique_ptr<ApiServer>(new ApiServer(std::move(state)));
}

io::Task<io::Response> ApiServer::handle(io::Context context, io::Request request, io::Peer peer) {
  Core& core = state_->core;
  Call call;
  auto route = parse_route(request.method, request.target);
  if (!route) co_return response(bad_request("the path of the request cannot be decoded"));
  call.route = std::move(*route);
  call.headers = std::move(request.headers);
  call.body = std::move(request.body);
  if (call.body.size() > kBodyBytesMax) {
    co_return response(too_large("Request entity too large: limit is " + std::to_string(kBodyBytesMax)));
  }
  for (const std::string& value : call.route.query.all("dryRun")) call.dry_run = call.dry_run || value == "All";
  auto who = authenticate(core, call.headers, peer);
  if (!who) co_return response(who.error());
  auto user = impersonate(core, *who, call.headers);
  if (!user) co_return response(user.error());
  call.user = std::move(*user);
  std::optional<Fault> fault;
  if (core.options.fault) fault = core.options.fault(fault_point(call));
  if (fault && fault->status != 0 && !fault->after_write) co_return fault_response(*fault);
  Attributes attributes = attributes_of(call);
  if (!authorize(core, call.user, attributes).allowed) co_return response(denied(call.user, attributes));
  bool documents = !call.route.api && !call.route.parts.empty() && (call.route.parts[0] == "api" || call.route.parts[0] == "apis");
  if (documents && call.header("accept").find("as=APIGroupDiscoveryList") == std::string_view::npos) {
    auto readable = negotiate(call.header("accept"));
    if (!readable) co_return response(readable.error());
  }
  if (!call.route.api) {
    auto found = discover(core, call);
    if (!found) co_return plain_not_found();
    co_return std::move(*found);
  }
  auto resolved = resolve(core, call);
  if (!resolved) co_return response(resolved.error());
  auto accept = negotiate(call.header("accept"));
  if (!accept) co_return response(accept.error());
  auto options = check_write_options(call);
  if (!options) co_return response(options.error());
  warn_of_deprecation(call);
  if (accept->view == View::Table) {
    auto checked = TableMaker::check(call);
    if (!checked) co_return response(checked.error());
  }

  if (std::uint64_t wanted = wanted_version(call); wanted > core.store.version()) {
    auto reached = co_await core.store.reached(context.until(core.loop.now() + kFutureVersionWait), wanted);
    if (!reached) co_return response(too_large_version(wanted, core.store.version()));
  }
  auto reply = serve(core, call, fault);
  if (!reply) co_return with_warnings(call, response(reply.error()));
  if (reply->wait_for > 0) {
    auto durable = co_await core.store.reached({}, reply->wait_for);
    if (!durable) co_return response(internal(durable.error().text()));
  }
  if (fault && fault->status != 0) co_return fault_response(*fault);
  co_return render(core, call, std::move(*reply), *accept);
}

io::Task<void> ApiServer::stop() {
  Core& core = state_->core;
  core.watches.close_all();
  core.scope.cancel();
  co_await core.scope.join();
  co_await core.store.drain();
}

void ApiServer::drop_watches() { state_->core.watches.drop_all(); }
void ApiServer::forget_history() { state_->core.store.forget_history(); }
std::uint64_t ApiServer::version() const { return state_->core.store.version(); }
std::size_t ApiServer::watches() const { return state_->core.watches.count(); }

}  // namespace lesto::apiserver
