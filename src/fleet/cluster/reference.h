// Names and namespaces that are templates over a cluster (reference/core.md 4.12, "names of references").
#pragma once

#include <string>
#include <string_view>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::cluster {

// Renders `text` with .Cluster, .ClusterNamespace and .ClusterName; a text without "{{" is itself. `what` names it in
// errors: "spec.eventSourceName". Errors are Invalid, with line and column.
Result<std::string> render_reference(std::string_view what, std::string_view text, const json::Value& cluster_object);

// Which EventSource a trigger uses in a cluster.
inline Result<std::string> event_source_name(const std::string& text, const json::Value& cluster_object) {
  return render_reference("spec.eventSourceName", text, cluster_object);
}

}  // namespace lesto::cluster
