#include "steps/event/decide.h"

#include <algorithm>
#include <bit>

#include "fleet/model/names.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::event {
namespace {

kube::ObjectId id_of(const model::ObjectReference& reference) {
  kube::GroupVersionKind gvk = kube::parse_gvk(reference.api_version, reference.kind);
  return {gvk.group, gvk.kind, {reference.ns, reference.name}};
}

using Entry = Matches::value_type;
using Shard = std::vector<const Entry*>;

// All matches in the order of their identities; of two with one object the first.
Shard in_order(const std::vector<const Matches*>& sets) {
  Shard all;
  for (const Matches* set : sets) {
    for (const Entry& entry : *set) all.push_back(&entry);
  }
  if (sets.size() < 2) return all;
  std::ranges::stable_sort(all, {}, [](const Entry* entry) -> const kube::ObjectId& { return entry->first; });
  auto doubles = std::ranges::unique(all, {}, [](const Entry* entry) -> const kube::ObjectId& { return entry->first; });
  all.erase(doubles.begin(), doubles.end());
  return all;
}

// Linear hashing: one report more splits one report in two, and leaves the others as they are.
std::size_t report_of(const Match& match, std::size_t count) {
  std::size_t wide = std::bit_ceil(count);
  std::size_t number = match.place & (wide - 1);
  return number < count ? number : number - wide / 2;
}

bool fit(const Shard& all, std::size_t count) {
  struct Load {
    std::size_t matches = 0;
    std::size_t bytes = 0;
  };
  std::vector<Load> loads(count);
  for (const Entry* entry : all) {
    Load& load = loads[report_of(entry->second, count)];
    ++load.matches;
    load.bytes += entry->second.bytes;
  }
  return std::ranges::all_of(loads, [](const Load& load) {
    return load.matches <= kReportMatchesMax && (load.bytes <= kReportBytesMax || load.matches == 1);
  });
}

// How many reports there are, the empty ones in between included.
std::size_t present_count(const Inputs& inputs) {
  std::size_t found = 0;
  std::size_t count = 0;
  std::size_t numbers_max = 4 * inputs.existing.size() + 64;
  for (std::size_t number = 0; number < numbers_max && found < inputs.existing.size(); ++number) {
    if (!inputs.existing.contains(model::event_report_name(inputs.cluster, inputs.source, number))) continue;
    ++found;
    count = number + 1;
  }
  return count;
}

// As many as the mean asks for; those that are there stay until half of them would do.
std::size_t choose_count(const Shard& all, std::size_t present) {
  std::size_t bytes = 0;
  for (const Entry* entry : all) bytes += std::min(entry->second.bytes, 2 * kReportBytesMean);
  std::size_t wanted = std::max({std::size_t{1}, bytes / kReportBytesMean, all.size() / kReportMatchesMean});
  std::size_t count = std::clamp(present, wanted, 2 * wanted);
  while (count < kMatchesMax && !fit(all, count)) count = std::bit_ceil(count + 1);
  return count;
}

std::vector<Shard> split(const Shard& all, std::size_t count) {
  std::vector<Shard> shards(count);
  for (const Entry* entry : all) shards[report_of(entry->second, count)].push_back(entry);
  return shards;
}

std::uint64_t fingerprint_of(const Inputs& inputs, const Shard& shard) {
  std::uint64_t sum = shard.size() * 2 + (inputs.collect_resources ? 1 : 0);
  for (const Entry* entry : shard) sum += entry->second.fingerprint;
  return sum;
}

model::EventReport make_report(const Inputs& inputs, std::string name, const Shard& shard) {
  model::EventReport report;
  report.meta.name = std::move(name);
  report.meta.ns = inputs.cluster.ns;
  report.meta.labels = model::event_report_labels(inputs.cluster, inputs.source);
  report.spec.cluster = inputs.cluster;
  report.spec.event_source_name = inputs.source;
  std::vector<json::Value> objects;
  for (const Entry* entry : shard) {
    report.spec.matching_resources.push_back(entry->second.reference);
    if (inputs.collect_resources && !entry->second.object.is_null()) objects.push_back(entry->second.object);
  }
  if (!objects.empty()) report.spec.resources = model::encode_resources(objects);
  return report;
}

enum class Holds { Unknown, Same, Unwritten };

Holds holds(const Inputs& inputs, const model::EventReport& existing, std::uint64_t fingerprint) {
  auto known = inputs.known.find(existing.meta.name);
  if (known == inputs.known.end()) return Holds::Unknown;
  if (known->second.unwritten) return Holds::Unwritten;
  bool same = known->second.fingerprint == fingerprint && known->second.resource_version == existing.meta.resource_version;
  return same ? Holds::Same : Holds::Unknown;
}

// Whether everything that the report names is in the next one, too.
bool only_adds(const model::EventReport& report, const model::EventReport& next) {
  std::set<kube::ObjectId> names;
  for (const model::ObjectReference& reference : next.spec.matching_resources) names.insert(id_of(reference));
  return std::ranges::all_of(report.spec.matching_resources,
                             [&](const model::ObjectReference& reference) { return names.contains(id_of(reference)); });
}

void decide_report(const Inputs& inputs, std::string name, const Shard& shard, Decision& decision) {
  std::uint64_t fingerprint = fingerprint_of(inputs, shard);
  auto existing = inputs.existing.find(name);
  Known& known = decision.holds[name];
  known.fingerprint = fingerprint;
  if (existing == inputs.existing.end()) {
    decision.create.push_back(make_report(inputs, std::move(name), shard));
    return;
  }
  known.resource_version = existing->second->meta.resource_version;
  Holds present = holds(inputs, *existing->second, fingerprint);
  if (present == Holds::Same) return;
  model::EventReport report = make_report(inputs, std::move(name), shard);
  if (present == Holds::Unknown && existing->second->spec == report.spec) return;
  report.meta = existing->second->meta;
  if (only_adds(*existing->second, report)) decision.ahead.insert(report.meta.name);
  decision.update.push_back(std::move(report));
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
      auto object = by_id.find(id);
      std::string text = object == by_id.end() ? "" : json::write(object->second);
      Match match = make_match(id, reference, object == by_id.end() ? json::Value() : object->second, text.size(), text);
      matches.emplace(std::move(id), std::move(match));
    }
  }
  return matches;
}

model::ObjectReference reference_to(const json::Value& object) {
  return {.kind = object["kind"].string(),
          .ns = std::string(kube::namespace_of(object)),
          .name = std::string(kube::name_of(object)),
          .uid = {},
          .api_version = object["apiVersion"].string(),
          .resource_version = {},
          .field_path = {}};
}

Match make_match(const kube::ObjectId& id, model::ObjectReference reference, json::Value object, std::size_t bytes,
                 std::string_view version) {
  auto number = [](const std::string& text) {
    Digest digest = sha256(text);
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | digest[i];
    return number;
  };
  std::string identity = id.group + "/" + id.kind + "/" + id.key.text();
  Match match{.reference = std::move(reference), .object = std::move(object), .bytes = bytes};
  match.place = static_cast<std::uint32_t>(number(identity));
  match.fingerprint = number(identity + "\n" + std::string(version));
  return match;
}

Decision decide(const Inputs& inputs) {
  Decision decision;
  if (inputs.hold) return decision;
  if (!inputs.wanted) {
    for (const auto& [name, report] : inputs.existing) decision.remove.push_back(report);
    return decision;
  }
  // What the existing reports say about kinds of which nothing is known now.
  Matches kept;
  for (const kube::GroupKind& kind : inputs.incomplete) kept.merge(reported_matches(inputs.existing, kind));
  std::vector<const Matches*> sets = inputs.matches;
  if (!kept.empty()) sets.push_back(&kept);
  Shard all = in_order(sets);
  if (all.size() > kMatchesMax) {
    decision.refused = std::to_string(all.size()) + " objects match, more than the limit of " +
                       std::to_string(kMatchesMax) + ": the reports are left as they are";
    return decision;
  }
  std::vector<Shard> shards = split(all, choose_count(all, present_count(inputs)));
  for (std::size_t number = 0; number < shards.size(); ++number) {
    // A source without a match has one empty report (reference/core.md hard case 51).
    if (shards[number].empty() && number > 0) continue;
    decide_report(inputs, model::event_report_name(inputs.cluster, inputs.source, number), shards[number], decision);
  }
  for (const auto& [name, report] : inputs.existing) {
    if (!decision.holds.contains(name)) decision.remove.push_back(report);
  }
  return decision;
}

}  // namespace lesto::event
