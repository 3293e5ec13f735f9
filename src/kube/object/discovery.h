// Discovery documents as values: which collections a group and version holds.
#pragma once

#include <vector>

#include "kube/object/object.h"

namespace lesto::kube {

// The collections of an APIResourceList (GET /api/v1 or /apis/GROUP/VERSION), subresources left out.
std::vector<Resource> parse_api_resource_list(const json::Value& list);

// The kinds of our own API and of the core group that Lesto itself reads and writes; they need no discovery.
Resource core_resource(std::string_view plural, std::string_view kind, Scope scope);

}  // namespace lesto::kube
