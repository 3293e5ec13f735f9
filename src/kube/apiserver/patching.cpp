#include "kube/apiserver/patching.h"

#include "foundation/json/text.h"

namespace lesto::apiserver {

namespace {

// RFC 7386.
json::Value merge(json::Value target, const json::Value& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = json::Value::object();
  for (const json::Member& member : patch.members()) {
    if (member.value.is_null()) {
      target.erase(member.name());
    } else {
      target.set(member.name(), merge(target[member.name()], member.value));
    }
  }
  return target;
}

std::string_view media_type(std::string_view header) { return header.substr(0, header.find(';')); }

}  // namespace

Outcome<json::Value> patched(Core&, Call& call, const json::Value& document, PatchTarget) {
  std::string_view type = media_type(call.header("content-type"));
  if (type == "application/merge-patch+json") {
    auto patch = json::parse(call.body);
    if (!patch) return refuse(bad_request("error decoding patch: " + patch.error().message()));
    return merge(document, *patch);
  }
  return refuse(not_implemented("patches of type " + quoted(type) + " are not built yet"));
}

}  // namespace lesto::apiserver
