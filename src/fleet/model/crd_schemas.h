// The description of each kind from which its CustomResourceDefinition is printed. Internal to
// fleet/model.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "fleet/model/schema.h"
#include "kube/object/object.h"

namespace lesto::model {

enum class Subresource { None, Status };
enum class Versions { Both, OldOnly };

struct PrinterColumn {
  std::string_view name;
  std::string_view type;
  std::string_view path;
  std::string_view description;
  // Above 0: only in wide output.
  int priority = 0;
};

struct KindSchema {
  std::string_view group;
  std::string_view kind;
  std::string_view plural;
  std::string_view singular;
  kube::Scope scope = kube::Scope::Cluster;
  std::string_view description;
  std::optional<Schema> spec;
  std::optional<Schema> status;
  Subresource subresource = Subresource::Status;
  std::vector<PrinterColumn> columns;
  // v1beta1 and v1alpha1, or v1alpha1 alone.
  Versions versions = Versions::Both;
};

KindSchema sveltos_cluster_schema();
KindSchema event_source_schema();
KindSchema event_trigger_schema();
KindSchema event_based_add_on_schema();
KindSchema event_report_schema();
KindSchema cluster_profile_schema();
KindSchema profile_schema();
KindSchema cluster_summary_schema();
KindSchema cluster_configuration_schema();
KindSchema cluster_report_schema();
KindSchema cluster_set_schema();
KindSchema set_schema();
KindSchema resource_summary_schema();
KindSchema reloader_schema();
KindSchema reloader_report_schema();

}  // namespace lesto::model
