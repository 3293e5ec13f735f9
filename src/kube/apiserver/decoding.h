// From the bytes of a request to an object of the right type: JSON, YAML, protobuf; Go types of built-in kinds,
// schemas of custom ones; what fieldValidation says about fields that do not belong.
#pragma once

#include "kube/apiserver/call.h"

namespace lesto::apiserver {

// The body as a value, whatever its media type. `problems` are the duplicate fields found on the way.
struct Body {
  json::Value value;
  std::vector<std::string> problems;
};
Outcome<Body> read_body(Core& core, const Call& call);

// Sends an object through its type: unknown fields are dropped, and refused or warned about as fieldValidation asks;
// defaults are filled in. `from_patch`: the result of a patch, which other texts are for.
enum class From : bool { Body, Patch };
Outcome<json::Value> decode_object(Core& core, Call& call, Body body, From from);

// A built-in object through its type again, after the server changed it.
json::Value normalize(const Core& core, const Call& call, json::Value object);

// A stored custom resource as today's schema sees it.
json::Value decode_stored(const Resource& resource, std::string_view version, const json::Value& object);

}  // namespace lesto::apiserver
