// Which used fields of an object Lesto reads but does not serve yet. A step asks before it acts,
// and puts a condition on the object instead of doing half of what is wanted. A line leaves the
// table in unsupported.cpp when its feature lands.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fleet/model/event_source.h"
#include "fleet/model/event_trigger.h"
#include "fleet/model/profile.h"
#include "fleet/model/sveltos_cluster.h"

namespace lesto::model {

struct UnsupportedField {
  // "spec.policyRefs[0].remoteURL".
  std::string path;
  // "content from an address".
  std::string_view feature;
  friend bool operator==(const UnsupportedField&, const UnsupportedField&) = default;
};

using UnsupportedFields = std::vector<UnsupportedField>;

// Of the labels that say with whose rights a profile is deployed.
UnsupportedFields unsupported_labels(const std::map<std::string, std::string>& labels);

UnsupportedFields unsupported(const EventSource& source);
UnsupportedFields unsupported(const EventTrigger& trigger);
UnsupportedFields unsupported(const Profile& profile);
UnsupportedFields unsupported(const SveltosCluster& cluster);
// Of a kind that no step acts on, the kind as a whole: ClusterSet, Set. (A Reloader has no status to say it in.)
UnsupportedFields unsupported_kind(std::string_view kind);
// A ConfigMap or Secret of a policyRef, by its annotations.
UnsupportedFields unsupported_content(const std::map<std::string, std::string>& annotations);

// "spec.helmCharts (Helm charts) and spec.reloader (reloading) are not supported yet".
std::string unsupported_text(const UnsupportedFields& fields);

}  // namespace lesto::model
