// What the EventReports of one source in one cluster must say. Pure.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "fleet/model/event_report.h"
#include "fleet/model/reference.h"
#include "kube/object/object.h"

namespace lesto::event {

// A report holds at most so many matches, and so many bytes of collected objects (design section 3.9).
inline constexpr std::size_t kReportMatchesMax = 256;
inline constexpr std::size_t kReportBytesMax = 512 * 1024;
// The matches of one source in one cluster, over all its reports.
inline constexpr std::size_t kMatchesMax = 100'000;

struct Match {
  model::ObjectReference reference;
  json::Value object;  // null unless the source collects resources
  std::size_t bytes = 0;
};
using Matches = std::map<kube::ObjectId, Match>;

struct Inputs {
  model::ClusterRef cluster;
  std::string source;
  // A trigger asks for the source here, and the source exists.
  bool wanted = false;
  bool collect_resources = false;
  Matches matches;
  // Kinds of which the present state is not known: what a report says of them stays.
  std::set<kube::GroupKind> incomplete;
  // All reports stay as they are: the source or a trigger cannot be read, or an aggregated selection, which needs all
  // objects, lacks some.
  bool hold = false;
  // The reports that exist, by name.
  std::map<std::string, std::shared_ptr<const model::EventReport>> existing;
};

struct Decision {
  std::vector<model::EventReport> create;
  std::vector<model::EventReport> update;  // carries the resourceVersion that was read
  std::vector<std::shared_ptr<const model::EventReport>> remove;
  // What could not be reported, for the condition of the source.
  std::optional<std::string> refused;
};

Decision decide(const Inputs& inputs);

// What reports say about the objects of one kind.
Matches reported_matches(const std::map<std::string, std::shared_ptr<const model::EventReport>>& reports,
                         const kube::GroupKind& kind);

// Which of `count` reports (a power of two) an object belongs to.
std::size_t shard_of(const kube::ObjectId& id, std::size_t count);

}  // namespace lesto::event
