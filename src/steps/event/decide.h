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

// There are as many reports as make each hold so many matches, or so many bytes of collected objects, in the mean. One event
// writes one whole report, so these are what an event costs, however many objects match (docs/decisions/0010).
inline constexpr std::size_t kReportMatchesMean = 128;
inline constexpr std::size_t kReportBytesMean = 8 * 1024;
// None holds more than so many, but for one object that is larger alone.
inline constexpr std::size_t kReportMatchesMax = 256;
inline constexpr std::size_t kReportBytesMax = 64 * 1024;
// The matches of one source in one cluster, over all its reports.
inline constexpr std::size_t kMatchesMax = 100'000;

struct Match {
  model::ObjectReference reference;
  json::Value object;  // null unless the source collects resources
  std::size_t bytes = 0;
  // By its identity: which report it belongs to.
  std::uint32_t place = 0;
  // By its identity and version: two matches with the same one read the same in a report.
  std::uint64_t fingerprint = 0;
};
using Matches = std::map<kube::ObjectId, Match>;

model::ObjectReference reference_to(const json::Value& object);

// `object` is null unless it is to be reported whole; `version` tells its states apart.
Match make_match(const kube::ObjectId& id, model::ObjectReference reference, json::Value object, std::size_t bytes,
                 std::string_view version);

// What a report was seen to hold, so that it need not be encoded to find out that nothing changes.
struct Known {
  std::string resource_version;
  std::uint64_t fingerprint = 0;
  // The store has it, the server may not: it is written whatever it seems to hold.
  bool unwritten = false;
};

struct Inputs {
  model::ClusterRef cluster;
  std::string source;
  // A trigger asks for the source here, and the source exists.
  bool wanted = false;
  bool collect_resources = false;
  // One set of matches a selector, or of an aggregated selection alone. Of two with one object the first counts.
  std::vector<const Matches*> matches;
  // Kinds of which the present state is not known: what a report says of them stays.
  std::set<kube::GroupKind> incomplete;
  // All reports stay as they are: the source or a trigger cannot be read, or an aggregated selection, which needs all
  // objects, lacks some.
  bool hold = false;
  // The reports that exist, by name, and what is known of them.
  std::map<std::string, std::shared_ptr<const model::EventReport>> existing;
  std::map<std::string, Known> known;
};

struct Decision {
  std::vector<model::EventReport> create;
  std::vector<model::EventReport> update;  // carries the resourceVersion that was read
  // The names of those updates that lose no match: they may be acted upon while they are being written
  // (docs/decisions/0011).
  std::set<std::string> ahead;
  std::vector<std::shared_ptr<const model::EventReport>> remove;
  // By name: what each report holds once this is carried out, and the version that it has now.
  std::map<std::string, Known> holds;
  // What could not be reported, for the condition of the source.
  std::optional<std::string> refused;
};

Decision decide(const Inputs& inputs);

// What reports say about the objects of one kind.
Matches reported_matches(const std::map<std::string, std::shared_ptr<const model::EventReport>>& reports,
                         const kube::GroupKind& kind);

}  // namespace lesto::event
