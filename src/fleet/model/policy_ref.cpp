#include "fleet/model/policy_ref.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<RemoteUrl> Value>
void fields(Io& io, Value& value) {
  io.filled("url", value.url);
  io.defaulted("interval", value.interval, kRemoteIntervalDefault);
  io.optional("secretRef", value.secret_ref);
  io.optional("template", value.is_template);
  io.optional("insecureSkipTLSVerify", value.insecure_skip_tls_verify);
  io.optional("plainHTTP", value.plain_http);
}

template <class Io, class Value>
void content_fields(Io& io, Value& value) {
  io.optional("namespace", value.ns);
  io.optional("name", value.name);
  io.optional("kind", value.kind);
  io.optional("path", value.path);
  io.defaulted("deploymentType", value.deployment_type, DeploymentType::Remote);
  io.optional("optional", value.optional);
  io.defaulted("tier", value.tier, kTierDefault);
  io.optional("skipNamespaceCreation", value.skip_namespace_creation);
  io.optional("force", value.force);
  io.optional("remoteURL", value.remote_url);
}

template <class Io, Is<PolicyRef> Value>
void fields(Io& io, Value& value) {
  content_fields(io, value);
}

template <class Io, Is<DataRef> Value>
void fields(Io& io, Value& value) {
  io.required("kind", value.kind);
  io.optional("namespace", value.ns);
  io.filled("name", value.name);
}

template <class Io, Is<ValueFrom> Value>
void fields(Io& io, Value& value) {
  io.required("kind", value.kind);
  io.optional("namespace", value.ns);
  io.filled("name", value.name);
  io.optional("optional", value.optional);
}

template <class Io, Is<KustomizationRef> Value>
void fields(Io& io, Value& value) {
  content_fields(io, value);
  io.optional("targetNamespace", value.target_namespace);
  io.optional("components", value.components);
  io.optional("values", value.values);
  io.optional("valuesFrom", value.values_from);
}

template <class Io, Is<TemplateResourceRef> Value>
void fields(Io& io, Value& value) {
  io.required("resource", value.resource);
  io.required("identifier", value.identifier);
  io.optional("optional", value.optional);
  io.optional("ignoreStatusChanges", value.ignore_status_changes);
  io.optional("watchFields", value.watch_fields);
}

bool read(const json::Value& from, const Path& path, Problems& problems, PolicyRef& to) {
  return read<PolicyRef>(from, path, problems, to);
}
json::Value write(const PolicyRef& from) { return write<PolicyRef>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, DataRef& to) {
  return read<DataRef>(from, path, problems, to);
}
json::Value write(const DataRef& from) { return write<DataRef>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, ValueFrom& to) {
  return read<ValueFrom>(from, path, problems, to);
}
json::Value write(const ValueFrom& from) { return write<ValueFrom>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, KustomizationRef& to) {
  return read<KustomizationRef>(from, path, problems, to);
}
json::Value write(const KustomizationRef& from) { return write<KustomizationRef>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, TemplateResourceRef& to) {
  return read<TemplateResourceRef>(from, path, problems, to);
}
json::Value write(const TemplateResourceRef& from) { return write<TemplateResourceRef>(from); }

namespace {

std::vector<Field> remote_url_fields() {
  return {required("url", string("Where the content is.").pattern("^(https?|oci)://")),
          optional("interval", duration("How often to look for a change.").fallback("5m")),
          optional("secretRef", secret_reference("Secret with the credentials.")),
          optional("insecureSkipTLSVerify", boolean("Do not verify the server's certificate.")),
          optional("plainHTTP", boolean("Speak HTTP with a registry."))};
}

std::vector<Field> content_schema(const Schema& remote_url) {
  return {
      optional("namespace",
               string("Namespace of the source; empty for the cluster's. A template.")),
      optional("name", string("Name of the source. A template.")),
      optional("kind",
               string("Kind of the source.")
                   .one_of({"GitRepository", "OCIRepository", "Bucket", "ConfigMap", "Secret"})),
      optional("path", string("Folder in a Flux source.")),
      optional("deploymentType",
               string("Deploy to the matching cluster, or to the management cluster.")
                   .one_of({"Local", "Remote"})
                   .fallback("Remote")),
      optional("optional", boolean("A missing source is no error.").fallback(false)),
      optional("tier", int32("Of two references with the same object, the lower tier wins.")
                           .minimum(1)
                           .fallback(kTierDefault)),
      optional("skipNamespaceCreation",
               boolean("Do not create missing namespaces.").fallback(false)),
      optional("force",
               boolean("Delete and create again where a field cannot be changed.").fallback(false)),
      optional("remoteURL", remote_url)};
}

Schema with_source_rule(const Schema& schema) {
  return schema.rule("has(self.remoteURL) != has(self.kind)",
                     "either remoteURL or kind must be set, but not both");
}

}  // namespace

Schema policy_refs() {
  Schema remote =
      object("Content fetched from an address.",
             fields_of({remote_url_fields(),
                        {optional("template", boolean("The content is a template."))}}));
  return array("Sources of Kubernetes objects to deploy.",
               with_source_rule(object("One source.", content_schema(remote))))
      .atomic();
}

Schema kustomization_refs() {
  Schema remote = object("Content fetched from an address.", remote_url_fields());
  std::vector<Field> more = {
      optional("targetNamespace",
               string("Namespace that all objects get.").min_length(1).max_length(63)),
      optional("components", texts("Components added to the kustomization.")),
      optional("values", text_map("Values substituted after the build.")),
      optional("valuesFrom", values_from("ConfigMaps and Secrets with more values."))};
  return array("Kustomizations to build and deploy.",
               with_source_rule(
                   object("One kustomization.", fields_of({content_schema(remote), more}))))
      .atomic();
}

Schema data_ref(std::string_view description) {
  return object(description,
                {required("kind", string("Kind of the source.").one_of({"ConfigMap", "Secret"})),
                 optional("namespace", string("Namespace of the source.")),
                 required("name", string("Name of the source.").min_length(1))});
}

Schema values_from(std::string_view description) {
  return array(
      description,
      object({},
             {required("kind", string("Kind of the source.").one_of({"ConfigMap", "Secret"})),
              optional("namespace", string("Namespace of the source; empty for the cluster's.")),
              required("name", string("Name of the source.").min_length(1)),
              optional("optional", boolean("A missing source is no error.").fallback(false))}));
}

Schema template_resource_refs() {
  return array(
             "Objects of the management cluster that templates can use.",
             object(
                 {},
                 {required("resource",
                           object_reference("The object; namespace and name are templates.")),
                  required("identifier", string("Name under which templates find it.")),
                  optional("optional", boolean("A missing object is no error.").fallback(false)),
                  optional("ignoreStatusChanges",
                           boolean("A change of its status renders nothing anew.").fallback(false)),
                  optional("watchFields", texts("Only a change of these fields renders anew."))}))
      .keyed({"identifier"});
}

}  // namespace lesto::model
