#include "fleet/model/meta.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<OwnerReference> Value>
void fields(Io& io, Value& value) {
  io.required("apiVersion", value.api_version);
  io.required("kind", value.kind);
  io.required("name", value.name);
  io.required("uid", value.uid);
  io.optional("controller", value.controller);
  io.optional("blockOwnerDeletion", value.block_owner_deletion);
}

template <class Io, Is<Meta> Value>
void fields(Io& io, Value& value) {
  io.optional("name", value.name);
  io.optional("namespace", value.ns);
  io.optional("uid", value.uid);
  io.optional("resourceVersion", value.resource_version);
  io.optional("generation", value.generation);
  io.optional("creationTimestamp", value.created);
  io.optional("deletionTimestamp", value.deleted);
  io.optional("labels", value.labels);
  io.optional("annotations", value.annotations);
  io.optional("finalizers", value.finalizers);
  io.optional("ownerReferences", value.owners);
}

bool read(const json::Value& from, const Path& path, Problems& problems, Meta& to) {
  return read<Meta>(from, path, problems, to);
}
json::Value write(const Meta& from) { return write<Meta>(from); }

bool Meta::has_finalizer(std::string_view finalizer) const {
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

std::string Meta::label(std::string_view key) const {
  auto found = labels.find(std::string(key));
  return found == labels.end() ? std::string() : found->second;
}

}  // namespace lesto::model
