// The CustomResourceDefinitions of our kinds: what `lesto crds` prints and what `lesto up`
// installs.
//
// v1beta1 is stored. v1alpha1 is served beside it with the same schema, which holds the fields of
// both shapes, so that conversion strategy None loses nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/value.h"
#include "kube/object/object.h"

namespace lesto::model {

// In the order in which they are installed.
std::vector<json::Value> crds();
// Null when there is no such kind.
json::Value crd(std::string_view kind);
// The collections of our kinds, in the version that Lesto reads and writes.
std::vector<kube::Resource> resources();

}  // namespace lesto::model
