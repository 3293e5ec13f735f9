#include "fleet/model/reference.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<ObjectReference> Value>
void fields(Io& io, Value& value) {
  io.optional("kind", value.kind);
  io.optional("namespace", value.ns);
  io.optional("name", value.name);
  io.optional("uid", value.uid);
  io.optional("apiVersion", value.api_version);
  io.optional("resourceVersion", value.resource_version);
  io.optional("fieldPath", value.field_path);
}

template <class Io, Is<SecretReference> Value>
void fields(Io& io, Value& value) {
  io.optional("namespace", value.ns);
  io.optional("name", value.name);
}

bool read(const json::Value& from, const Path& path, Problems& problems, ObjectReference& to) {
  return read<ObjectReference>(from, path, problems, to);
}
json::Value write(const ObjectReference& from) { return write<ObjectReference>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, SecretReference& to) {
  return read<SecretReference>(from, path, problems, to);
}
json::Value write(const SecretReference& from) { return write<SecretReference>(from); }

std::string to_string(const ClusterRef& cluster) {
  std::string text = cluster.type == ClusterType::Capi ? "capi:" : "sveltos:";
  return text + cluster.ns + "/" + cluster.name;
}

ObjectReference to_reference(const ClusterRef& cluster) {
  ObjectReference reference;
  bool capi = cluster.type == ClusterType::Capi;
  reference.kind = capi ? "Cluster" : "SveltosCluster";
  reference.api_version = capi ? "cluster.x-k8s.io/v1beta2" : std::string(kLibApiVersion);
  reference.ns = cluster.ns;
  reference.name = cluster.name;
  return reference;
}

json::Value reference_json(const ClusterRef& cluster) { return write(to_reference(cluster)); }

Result<ClusterRef> to_cluster(const ObjectReference& reference) {
  ClusterRef cluster{reference.ns, reference.name, ClusterType::Sveltos};
  if (reference.kind == "SveltosCluster") return cluster;
  if (reference.kind == "Cluster") {
    cluster.type = ClusterType::Capi;
    return cluster;
  }
  return fail(Code::Invalid,
              "a cluster reference must be of kind SveltosCluster or Cluster, got \"" +
                  reference.kind + "\"");
}

Schema object_reference(std::string_view description) {
  // Not in the order of need but complete: Kubernetes' ObjectReference.
  Schema reference = object(
      description, {optional("apiVersion", string("Group and version of the object.")),
                    optional("kind", string("Kind of the object.")),
                    optional("namespace", string("Namespace of the object.")),
                    optional("name", string("Name of the object.")),
                    optional("uid", string("UID of the object.")),
                    optional("resourceVersion", string("Version of the object that is meant.")),
                    optional("fieldPath", string("Part of the object that is meant."))});
  json::Value atomic = reference.json();
  atomic.set("x-kubernetes-map-type", "atomic");
  return Schema(std::move(atomic));
}

Schema object_references(std::string_view description) {
  return array(description, object_reference({}));
}

Schema secret_reference(std::string_view description) {
  json::Value atomic =
      object(description, {optional("namespace", string("Namespace of the Secret.")),
                           optional("name", string("Name of the Secret."))})
          .json();
  atomic.set("x-kubernetes-map-type", "atomic");
  return Schema(std::move(atomic));
}

Schema cluster_type(std::string_view description) {
  return string(description).one_of({"Capi", "Sveltos"});
}

std::vector<Field> cluster_ref_fields() {
  return {required("clusterNamespace", string("Namespace of the cluster.")),
          required("clusterName", string("Name of the cluster.")),
          required("clusterType", cluster_type("Which API represents the cluster."))};
}

}  // namespace lesto::model

std::size_t std::hash<lesto::model::ClusterRef>::operator()(
    const lesto::model::ClusterRef& cluster) const noexcept {
  constexpr std::size_t kPrime = 1099511628211ULL;
  std::size_t sum = std::hash<std::string>{}(cluster.ns);
  sum = sum * kPrime + std::hash<std::string>{}(cluster.name);
  return sum * kPrime + static_cast<std::size_t>(cluster.type);
}
