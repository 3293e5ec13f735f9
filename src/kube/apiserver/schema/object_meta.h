// Checks of metadata that all kinds share (apimachinery's ValidateObjectMeta and ...Update).
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/names.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

using NameCheck = Complaints (*)(std::string_view);

struct MetaRules {
  bool namespaced = true;
  NameCheck name = dns1123_subdomain;
};

// `meta` has been through its type; `path` is "metadata" or an embedded object's.
Problems check_meta(const json::Value& meta, const MetaRules& rules,
                    std::string_view path = "metadata");
Problems check_meta_update(const json::Value& meta, const json::Value& old,
                           std::string_view path = "metadata");

}  // namespace lesto::apiserver::schema
