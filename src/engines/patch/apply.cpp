#include "engines/patch/apply.h"

#include <algorithm>

#include "engines/patch/updater.h"
#include "foundation/json/text.h"
#include "foundation/json/utf8.h"

namespace lesto::patch {
namespace {

using json::Value;

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
// Annotations of one object together may hold this much; kubectl's copy of the configuration gives
// way.
constexpr std::size_t kAnnotationsBytesMax = 256 * 1024;
constexpr std::size_t kManagerBytesMax = 128;

// "apps/v1, Kind=Deployment", and "/v1, Kind=Service" for the core group.
std::string kind_text(std::string_view api_version, std::string_view kind) {
  std::string version(api_version);
  if (version.find('/') == std::string::npos) version = "/" + version;
  return version + ", Kind=" + std::string(kind);
}

std::string object_text(const Value& object) {
  return object["metadata"]["namespace"].string() + "/" + object["metadata"]["name"].string() +
         "; " + kind_text(object["apiVersion"].text(), object["kind"].text());
}

Value empty_object(const Endpoint& endpoint) {
  return json::object({{"apiVersion", endpoint.api_version}, {"kind", endpoint.kind}});
}

// Fields that identify an object are nobody's.
FieldSet identity_fields() {
  FieldSet fields;
  for (std::string_view name : {"apiVersion", "kind", "metadata"})
    fields.insert({PathStep::field(name)});
  for (std::string_view name : {"name", "namespace", "creationTimestamp", "selfLink", "uid",
                                "clusterName", "generation", "managedFields", "resourceVersion"}) {
    fields.insert({PathStep::field("metadata"), PathStep::field(name)});
  }
  return fields;
}

void strip_identity(std::map<Owner, Owned>& owners, const Owner& owner) {
  auto found = owners.find(owner);
  if (found == owners.end()) return;
  found->second.fields = found->second.fields.subtract(identity_fields());
  if (found->second.fields.empty()) owners.erase(found);
}

// Too many updaters: the oldest ones of each version become one.
void cap_updaters(Managed& managed) {
  std::vector<Owner> updaters;
  for (const auto& [owner, owned] : managed.owners) {
    if (owned.operation == Operation::Update) updaters.push_back(owner);
  }
  if (updaters.size() <= kUpdateManagersMax) return;
  auto seconds = [&](const Owner& owner) -> std::int64_t {
    auto time = managed.times.find(owner);
    if (time == managed.times.end()) return 0;
    return std::chrono::floor<std::chrono::seconds>(time->second).time_since_epoch().count();
  };
  std::ranges::stable_sort(updaters, [&](const Owner& a, const Owner& b) {
    return seconds(a) != seconds(b) ? seconds(a) < seconds(b) : a.id() < b.id();
  });
  std::map<std::string, Owner> first_of_version;
  std::size_t left = updaters.size();
  for (const Owner& owner : updaters) {
    if (left <= kUpdateManagersMax) return;
    Owned owned = managed.owners[owner];
    Owner bucket{"ancient-changes", Operation::Update, owned.api_version, ""};
    auto [first, is_first] = first_of_version.emplace(owned.api_version, owner);
    if (is_first) continue;
    if (!managed.owners.contains(bucket)) {
      managed.owners[bucket] = managed.owners[first->second];
      managed.owners.erase(first->second);
    }
    FieldSet together = owned.fields.unite(managed.owners[bucket].fields);
    managed.owners[bucket] = {std::move(together), owned.api_version, owned.operation};
    managed.owners.erase(owner);
    --left;
    if (auto time = managed.times.find(owner); time != managed.times.end()) {
      Time when = time->second;
      managed.times[bucket] = when;
    } else {
      managed.times.erase(bucket);
    }
  }
}

// Records an update under `manager`, in a place of its own first: what it changed now is added to
// what it owned.
Result<void> record_update(const Endpoint& endpoint, const Value& live, const Value& object,
                           Managed& managed, std::string_view manager, Time now) {
  Owner owner{std::string(manager.empty() ? "unknown" : manager), Operation::Update,
              endpoint.api_version, endpoint.subresource};
  Owner current{"current-operation", Operation::Update, "", ""};
  const SchemaNode& type = endpoint.schema.root();
  TRY(check_typed(type, object, ListDuplicates::Allow));
  TRY(check_typed(type, live, ListDuplicates::Allow));
  TRY(Updater(endpoint).update(live, object, managed.owners, current));
  strip_identity(managed.owners, current);
  if (auto found = managed.owners.find(current); found != managed.owners.end()) {
    Owned owned = std::move(found->second);
    managed.owners.erase(found);
    if (auto before = managed.owners.find(owner); before != managed.owners.end()) {
      owned.fields = owned.fields.unite(before->second.fields);
    }
    managed.owners[owner] = std::move(owned);
    managed.times[owner] = now;
  }
  cap_updaters(managed);
  return {};
}

void set_managed_fields(Value& object, const Managed& managed) {
  Value entries = managed.encode();
  if (entries.is_null()) {
    object.erase_path({"metadata", "managedFields"});
  } else {
    object.set_path({"metadata", "managedFields"}, std::move(entries));
  }
}

// Conflicts that kubectl's own last configuration explains: it wrote these values itself, by
// client-side apply.
FieldSet own_earlier_fields(const Endpoint& endpoint, const Value& live) {
  auto last = json::parse(live["metadata"]["annotations"][kLastApplied].text());
  const SchemaNode& type = endpoint.schema.root();
  if (!last || (*last)["apiVersion"].text() != endpoint.api_version) return {};
  if (!check_typed(type, live, ListDuplicates::Refuse) ||
      !check_typed(type, *last, ListDuplicates::Refuse))
    return {};
  auto comparison = compare_typed(type, *last, live);
  if (!comparison) return {};
  return fields_of(type, *last)
      .subtract(comparison->modified)
      .subtract(comparison->added)
      .subtract(comparison->removed);
}

// kubectl keeps its annotation in step when it applies on the server's side.
void renew_last_applied(Value& object, const Value& applied) {
  if (object["metadata"]["annotations"][kLastApplied].text().empty()) return;
  Value configuration = applied;
  if (configuration["metadata"]["annotations"].contains(kLastApplied)) {
    configuration.erase_path({"metadata", "annotations", kLastApplied});
  }
  std::string text = json::canonical(configuration) + "\n";
  std::size_t bytes = 0;
  for (const json::Member& annotation : object["metadata"]["annotations"].members()) {
    bytes += annotation.name().size() +
             (annotation.name() == kLastApplied ? text : annotation.value.text()).size();
  }
  if (bytes > kAnnotationsBytesMax) {
    object.erase_path({"metadata", "annotations", kLastApplied});
  } else {
    object.set_path({"metadata", "annotations", kLastApplied}, text);
  }
}

Applied refusal(const std::vector<OwnerConflict>& conflicts) {
  Applied applied;
  for (const OwnerConflict& conflict : conflicts) {
    applied.conflicts.push_back(
        {"conflict with " + conflict.owner.text(), path_text(conflict.path)});
  }
  if (conflicts.size() == 1) {
    applied.conflict_message = "Apply failed with 1 conflict: " + applied.conflicts[0].message +
                               ": " + applied.conflicts[0].field;
    return applied;
  }
  std::string lines;
  const Owner* last = nullptr;
  for (const OwnerConflict& conflict : conflicts) {
    if (!last || !(*last == conflict.owner)) {
      lines +=
          std::string(lines.empty() ? "" : "\n") + "conflicts with " + conflict.owner.text() + ":";
    }
    last = &conflict.owner;
    lines += "\n- " + path_text(conflict.path);
  }
  applied.conflict_message =
      "Apply failed with " + std::to_string(conflicts.size()) + " conflicts: " + lines;
  return applied;
}

struct Attempt {
  Updater::Outcome outcome;
  Managed managed;
};

// One try: owners of an object that nobody tracked so far, then the apply itself.
Result<Attempt> attempt(const Endpoint& endpoint, const Value& live, const Value& applied,
                        Managed managed, const Owner& owner, Force force, Time now) {
  if (managed.owners.empty()) {
    auto recorded =
        record_update(endpoint, empty_object(endpoint), live, managed, "before-first-apply", now);
    if (!recorded) {
      return fail(Code::Internal,
                  "failed to create manager for existing fields: failed to convert new object (" +
                      object_text(live) + ") to smd typed: " + recorded.error().text());
    }
  }
  if (applied["apiVersion"].text() != endpoint.api_version) {
    return fail(Code::Invalid,
                "Incorrect version specified in apply patch. Specified patch version: " +
                    applied["apiVersion"].string() + ", expected: " + endpoint.api_version);
  }
  if (applied["metadata"].contains("managedFields") &&
      !applied["metadata"]["managedFields"].is_null()) {
    return fail(Code::Invalid, "metadata.managedFields must be nil");
  }
  const SchemaNode& type = endpoint.schema.root();
  if (auto fits = check_typed(type, applied, ListDuplicates::Refuse); !fits) {
    return fail(Code::Internal, "failed to create typed patch object (" + object_text(applied) +
                                    "): " + fits.error().text());
  }
  if (auto fits = check_typed(type, live, ListDuplicates::Allow); !fits) {
    return fail(Code::Internal, "failed to create typed live object (" + object_text(live) +
                                    "): " + fits.error().text());
  }
  TRY_ASSIGN(Updater::Outcome outcome,
             Updater(endpoint).apply(live, applied, managed.owners, owner, force));
  return Attempt{std::move(outcome), std::move(managed)};
}

bool is_reset(const Value* entries) {
  if (!entries || !entries->is_array()) return false;
  return entries->empty() ||
         (entries->size() == 1 && (*entries)[0].is_object() && (*entries)[0].empty());
}

}  // namespace

Result<Applied> apply(const Endpoint& endpoint, const Value& live_or_null, const Value& applied,
                      std::string_view manager, Force force, Time now) {
  Value live = live_or_null.is_object() ? live_or_null : empty_object(endpoint);
  auto managed = Managed::decode(live["metadata"]["managedFields"]);
  if (!managed)
    return fail(Code::Internal, "failed to decode managed fields: " + managed.error().text());
  if (applied["kind"].text() != endpoint.kind ||
      applied["apiVersion"].text() != endpoint.api_version) {
    return fail(Code::Invalid, "invalid object type: " +
                                   kind_text(applied["apiVersion"].text(), applied["kind"].text()));
  }
  Owner owner{std::string(manager.empty() ? "unknown" : manager), Operation::Apply, "",
              endpoint.subresource};
  TRY_ASSIGN(Attempt result, attempt(endpoint, live, applied, *managed, owner, force, now));
  if (!result.outcome.conflicts.empty() && manager == "kubectl") {
    FieldSet own = own_earlier_fields(endpoint, live);
    std::erase_if(result.outcome.conflicts,
                  [&](const OwnerConflict& conflict) { return own.has(conflict.path); });
    if (result.outcome.conflicts.empty()) {
      TRY_ASSIGN(result, attempt(endpoint, live, applied, *managed, owner, Force::Yes, now));
    }
  }
  if (!result.outcome.conflicts.empty()) return refusal(result.outcome.conflicts);
  strip_identity(result.managed.owners, owner);
  Applied done;
  done.content_changed = result.outcome.changed;
  done.object = result.outcome.changed ? std::move(result.outcome.object) : live;
  if (result.outcome.changed) result.managed.times[owner] = now;
  if (manager == "kubectl") renew_last_applied(done.object, applied);
  set_managed_fields(done.object, result.managed);
  return done;
}

Value track_update(const Endpoint& endpoint, const Value& live_or_null, const Value& object,
                   std::string_view manager, Time now) {
  Value live = live_or_null.is_object() ? live_or_null : empty_object(endpoint);
  const Value& live_entries = live["metadata"]["managedFields"];
  const Value* entries = object["metadata"].find("managedFields");
  Managed managed;
  if (endpoint.subresource.empty() && is_reset(entries)) {
    // The owners are forgotten.
  } else {
    auto given = entries && endpoint.subresource.empty() ? Managed::decode(*entries)
                                                         : Result<Managed>(Managed());
    bool use_given = given && !given->owners.empty();
    auto kept = use_given ? std::move(given) : Managed::decode(live_entries);
    if (kept) managed = std::move(*kept);
  }
  Value result = object;
  if (result["metadata"].contains("managedFields"))
    result.erase_path({"metadata", "managedFields"});
  // An object that is not tracked stays so; a new one is tracked from its creation.
  bool untracked = managed.owners.empty() && !live["metadata"]["uid"].text().empty();
  if (!untracked && !record_update(endpoint, live, result, managed, manager, now)) return result;
  set_managed_fields(result, managed);
  return result;
}

std::string manager_of_user_agent(std::string_view user_agent) {
  std::string manager;
  for (std::size_t i = 0; i < user_agent.size() && user_agent[i] != '/';) {
    json::Rune rune = json::rune_at(user_agent, i);
    bool printable = rune.valid && rune.value >= 0x20 && rune.value != 0x7F &&
                     !(rune.value >= 0x80 && rune.value < 0xA0);
    if (printable) {
      if (manager.size() + rune.size > kManagerBytesMax) break;
      manager += user_agent.substr(i, rune.size);
    }
    i += rune.size;
  }
  return manager;
}

}  // namespace lesto::patch
