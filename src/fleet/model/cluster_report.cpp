#include "fleet/model/cluster_report.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<ReleaseReport> Value>
void fields(Io& io, Value& value) {
  io.filled("chartName", value.release_name);
  io.filled("releaseNamespace", value.release_namespace);
  io.required("chartVersion", value.chart_version);
  io.optional("action", value.action);
  io.optional("message", value.message);
}

template <class Io, Is<ResourceReport> Value>
void fields(Io& io, Value& value) {
  io.required("resource", value.resource);
  io.optional("action", value.action);
  io.optional("message", value.message);
}

template <class Io, Is<ClusterReportSpec> Value>
void fields(Io& io, Value& value) {
  io.required("clusterNamespace", value.cluster_namespace);
  io.required("clusterName", value.cluster_name);
}

template <class Io, Is<ClusterReportStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("releaseReports", value.release_reports);
  io.optional("resourceReports", value.resource_reports);
  io.optional("kustomizeResourceReports", value.kustomize_resource_reports);
  io.optional("helmResourceReports", value.helm_resource_reports);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<ClusterReport> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.required("spec", value.spec);
  io.status("status", value.status);
}

Result<ClusterReport> parse_cluster_report(const json::Value& object) {
  return read_object<ClusterReport>(object, {"ClusterReport"}, nullptr);
}

json::Value to_json(const ClusterReport& report) {
  return write_object(kConfigApiVersion, "ClusterReport", report);
}
json::Value to_json(const ClusterReportStatus& status) { return write(status); }

KindSchema cluster_report_schema() {
  Schema release =
      object({}, {required("chartName", string("Name of the release.").min_length(1)),
                  required("releaseNamespace", string("Namespace of the release.").min_length(1)),
                  required("chartVersion", string("Version of the chart.")),
                  optional("action", string("What would be done.")
                                         .one_of({"No Action", "Update Values", "Install",
                                                  "Upgrade", "Delete", "Conflict"})),
                  optional("message", string("Why."))});
  Schema resource = object({}, {required("resource", deployed_resource("The object.")),
                                optional("action", string("What would be done.")
                                                       .one_of({"No Action", "Create", "Update",
                                                                "Delete", "Conflict", "Error"})),
                                optional("message", string("Why, or what would change."))});
  Schema spec =
      object("Which cluster.", {required("clusterNamespace", string("Namespace of the cluster.")),
                                required("clusterName", string("Name of the cluster."))});
  Schema status =
      object("What would change.",
             {optional("releaseReports", array("Helm releases.", release)),
              optional("resourceReports", array("Objects of policyRefs.", resource)),
              optional("kustomizeResourceReports", array("Objects of kustomizations.", resource)),
              optional("helmResourceReports", array("Objects of Helm releases.", resource)),
              optional("conditions", conditions())});
  return {"config.projectsveltos.io",
          "ClusterReport",
          "clusterreports",
          "clusterreport",
          kube::Scope::Namespaced,
          "What a dry run would change in one cluster.",
          spec,
          status,
          Subresource::Status,
          {}};
}

}  // namespace lesto::model
