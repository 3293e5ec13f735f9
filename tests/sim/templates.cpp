// The texts of the templates. What each must become stands in rendered.cpp, on purpose without an engine.
#include "foundation/base/hash.h"
#include "tests/sim/truth.h"

namespace lesto::sim {
namespace {

std::string head(const std::string& api, const std::string& kind, const std::string& name, int revision) {
  return "apiVersion: " + api + "\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n  namespace: " +
         std::string(kOut) + "\n  annotations: {revision: \"" + std::to_string(revision) + "\"}\n";
}

std::string note(const std::string& name, int revision, const std::string& data) {
  return head("v1", "ConfigMap", name, revision) + "data:\n" + data;
}

// An object that an API server refuses: a Service without ports' numbers.
std::string refused(const TemplateTruth& content) {
  return head("v1", "Service", content.name + "-bad", content.revision) + "spec:\n  ports:\n  - port: 0\n";
}

std::vector<std::pair<std::string, std::string>> texts(const TemplateTruth& content) {
  const std::string& name = content.name;
  int revision = content.revision;
  std::string place = content.by_cluster ? "-{{ .Cluster.metadata.name }}" : "";
  std::string rev = "  revision: \"" + std::to_string(revision) + "\"\n";
  switch (content.shape) {
    case TemplateShape::Export: {
      std::string of = name + "-{{ .Resource.metadata.name }}" + place;
      return {{"a-service.yaml", head("v1", "Service", of, revision) +
                                     "spec:\n  selector: {}\n  ports:\n  {{ range $p := .Resource.spec.ports }}\n  - name: "
                                     "{{ $p.name }}\n    port: {{ $p.port }}\n    targetPort: {{ $p.targetPort }}\n  {{ end }}\n"},
              {"b-endpoints.yaml",
               head("v1", "Endpoints", of, revision) +
                   "subsets:\n- addresses:\n  - ip: {{ (index .Resource.status.loadBalancer.ingress 0).ip }}\n  ports:\n"
                   "  {{ range $p := .Resource.spec.ports }}\n  - name: {{ $p.name }}\n    port: {{ $p.port }}\n  {{ end }}\n"}};
    }
    case TemplateShape::Seen:
      return {{"a.yaml", note(name + "-{{ .MatchingResource.Kind | lower }}-{{ .MatchingResource.Namespace }}-"
                                     "{{ .MatchingResource.Name }}" + place,
                              revision, rev + "  of: \"{{ .MatchingResource.Name }}\"\n")}};
    case TemplateShape::Roll:
      return {{"a.yaml", note(name + "-roll" + place, revision,
                              rev + "  count: \"{{ len .MatchingResources }}\"\n{{ range .MatchingResources }}  "
                                    "{{ .Kind }}.{{ .Namespace }}.{{ .Name }}: here\n{{ end }}")}};
    case TemplateShape::Plain: {
      std::string first;
      for (int i = 0; i < content.count; ++i) {
        first += (i ? "---\n" : "") + note(name + "-" + std::to_string(i), revision, rev);
      }
      return {{"a.yaml", first},
              {"b.yaml", "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: " + name +
                             "\nrules:\n- apiGroups: [\"\"]\n  resources: [pods]\n  resourceNames: [\"r" +
                             std::to_string(revision) + "\"]\n  verbs: [get]\n"}};
    }
    case TemplateShape::Local:
      return {{"a.yaml", note(name + "-local", revision,
                              rev + "  cluster: \"{{ .Cluster.metadata.name }}\"\n  env: \"{{ .Cluster.metadata.labels.env }}\"\n"
                                    "  region: \"{{ .Cluster.spec.data.region }}\"\n")}};
    case TemplateShape::Shared:
      return {{"a.yaml", note(name + "-first", revision, rev)},
              {"b.yaml", note("shared-" + content.group, revision, rev + "  from: " + name + "\n") + "---\n" +
                             note(name + "-last", revision, rev)}};
  }
  return {};
}

}  // namespace

json::Value template_object(const TemplateTruth& content) {
  json::Value data = json::object({});
  auto put = [&](const std::string& key, const std::string& text) {
    data.set(key, content.secret ? base64_encode(text) : text);
  };
  for (const auto& [key, text] : texts(content)) put(key, text);
  bool rendered = content.shape == TemplateShape::Export || content.shape == TemplateShape::Seen ||
                  content.shape == TemplateShape::Roll || content.shape == TemplateShape::Local;
  if (content.defect == Defect::Syntax) put("c-bad.yaml", rendered ? "x: {{ if }}\n" : "a: [\n");
  if (content.defect == Defect::Runtime) put("c-bad.yaml", rendered ? "{{ fail \"on purpose\" }}\n" : "just: yaml\n");
  if (content.defect == Defect::Refused) put("c-bad.yaml", refused(content));
  json::Value annotations = json::object({});
  bool instantiated = rendered && content.shape != TemplateShape::Local;
  if (instantiated) annotations.set("projectsveltos.io/instantiate", "ok");
  if (content.shape == TemplateShape::Local) annotations.set("projectsveltos.io/template", "ok");
  json::Value object = json::object({{"apiVersion", "v1"},
                                     {"kind", content.secret ? "Secret" : "ConfigMap"},
                                     {"metadata", json::object({{"name", content.name},
                                                                {"namespace", content.ns},
                                                                {"annotations", std::move(annotations)}})},
                                     {"data", std::move(data)}});
  if (content.secret) object.set("type", "addons.projectsveltos.io/cluster-profile");
  return object;
}

}  // namespace lesto::sim
