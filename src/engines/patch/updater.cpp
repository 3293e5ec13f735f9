#include "engines/patch/updater.h"

#include <algorithm>

namespace lesto::patch {

using json::Value;

Updater::Updater(const Endpoint& endpoint) : endpoint_(endpoint), type_(endpoint.schema.root()) {
  for (const std::vector<std::string>& field : endpoint.reset_fields) {
    Path path;
    for (const std::string& step : field) path.push_back(PathStep::field(step));
    reset_.insert(path);
  }
}

bool Updater::is_served(std::string_view api_version) const {
  return api_version == endpoint_.api_version ||
         std::ranges::find(endpoint_.other_versions, api_version) != endpoint_.other_versions.end();
}

// Owners in versions that are no longer served are forgotten; the others follow changes of the
// schema.
std::map<Owner, Owned> Updater::reconcile(const std::map<Owner, Owned>& owners) const {
  std::map<Owner, Owned> result;
  for (const auto& [owner, owned] : owners) {
    if (!is_served(owned.api_version)) continue;
    result[owner] = {reconcile_fields(type_, owned.fields), owned.api_version, owned.operation};
  }
  return result;
}

// Takes what changed from the other owners. With conflicts and no force nothing is taken.
std::vector<OwnerConflict> Updater::take_over(const Comparison& comparison,
                                              std::map<Owner, Owned>& owners, const Owner& owner,
                                              Force force) const {
  FieldSet changed = comparison.modified.unite(comparison.added);
  std::map<Owner, FieldSet> conflicts;
  for (const auto& [other, owned] : owners) {
    if (other == owner) continue;
    FieldSet both = owned.fields.intersect(changed);
    if (!both.empty()) conflicts.emplace(other, std::move(both));
  }
  std::vector<OwnerConflict> refused;
  if (force == Force::No) {
    for (const auto& [other, fields] : conflicts) {
      fields.for_each([&](const Path& path) { refused.push_back({other, path}); });
    }
    if (!refused.empty()) return refused;
  }
  for (auto& [other, fields] : conflicts)
    owners[other].fields = owners[other].fields.subtract(fields);
  for (auto& [other, owned] : owners) {
    if (!(other == owner)) owned.fields = owned.fields.subtract(comparison.removed);
  }
  std::erase_if(owners, [](const auto& each) { return each.second.fields.empty(); });
  return refused;
}

Result<Comparison> Updater::compare_filtered(const Value& before, const Value& after) const {
  TRY_ASSIGN(Comparison comparison, compare_typed(type_, before, after));
  if (reset_.empty()) return comparison;
  return Comparison{filter(comparison.removed), filter(comparison.modified),
                    filter(comparison.added)};
}

Result<void> Updater::update(const Value& live, const Value& object, std::map<Owner, Owned>& owners,
                             const Owner& owner) const {
  std::map<Owner, Owned> next = reconcile(owners);
  TRY_ASSIGN(Comparison comparison, compare_filtered(live, object));
  take_over(comparison, next, owner, Force::Yes);
  FieldSet fields = next[owner]
                        .fields.subtract(comparison.removed)
                        .unite(comparison.modified)
                        .unite(comparison.added);
  fields = filter(fields);
  if (fields.empty()) {
    next.erase(owner);
  } else {
    next[owner] = {std::move(fields), endpoint_.api_version, Operation::Update};
  }
  owners = std::move(next);
  return {};
}

Result<Updater::Outcome> Updater::apply(const Value& live, const Value& config,
                                        std::map<Owner, Owned>& owners, const Owner& owner,
                                        Force force) const {
  std::map<Owner, Owned> next = reconcile(owners);
  TRY_ASSIGN(std::optional<Value> merged,
             during(merge_typed(type_, &live, &config), "failed to merge config"));
  std::optional<Owned> last;
  if (auto found = next.find(owner); found != next.end()) last = found->second;
  next[owner] = {filter(fields_of(type_, config)), endpoint_.api_version, Operation::Apply};
  Outcome outcome;
  outcome.object = prune(merged.value_or(Value()), next, owner, last ? &*last : nullptr);
  TRY_ASSIGN(Comparison comparison,
             during(compare_filtered(live, outcome.object), "failed to compare objects"));
  outcome.conflicts = take_over(comparison, next, owner, force);
  if (!outcome.conflicts.empty()) return outcome;
  owners = std::move(next);
  outcome.changed = !same_value(live, outcome.object);
  return outcome;
}

FieldSet Updater::named_fields_of(const Value& value) const {
  return fields_of(type_, value).with_named_fields(&type_);
}

// Removes what this owner applied before, applies no longer, and nobody else owns.
Value Updater::prune(const Value& merged, const std::map<Owner, Owned>& owners, const Owner& owner,
                     const Owned* last) const {
  if (!last || last->fields.empty() || !is_served(last->api_version)) return merged;
  // The common case: it applies all that it applied before.
  if (last->fields.subtract(owners.at(owner).fields).empty()) return merged;
  FieldSet last_fields = last->fields.with_named_fields(&type_);
  Value pruned = remove_fields(type_, merged, last_fields);

  // What is owned, by whomever, comes back: first in the version of the last apply, then in the
  // others.
  std::map<std::string, FieldSet> owned_by_version;
  for (const auto& [other, owned] : owners) {
    FieldSet& fields = owned_by_version[owned.api_version];
    fields = fields.unite(owned.fields);
  }
  FieldSet merged_fields = named_fields_of(merged);
  auto add_back = [&](const FieldSet& owned) {
    FieldSet kept = named_fields_of(pruned).unite(owned.with_named_fields(&type_));
    pruned = remove_fields(type_, merged, merged_fields.subtract(kept));
  };
  if (auto own = owned_by_version.find(last->api_version); own != owned_by_version.end()) {
    add_back(own->second);
    owned_by_version.erase(own);
  }
  for (const auto& [version, owned] : owned_by_version) {
    if (is_served(version)) add_back(owned);
  }

  // What nobody owned and was not the owner's before comes back, too.
  FieldSet gone = merged_fields.subtract(named_fields_of(pruned)).intersect(last_fields);
  return remove_fields(type_, merged, gone);
}

}  // namespace lesto::patch
