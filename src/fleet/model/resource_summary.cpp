#include "fleet/model/resource_summary.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, class Value>
void tracked_fields(Io& io, Value& value) {
  io.filled("name", value.name);
  io.optional("namespace", value.ns);
  io.required("group", value.group);
  io.filled("kind", value.kind);
  io.required("version", value.version);
  io.optional("ignoreForConfigurationDrift", value.ignore_for_configuration_drift);
  io.optional("lastAppliedTime", value.last_applied_time);
}

template <class Io, Is<TrackedResource> Value>
void fields(Io& io, Value& value) {
  tracked_fields(io, value);
}

template <class Io, class Value>
void chart_fields(Io& io, Value& value) {
  io.filled("chartName", value.chart_name);
  io.filled("releaseName", value.release_name);
  io.filled("releaseNamespace", value.release_namespace);
}

template <class Io, Is<HelmChartRef> Value>
void fields(Io& io, Value& value) {
  chart_fields(io, value);
}

template <class Io, Is<HelmResources> Value>
void fields(Io& io, Value& value) {
  chart_fields(io, value);
  io.optional("group", value.resources);
}

template <class Io, Is<ResourceHash> Value>
void fields(Io& io, Value& value) {
  tracked_fields(io, value);
  io.optional("hash", value.hash);
  io.optional("helmChartRef", value.chart);
}

template <class Io, Is<ResourceSummarySpec> Value>
void fields(Io& io, Value& value) {
  io.optional("resources", value.resources);
  io.optional("kustomizeResources", value.kustomize_resources);
  io.optional("chartResources", value.chart_resources);
  io.optional("patches", value.patches);
}

template <class Io, Is<ResourceSummaryStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("resourcesChanged", value.resources_changed);
  io.optional("kustomizeResourcesChanged", value.kustomize_resources_changed);
  io.optional("helmResourcesChanged", value.helm_resources_changed);
  io.optional("driftedHelmCharts", value.drifted_helm_charts);
  io.optional("resourceHashes", value.resource_hashes);
  io.optional("kustomizeResourceHashes", value.kustomize_resource_hashes);
  io.optional("helmResourceHashes", value.helm_resource_hashes);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<ResourceSummary> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.optional("spec", value.spec);
  io.status("status", value.status);
}

Result<ResourceSummary> parse_resource_summary(const json::Value& object) {
  return read_object<ResourceSummary>(object, {"ResourceSummary"}, nullptr);
}

json::Value to_json(const ResourceSummary& summary) {
  return write_object(kLibApiVersion, "ResourceSummary", summary);
}
json::Value to_json(const ResourceSummaryStatus& status) { return write(status); }

namespace {

std::vector<Field> tracked_schema() {
  return {required("name", string("Name of the object.").min_length(1)),
          optional("namespace", string("Namespace of the object.")),
          required("group", string("API group of the object.")),
          required("kind", string("Kind of the object.").min_length(1)),
          required("version", string("API version of the object.")),
          optional("ignoreForConfigurationDrift", boolean("Drift of the object is ignored.")),
          optional("lastAppliedTime", date_time("When it was applied last."))};
}

std::vector<Field> chart_schema() {
  return {required("chartName", string("Name of the chart.").min_length(1)),
          required("releaseName", string("Name of the release.").min_length(1)),
          required("releaseNamespace", string("Namespace of the release.").min_length(1))};
}

}  // namespace

KindSchema resource_summary_schema() {
  Schema tracked = object({}, tracked_schema());
  std::vector<Field> of_chart = {optional("group", array("Objects of the release.", tracked))};
  std::vector<Field> of_hash = {
      optional("hash", string("Hash of the object.")),
      optional("helmChartRef", object("The release that it is of.", chart_schema()))};
  Schema hash = object({}, fields_of({tracked_schema(), of_hash}));
  Schema spec =
      object("What must not drift.",
             {optional("resources", array("Objects of policyRefs.", tracked)),
              optional("kustomizeResources", array("Objects of kustomizations.", tracked)),
              optional("chartResources", array("Objects of Helm releases.",
                                               object({}, fields_of({chart_schema(), of_chart})))),
              optional("patches", patches())});
  Schema status = object(
      "What drifted.",
      {optional("resourcesChanged", boolean("An object of policyRefs drifted.")),
       optional("kustomizeResourcesChanged", boolean("An object of kustomizations drifted.")),
       optional("helmResourcesChanged", boolean("An object of Helm releases drifted.")),
       optional("driftedHelmCharts", array("Releases that drifted.", object({}, chart_schema()))),
       optional("resourceHashes", array("Objects of policyRefs as they should be.", hash)),
       optional("kustomizeResourceHashes",
                array("Objects of kustomizations as they should be.", hash)),
       optional("helmResourceHashes", array("Objects of releases as they should be.", hash)),
       optional("conditions", conditions())});
  return {"lib.projectsveltos.io",
          "ResourceSummary",
          "resourcesummaries",
          "resourcesummary",
          kube::Scope::Namespaced,
          "What must not drift in a cluster, and what did.",
          spec,
          status,
          Subresource::Status,
          {}};
}

}  // namespace lesto::model
