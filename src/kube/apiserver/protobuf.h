// Request bodies in Kubernetes' protobuf encoding: the envelope "k8s\0" + Unknown, and in it an
// object of a built-in kind (reference/apiserver.md section 1.4).
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/value.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver {

inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";
// How deep messages may be nested.
inline constexpr int kProtobufDepthMax = 100;

// Gives the object as its JSON would be, apiVersion and kind included; zeros of fields that are no
// pointers are left out, as a trip through Types::read adds those that JSON shows. Errors are
// Invalid: no envelope, an unknown kind, broken bytes.
Result<json::Value> read_protobuf(std::string_view body, const Types& types);

}  // namespace lesto::apiserver
