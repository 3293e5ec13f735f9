#include "steps/event/decide.h"

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::event {
namespace {

kube::ObjectId id_of(const model::ObjectReference& reference) {
  kube::GroupVersionKind gvk = kube::parse_gvk(reference.api_version, reference.kind);
  return {gvk.group, gvk.kind, {reference.ns, reference.name}};
}

// What the existing reports say about kinds of which nothing is known now.
void keep_incomplete(const Inputs& inputs, Matches& matches) {
  for (const kube::GroupKind& kind : inputs.incomplete) matches.merge(reported_matches(inputs.existing, kind));
}

using Shard = std::vector<const Matches::value_type*>;

std::vector<Shard> split(const Matches& matches, std::size_t count) {
  std::vector<Shard> shards(count);
  for (const auto& entry : matches) shards[shard_of(entry.first, count)].push_back(&entry);
  return shards;
}

bool fits(const Shard& shard, std::size_t matches_max, std::size_t bytes_max) {
  if (shard.size() > matches_max) return false;
  std::size_t bytes = 0;
  for (const auto* entry : shard) bytes += entry->second.bytes;
  // One object that is too large alone goes alone.
  return bytes <= bytes_max || shard.size() == 1;
}

bool all_fit(const std::vector<Shard>& shards, std::size_t matches_max, std::size_t bytes_max) {
  return std::ranges::all_of(shards, [&](const Shard& s) { return fits(s, matches_max, bytes_max); });
}

// The number of reports stays as it is while the matches fit, so that one event rewrites one report; it shrinks only
// when a quarter of the room would do.
std::vector<Shard> choose_shards(const Matches& matches, std::size_t present) {
  std::size_t count = 1;
  while (count < present) count *= 2;
  while (count > 1 && all_fit(split(matches, count / 2), kReportMatchesMax / 4, kReportBytesMax / 4)) count /= 2;
  std::vector<Shard> shards = split(matches, count);
  while (!all_fit(shards, kReportMatchesMax, kReportBytesMax) && count < kMatchesMax) {
    count *= 2;
    shards = split(matches, count);
  }
  return shards;
}

model::EventReport make_report(const Inputs& inputs, std::size_t number, const Shard& shard) {
  model::EventReport report;
  report.meta.name = model::event_report_name(inputs.cluster, inputs.source, number);
  report.meta.ns = inputs.cluster.ns;
  report.meta.labels = model::event_report_labels(inputs.cluster, inputs.source);
  report.spec.cluster = inputs.cluster;
  report.spec.event_source_name = inputs.source;
  std::vector<json::Value> objects;
  for (const auto* entry : shard) {
    report.spec.matching_resources.push_back(entry->second.reference);
    if (inputs.collect_resources && !entry->second.object.is_null()) objects.push_back(entry->second.object);
  }
  if (!objects.empty()) report.spec.resources = model::encode_resources(objects);
  return report;
}

}  // namespace

Matches reported_matches(const std::map<std::string, std::shared_ptr<const model::EventReport>>& reports,
                         const kube::GroupKind& kind) {
  Matches matches;
  for (const auto& [name, report] : reports) {
    std::map<kube::ObjectId, json::Value> by_id;
    auto objects = model::decode_resources(report->spec.resources);
    for (std::size_t i = 0; objects && i < objects->size(); ++i) {
      kube::ObjectId id = kube::id_of((*objects)[i]);
      by_id.emplace(std::move(id), std::move((*objects)[i]));
    }
    for (const model::ObjectReference& reference : report->spec.matching_resources) {
      kube::ObjectId id = id_of(reference);
      if (id.group != kind.group || id.kind != kind.kind) continue;
      Match match{.reference = reference, .object = {}, .bytes = 0};
      auto object = by_id.find(id);
      if (object != by_id.end()) {
        match.bytes = json::write(object->second).size();
        match.object = std::move(object->second);
      }
      matches.emplace(std::move(id), std::move(match));
    }
  }
  return matches;
}

std::size_t shard_of(const kube::ObjectId& id, std::size_t count) {
  Digest digest = sha256(id.group + "/" + id.kind + "/" + id.key.text());
  std::size_t number = digest[0] | static_cast<std::size_t>(digest[1]) << 8 | static_cast<std::size_t>(digest[2]) << 16;
  return number & (count - 1);
}

Decision decide(const Inputs& inputs) {
  Decision decision;
  if (inputs.hold) return decision;
  if (!inputs.wanted) {
    for (const auto& [name, report] : inputs.existing) decision.remove.push_back(report);
    return decision;
  }
  Matches matches = inputs.matches;
  keep_incomplete(inputs, matches);
  if (matches.size() > kMatchesMax) {
    decision.refused = std::to_string(matches.size()) + " objects match, more than the limit of " +
                       std::to_string(kMatchesMax) + ": the reports are left as they are";
    return decision;
  }
  std::vector<Shard> shards = choose_shards(matches, inputs.existing.size());
  std::set<std::string> kept;
  for (std::size_t number = 0; number < shards.size(); ++number) {
    // A source without a match has one empty report (reference/core.md hard case 51).
    if (shards[number].empty() && number > 0) continue;
    model::EventReport report = make_report(inputs, number, shards[number]);
    kept.insert(report.meta.name);
    auto existing = inputs.existing.find(report.meta.name);
    if (existing == inputs.existing.end()) {
      decision.create.push_back(std::move(report));
    } else if (existing->second->spec != report.spec) {
      report.meta = existing->second->meta;
      decision.update.push_back(std::move(report));
    }
  }
  for (const auto& [name, report] : inputs.existing) {
    if (!kept.contains(name)) decision.remove.push_back(report);
  }
  return decision;
}

}  // namespace lesto::event
