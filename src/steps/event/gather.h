// Reads what step 1 decides from. Stores only, no decisions.
#pragma once

#include <map>
#include <set>

#include "fleet/cluster/management.h"
#include "fleet/cluster/registry.h"
#include "steps/event/watch.h"

namespace lesto::event {

// Which sources are to be watched, and how: by cluster and selection.
struct Plan {
  std::set<SourceKey> wanted;
  std::map<model::ClusterRef, std::map<WatchKey, std::vector<Subscription>>> watches;
  // Sources that cannot be served, with the reason: they have no watches, and their reports stay.
  std::map<std::string, std::string> refused;
  // Some trigger cannot be read or evaluated now: which sources it asks for is not known, so no report is removed for
  // lack of a trigger.
  bool uncertain = false;
};

Plan gather_plan(const cluster::Management& management, const cluster::Registry& registry);

// The reports of one source in one cluster, by name.
std::map<std::string, std::shared_ptr<const model::EventReport>> gather_reports(
    const cluster::Management& management, const SourceKey& key);

// Whose matches a report holds. Reads four fields: reports are large, and this is asked for each of their changes.
std::optional<SourceKey> source_of(const json::Value& report);

// The index over EventReports that gather_reports() reads; added once, before the store is filled.
void index_reports(cluster::Management& management);

}  // namespace lesto::event
