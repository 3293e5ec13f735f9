// How stored objects are shown: in the version asked for, as a list, a table, or metadata only.
#pragma once

#include <string>
#include <string_view>

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// What the Accept header asks for.
enum class View { Object, Table, PartialMetadata };

struct Accept {
  View view = View::Object;
  // "v1" or "v1beta1" of meta.k8s.io, for the two other views.
  std::string meta_version = "v1";
};

// `list` tells whether the answer is a list (as=PartialObjectMetadataList counts there only).
Outcome<Accept> negotiate(std::string_view accept_header);

// Events are kept as core/v1 has them; events.k8s.io names their fields differently.
void event_to_core(json::Value& event);

// The object in the version of the call: apiVersion rewritten.
json::Value present(const Resource& resource, std::string_view version, const json::Value& stored);
json::Value partial_metadata(const json::Value& object, const std::string& meta_version);
json::Value list_of(const Resource& resource, std::string_view version, std::vector<json::Value> items,
                    std::uint64_t list_version);

}  // namespace lesto::apiserver
