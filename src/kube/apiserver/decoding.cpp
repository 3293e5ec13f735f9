#include "kube/apiserver/decoding.h"

#include "foundation/json/text.h"
#include "foundation/json/yaml.h"
#include "kube/apiserver/defaults.h"
#include "kube/apiserver/protobuf.h"
#include "kube/apiserver/schema/schema.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver {

namespace {

std::string media_type(std::string_view header) {
  std::string_view type = header.substr(0, header.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  std::string out(type);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

std::string unrecognized(const Call& call, const std::string& why) {
  return "the object provided is unrecognized (must be of type " + call.resource->kind + "): " + why;
}

Outcome<Body> read_yaml(const Call& call) {
  auto value = json::parse_yaml(call.body);
  if (!value) return refuse(bad_request(unrecognized(call, "error converting YAML to JSON: " + value.error().message())));
  Body out{std::move(*value), {}};
  auto strict = json::parse_yaml(call.body, {.duplicates = json::Duplicates::Refuse});
  if (!strict) out.problems.push_back(strict.error().message());
  return out;
}

Outcome<Body> read_json(const Call& call) {
  auto strict = json::parse_strict(call.body);
  if (!strict) {
    return refuse(bad_request("couldn't get version/kind; json parse error: " + strict.error().message()));
  }
  return Body{std::move(strict->value), std::move(strict->problems)};
}

Outcome<void> check_kind(const Call& call, json::Value& object) {
  std::string wanted = call.api_version();
  const std::string& kind = call.resource->kind;
  if (!object.is_object()) return refuse(bad_request(unrecognized(call, "json: cannot unmarshal into Go value")));
  for (const char* field : {"apiVersion", "kind"}) {
    const json::Value& value = object[field];
    if (value.is_null() || value.is_string()) continue;
    return refuse(bad_request("couldn't get version/kind; json parse error: json: cannot unmarshal into Go struct field ." + std::string(field) + " of type string"));
  }
  std::string_view own_version = object["apiVersion"].text();
  std::string_view own_kind = object["kind"].text();
  if (call.resource->custom) {
    if (own_kind.empty()) return refuse(bad_request("Object 'Kind' is missing in '" + json::write(object) + "'"));
    if (own_version.empty()) return refuse(bad_request("Object 'apiVersion' is missing in '" + json::write(object) + "'"));
  }
  if (!own_kind.empty() && own_kind != kind) {
    std::string version = own_version.empty() ? call.version : std::string(own_version.substr(own_version.find('/') + 1));
    if (call.resource->custom) {
      return refuse(bad_request(std::string(own_kind) + " in version " + quoted(version) + " cannot be handled as a " + kind + ": kind in apiVersion: " + std::string(own_version)));
    }
    return refuse(bad_request(std::string(own_kind) + " in version " + quoted(version) + " cannot be handled as a " + kind +
                              ": converting (v1." + std::string(own_kind) + ") to (core." + kind + "): unknown conversion"));
  }
  if (!own_version.empty() && own_version != wanted) {
    return refuse(bad_request("the API version in the data (" + std::string(own_version) +
                              ") does not match the expected API version (" + wanted + ")"));
  }
  object.set("apiVersion", wanted);
  object.set("kind", kind);
  return {};
}

enum class Validation { Ignore, Warn, Strict };

Outcome<Validation> read_validation(const Call& call) {
  std::string_view text = call.route.query.get("fieldValidation");
  if (text.empty() || text == "Warn") return Validation::Warn;
  if (text == "Ignore") return Validation::Ignore;
  if (text == "Strict") return Validation::Strict;
  Status status = invalid("meta.k8s.io", call.route.verb == "create" ? "CreateOptions" : call.route.verb == "patch" ? "PatchOptions" : "UpdateOptions", "",
                          {field_not_supported("fieldValidation", json::Value(text), {"", "Ignore", "Strict", "Warn"})});
  return refuse(std::move(status));
}

std::string in_version(const Call& call, const std::string& why) {
  return call.resource->kind + " in version " + quoted(call.version) + " cannot be handled as a " + call.resource->kind + ": " + why;
}

// The result of a patch does not decode: a Status about no kind at all.
Status patch_refused(const json::Value& value, const std::string& why) {
  Status status = invalid("", "", "", {field_invalid("patch", json::Value(json::write(value)), why)});
  status.details.erase("kind");
  return status;
}

Outcome<void> judge(Call& call, From from, const std::vector<std::string>& problems) {
  if (problems.empty()) return {};
  auto mode = read_validation(call);
  if (!mode) return refuse(mode.error());
  if (*mode == Validation::Warn) {
    for (const std::string& problem : problems) call.warnings.push_back(problem);
  }
  if (*mode != Validation::Strict) return {};
  std::string list;
  for (const std::string& problem : problems) list += (list.empty() ? "" : ", ") + problem;
  std::string text = "strict decoding error: " + list;
  if (from == From::Patch) {
    return refuse(patch_refused(json::Value::object(), text));
  }
  return refuse(bad_request(in_version(call, text)));
}

Outcome<json::Value> decode_built_in(Core& core, Call& call, Body body, From from) {
  const Message* message = core.types->kind(call.api_version(), call.resource->kind);
  if (!message) return std::move(body.value);
  auto typed = core.types->read(*message, body.value);
  if (!typed) {
    if (from == From::Patch) {
      return refuse(patch_refused(body.value, typed.error().message()));
    }
    return refuse(bad_request(in_version(call, typed.error().message())));
  }
  std::vector<std::string> problems = std::move(body.problems);
  for (const std::string& path : typed->unknown) problems.push_back("unknown field " + quoted(path));
  auto judged = judge(call, from, problems);
  if (!judged) return refuse(judged.error());
  json::Value object = std::move(typed->value);
  object.set("apiVersion", call.api_version());
  object.set("kind", call.resource->kind);
  fill_defaults(*call.resource, object);
  return object;
}

Outcome<json::Value> decode_custom(Call& call, Body body, From from) {
  const Version* version = call.resource->version(call.version);
  if (!version || !version->compiled) return std::move(body.value);
  auto decoded = version->compiled->decode(std::move(body.value));
  if (!decoded) return refuse(bad_request(decoded.error().message()));
  std::vector<std::string> problems = std::move(body.problems);
  // Metadata is decoded first, as it is a Go type.
  std::stable_partition(decoded->unknown.begin(), decoded->unknown.end(), [](const std::string& path) { return path.starts_with("metadata."); });
  for (const std::string& path : decoded->unknown) problems.push_back("unknown field " + quoted(path));
  auto judged = judge(call, from, problems);
  if (!judged) return refuse(judged.error());
  return std::move(decoded->object);
}

}  // namespace

Outcome<Body> read_body(Core& core, const Call& call) {
  std::string type = media_type(call.header("content-type"));
  if (type == "application/yaml") return read_yaml(call);
  if (type.empty() || type == "application/json") return read_json(call);
  if (type == "application/vnd.kubernetes.protobuf") {
    auto value = read_protobuf(call.body, *core.types);
    if (!value) return refuse(bad_request(unrecognized(call, value.error().message())));
    return Body{std::move(*value), {}};
  }
  return refuse(unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: application/json, "
      "application/yaml, application/vnd.kubernetes.protobuf"));
}

Outcome<json::Value> decode_object(Core& core, Call& call, Body body, From from) {
  auto mode = read_validation(call);
  if (!mode) return refuse(mode.error());
  auto kind = check_kind(call, body.value);
  if (!kind) {
    if (from == From::Body || call.resource->custom) return refuse(kind.error());
    std::string_view own = body.value["apiVersion"].text();
    std::string why = own != call.api_version()
                          ? "no kind " + quoted(call.resource->kind) + " is registered for version " + quoted(own) + " in scheme \"pkg/api/legacyscheme/scheme.go:30\""
                          : "converting (v1." + body.value["kind"].string() + ") to (core." + call.resource->kind + "): unknown conversion";
    return refuse(patch_refused(body.value, why));
  }
  // Types drop empty lists; here an empty one is a wish: forget all owners.
  json::Value owners = body.value["metadata"]["managedFields"];
  auto object = call.resource->custom ? decode_custom(call, std::move(body), from)
                                      : decode_built_in(core, call, std::move(body), from);
  if (!object) return object;
  if (!(*object)["metadata"].is_object()) object->set("metadata", json::Value::object());
  bool reset = owners.is_array() && (owners.empty() || (owners.size() == 1 && owners[std::size_t(0)].empty()));
  if (reset) object->at("metadata").set("managedFields", std::move(owners));
  return object;
}

json::Value normalize(const Core& core, const Call& call, json::Value object) {
  if (call.resource->custom) return object;
  const Message* message = core.types->kind(call.api_version(), call.resource->kind);
  if (!message) return object;
  auto typed = core.types->read(*message, object);
  if (!typed) return object;
  json::Value out = std::move(typed->value);
  out.set("apiVersion", call.api_version());
  out.set("kind", call.resource->kind);
  return out;
}

json::Value decode_stored(const Resource& resource, std::string_view version, const json::Value& object) {
  if (!resource.custom || object_version(object) >= resource.schema_since) return object;
  const Version* found = resource.version(version);
  if (!found || !found->compiled) return object;
  return found->compiled->decode_stored(object);
}

}  // namespace lesto::apiserver
