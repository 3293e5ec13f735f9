// Checks and defaults CustomResourceDefinitions (apiextensions.k8s.io/v1), as upstream's validation
// does.
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver {
class Types;
}

namespace lesto::apiserver::schema {

// Fills what the server fills on create: spec.names.singular and listKind,
// spec.conversion.strategy, and status.storedVersions.
json::Value default_definition(json::Value crd);
// A definition that is written is stored in its storage version from then on: status.storedVersions names it, too.
json::Value with_storage_version(json::Value crd);

// What a create (old is null) or an update of the CRD answers 422 with; sorted. Expects a defaulted
// object.
Problems check_definition(const json::Value& crd, const Types& types,
                          const json::Value* old = nullptr);

}  // namespace lesto::apiserver::schema
