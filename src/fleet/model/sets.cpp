#include "fleet/model/sets.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<SetSpec> Value>
void fields(Io& io, Value& value) {
  io.optional("clusterSelector", value.cluster_selector);
  io.optional("clusterRefs", value.cluster_refs);
  io.optional("maxReplicas", value.max_replicas);
}

template <class Io, Is<SetStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("matchingClusterRefs", value.matching_clusters);
  io.optional("selectedClusterRefs", value.selected_clusters);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<Set> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.optional("spec", value.spec);
  io.status("status", value.status);
}

namespace {

void check_set(const Set& set, Problems& problems) {
  const Path root;
  const Path spec{&root, "spec"};
  if (set.spec.max_replicas < 0) problems.add(Path{&spec, "maxReplicas"}, "should not be negative");
}

Schema set_spec() {
  return object("Which clusters.",
                {optional("clusterSelector",
                          cluster_selector("Clusters by label. An empty selector chooses none.")),
                 optional("clusterRefs", object_references("Clusters by name.")),
                 optional("maxReplicas", integer("How many healthy clusters are selected."))});
}

Schema set_status() {
  return object("What was selected.",
                {optional("matchingClusterRefs", object_references("Clusters that match.")),
                 optional("selectedClusterRefs", object_references("Clusters that are used.")),
                 optional("conditions", conditions())});
}

}  // namespace

Result<Set> parse_set(const json::Value& object) {
  Result<Set> set = read_object<Set>(object, {"ClusterSet", "Set"}, check_set);
  if (set && object["kind"].text() == "Set") set->scope = SetScope::Namespace;
  return set;
}

json::Value to_json(const Set& set) {
  return write_object(kLibApiVersion, set.scope == SetScope::Cluster ? "ClusterSet" : "Set", set);
}
json::Value to_json(const SetStatus& status) { return write(status); }

KindSchema cluster_set_schema() {
  return {"lib.projectsveltos.io",
          "ClusterSet",
          "clustersets",
          "clusterset",
          kube::Scope::Cluster,
          "A number of healthy clusters out of those that match.",
          set_spec(),
          set_status(),
          Subresource::Status,
          {}};
}

KindSchema set_schema() {
  return {"lib.projectsveltos.io",
          "Set",
          "sets",
          "set",
          kube::Scope::Namespaced,
          "A number of healthy clusters of its namespace out of those that match.",
          set_spec(),
          set_status(),
          Subresource::Status,
          {}};
}

}  // namespace lesto::model
