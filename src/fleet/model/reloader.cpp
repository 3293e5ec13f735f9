#include "fleet/model/reloader.h"

#include "fleet/model/blocks.h"
#include "fleet/model/crd_schemas.h"

namespace lesto::model {

template <class Io, Is<ReloaderInfo> Value>
void fields(Io& io, Value& value) {
  io.filled("namespace", value.ns);
  io.filled("name", value.name);
  io.required("kind", value.kind);
  io.optional("value", value.value);
}

namespace {

struct ReloaderSpec {
  std::vector<ReloaderInfo> reloader_info;
};

}  // namespace

template <class Io, Is<ReloaderSpec> Value>
void fields(Io& io, Value& value) {
  io.optional("reloaderInfo", value.reloader_info);
}

template <class Io, Is<Reloader> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  ReloaderSpec spec{value.reloader_info};
  io.optional("spec", spec);
  if constexpr (Io::kReads) value.reloader_info = std::move(spec.reloader_info);
}

template <class Io, Is<ReloaderReportSpec> Value>
void fields(Io& io, Value& value) {
  cluster_fields(io, value.cluster);
  io.optional("resourcesToReload", value.resources_to_reload);
}

template <class Io, Is<ReloaderReportStatus> Value>
void fields(Io& io, Value& value) {
  io.optional("phase", value.phase);
  io.optional("conditions", value.conditions);
}

template <class Io, Is<ReloaderReport> Value>
void fields(Io& io, Value& value) {
  io.required("metadata", value.meta);
  io.required("spec", value.spec);
  io.status("status", value.status);
}

Result<Reloader> parse_reloader(const json::Value& object) {
  return read_object<Reloader>(object, {"Reloader"}, nullptr);
}
Result<ReloaderReport> parse_reloader_report(const json::Value& object) {
  return read_object<ReloaderReport>(object, {"ReloaderReport"}, nullptr);
}

json::Value to_json(const Reloader& reloader) {
  return write_object(kLibApiVersion, "Reloader", reloader);
}
json::Value to_json(const ReloaderReport& report) {
  return write_object(kLibApiVersion, "ReloaderReport", report);
}
json::Value to_json(const ReloaderReportStatus& status) { return write(status); }

namespace {

Schema workloads(std::string_view description) {
  return array(
      description,
      object({}, {required("namespace", string("Namespace of the workload.").min_length(1)),
                  required("name", string("Name of the workload.").min_length(1)),
                  required("kind", string("Kind of the workload.")
                                       .one_of({"Deployment", "StatefulSet", "DaemonSet"})),
                  optional("value", string("Hash of what it mounts."))}));
}

}  // namespace

KindSchema reloader_schema() {
  Schema spec = object("What to watch.",
                       {optional("reloaderInfo", workloads("Workloads that may be rolled."))});
  return {"lib.projectsveltos.io",
          "Reloader",
          "reloaders",
          "reloader",
          kube::Scope::Cluster,
          "Workloads that are rolled when what they mount changes.",
          spec,
          std::nullopt,
          Subresource::None,
          {}};
}

KindSchema reloader_report_schema() {
  std::vector<Field> more = {optional("resourcesToReload", workloads("Workloads to roll."))};
  Schema spec = object("What to roll.", fields_of({cluster_ref_fields(), more}));
  Schema status =
      object("How far the report was handled.",
             {optional("phase", string("How far the report was handled.")
                                    .one_of({"WaitingForDelivery", "Delivering", "Processed"})),
              optional("conditions", conditions())});
  return {"lib.projectsveltos.io",
          "ReloaderReport",
          "reloaderreports",
          "reloaderreport",
          kube::Scope::Namespaced,
          "Workloads of one cluster that must be rolled.",
          spec,
          status,
          Subresource::Status,
          {}};
}

}  // namespace lesto::model
