// What the API fills in where built-in objects say nothing (kubernetes/pkg/apis/*/v1/defaults.go).
#pragma once

#include "kube/apiserver/registry.h"

namespace lesto::apiserver {

// Expects an object that went through its type.
void fill_defaults(const Resource& resource, json::Value& object);
// Of a PodSpec and of its parts; for pods and templates.
void default_pod_spec(json::Value& spec);

}  // namespace lesto::apiserver
