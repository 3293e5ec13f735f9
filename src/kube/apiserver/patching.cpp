#include "kube/apiserver/patching.h"

#include "engines/patch/json_patch.h"
#include "engines/patch/merge_patch.h"
#include "engines/patch/strategic.h"
#include "foundation/json/text.h"
#include "kube/apiserver/tracking.h"

namespace lesto::apiserver {

namespace {

std::string_view media_type(std::string_view header) { return header.substr(0, header.find(';')); }

Outcome<json::Value> json_patched(const json::Value& document, const json::Value& patch) {
  if (!patch.is_array()) return refuse(bad_request("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"));
  auto fresh = patch::apply_json_patch(document, patch);
  if (fresh) return std::move(*fresh);
  return refuse({.code = 422,
                 .reason = "Invalid",
                 .message = "the server rejected our request due to an error in our request",
                 .details = json::Value::object()});
}

Status unsupported(const Call& call) {
  // Custom resources name what they take; built-in kinds do not.
  if (!call.resource->custom) {
    Status status = unsupported_media_type("415: Unsupported Media Type");
    status.details = json::Value::object();
    return status;
  }
  return unsupported_media_type(
      "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, "
      "application/merge-patch+json, application/apply-patch+yaml");
}

}  // namespace

bool is_apply(const Call& call) {
  return media_type(call.header("content-type")).starts_with("application/apply-patch+");
}

Outcome<json::Value> patched(Core& core, Call& call, const json::Value& document, PatchTarget target) {
  std::string_view type = media_type(call.header("content-type"));
  bool merge = type == "application/merge-patch+json";
  bool strategic = type == "application/strategic-merge-patch+json" && !call.resource->custom;
  bool operations = type == "application/json-patch+json";
  if (!merge && !strategic && !operations) return refuse(unsupported(call));
  auto strict = json::parse_strict(call.body);
  if (!strict) return refuse(bad_request("error decoding patch: " + strict.error().message()));
  call.patch_problems = std::move(strict->problems);
  if (operations) return json_patched(document, strict->value);
  if (merge && strict->value.is_null()) return refuse(bad_request("Invalid JSON Patch"));
  if (!strict->value.is_object()) {
    return refuse(bad_request("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}"));
  }
  if (merge || target == PatchTarget::Scale) {
    auto fresh = patch::apply_merge_patch(document, strict->value);
    if (fresh) return std::move(*fresh);
    return refuse(bad_request(fresh.error().message()));
  }
  auto fresh = patch::apply_strategic(merge_schema(core, call), document, strict->value);
  if (!fresh) return refuse(bad_request(fresh.error().message()));
  // The result is read as the type that the path names, whatever the patch says of its kind.
  for (const char* field : {"apiVersion", "kind"}) fresh->set(field, document[field]);
  return std::move(*fresh);
}

}  // namespace lesto::apiserver
