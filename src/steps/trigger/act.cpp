#include "steps/trigger/act.h"

#include "fleet/model/names.h"
#include "foundation/io/parallel.h"

namespace lesto::trigger {
namespace {

constexpr std::size_t kWritesParallel = 16;

control::Collection& collection_of(cluster::Management& management, const json::Value& object) {
  if (object["kind"].text() == "ClusterProfile") return management.cluster_profiles.collection;
  return object["kind"].text() == "Secret" ? management.secrets : management.config_maps;
}

void note(cluster::Management& management, ledger::Ledger& ledger, const Unit& unit, ledger::Verb verb,
          const json::Value& object, std::string reason) {
  ledger::Record record;
  record.step = "trigger";
  record.cluster = cluster::kManagement;
  record.subject = kube::text_of(object);
  record.verb = verb;
  record.reason = std::move(reason);
  record.inputs = causes(management, unit);
  ledger.append(std::move(record), verb == ledger::Verb::Write ? object : json::Value());
}

// Two profiles that differ in how the defaults are written are the same.
bool same_spec(const json::Value& live, const json::Value& wanted) {
  auto before = model::parse_profile(live);
  auto after = model::parse_profile(wanted);
  return before && after && before->spec == after->spec;
}

}  // namespace

std::vector<ledger::Input> causes(cluster::Management& management, const Unit& unit) {
  std::vector<ledger::Input> inputs;
  std::string own(cluster::kManagement);
  const json::Value& trigger = management.triggers(unit.form).store().get({"", unit.trigger});
  if (!trigger.is_null()) inputs.push_back(ledger::as_read(own, trigger));
  std::string name = model::event_report_name(unit.cluster, unit.source, 0);
  const json::Value& report = management.event_reports.store().get({unit.cluster.ns, name});
  if (!report.is_null()) inputs.push_back(ledger::as_read(own, report));
  // In the version that the report holds.
  if (!unit.object.key.name.empty()) {
    inputs.push_back({cluster::cluster_text(unit.cluster), unit.object.text(), {}, {}});
  }
  return inputs;
}

namespace {

// The live object with everything of ours as wanted and everything of others as it is; null when that changes nothing.
json::Value merged(const json::Value& live, const json::Value& wanted) {
  json::Value next = live;
  bool profile = wanted["kind"].text() == "ClusterProfile";
  for (const json::Member& member : wanted.members()) {
    if (member.name() == "metadata" || member.name() == "status") continue;
    if (profile && member.name() == "spec" && same_spec(live, wanted)) continue;
    next.set(member.name(), member.value);
  }
  for (const char* map : {"labels", "annotations"}) {
    for (const json::Member& member : wanted["metadata"][map].members()) {
      next.at("metadata").at(map).set(member.name(), member.value);
    }
  }
  // Annotations of the source that went away go away here, too.
  if (!profile) next.at("metadata").set("annotations", wanted["metadata"]["annotations"]);
  return next == live ? json::Value() : next;
}

bool is_of(const json::Value& object, const Unit& unit) {
  auto owner = unit_of(object);
  return owner && same_unit(*owner, unit);
}

// One object as it must become.
struct Put {
  json::Value wanted;
  json::Value object;  // as it is sent; null when it is so already
  bool fresh = false;
};

// Invalid when the name is somebody else's, Unavailable while what has it is on its way out.
Result<Put> plan_put(cluster::Management& management, const Unit& unit, const json::Value& wanted) {
  const json::Value& live = collection_of(management, wanted).get(kube::key_of(wanted));
  if (live.is_null()) return Put{wanted, wanted, true};
  if (!is_of(live, unit)) {
    auto owner = unit_of(live);
    std::string whose = owner ? "EventTrigger " + owner->trigger + " made it for " + owner->object.text() : "no EventTrigger made it";
    return fail(Code::Invalid, kube::text_of(wanted) + " exists already and is not this event's: " + whose);
  }
  if (kube::is_deleting(live)) return fail(Code::Unavailable, kube::text_of(live) + " is still being withdrawn");
  return Put{wanted, merged(live, wanted), false};
}

io::Task<Result<void>> carry_out(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit, Put put) {
  if (put.object.is_null()) co_return {};
  control::Collection& collection = collection_of(management, put.object);
  auto task = put.fresh ? collection.create(std::move(context), put.object) : collection.update(std::move(context), put.object);
  auto written = co_await std::move(task);
  if (!written) co_return fail(std::move(written).error());
  note(management, ledger, unit, ledger::Verb::Write, put.wanted,
       put.fresh ? "the object matches" : "the object or the trigger's content changed");
  co_return {};
}

io::Task<Result<void>> drop(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit,
                            json::Value object, std::string reason) {
  if (kube::is_deleting(object)) co_return {};
  control::Collection& collection = collection_of(management, object);
  std::string uid(kube::uid_of(object));
  auto removed = co_await collection.remove(std::move(context), kube::key_of(object), std::move(uid));
  if (!removed) co_return removed;
  note(management, ledger, unit, ledger::Verb::Delete, object, std::move(reason));
  co_return {};
}

// The copies of a unit that are not in `kept`.
std::vector<json::Value> copies_of(const cluster::Management& management, const Unit& unit,
                                   const std::vector<json::Value>& kept) {
  auto is_kept = [&](const json::Value& object) {
    return std::ranges::any_of(kept, [&](const json::Value& k) {
      return k["kind"] == object["kind"] && kube::key_of(k) == kube::key_of(object);
    });
  };
  std::vector<json::Value> copies;
  for (const kube::ObjectKey& key : config_maps_of_unit(management, unit)) {
    if (!is_kept(management.config_maps.get(key))) copies.push_back(management.config_maps.get(key));
  }
  for (const kube::ObjectKey& key : secrets_of_unit(management, unit)) {
    if (!is_kept(management.secrets.get(key))) copies.push_back(management.secrets.get(key));
  }
  return copies;
}

}  // namespace

std::vector<kube::ObjectId> taken_names(cluster::Management& management, const Unit& unit, const Decision& decision) {
  std::vector<kube::ObjectId> taken;
  auto look = [&](const json::Value& wanted) {
    const json::Value& live = collection_of(management, wanted).get(kube::key_of(wanted));
    if (!live.is_null() && !is_of(live, unit)) taken.push_back(kube::id_of(live));
  };
  for (const json::Value& copy : decision.copies) look(copy);
  look(decision.profile);
  return taken;
}

io::Task<Result<void>> act(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit,
                           Decision decision) {
  // Nothing is written unless all of it may be.
  std::vector<Put> puts;
  for (const json::Value& copy : decision.copies) {
    CO_TRY_ASSIGN(Put put, plan_put(management, unit, copy));
    puts.push_back(std::move(put));
  }
  CO_TRY_ASSIGN(Put last, plan_put(management, unit, decision.profile));
  puts.push_back(std::move(last));
  // The profile goes out last, but waits for nobody: step 3 needs a write of its own before step 4 reads the copies, and
  // a copy that is missing then is an error that heals when it comes.
  io::Parallel writes(management.management_client().loop(), kWritesParallel);
  for (Put& put : puts) {
    auto one = carry_out(context, management, ledger, unit, std::move(put));
    co_await writes.spawn(std::move(one));
  }
  auto done = co_await writes.join();
  if (!done) co_return done;
  // A profile of another name, from before profileNameFormat changed or made twice by upstream.
  for (const kube::ObjectKey& key : profiles_of_unit(management, unit)) {
    if (key.name == kube::name_of(decision.profile)) continue;
    json::Value stale = management.cluster_profiles.collection.get(key);
    auto dropped = co_await drop(context, management, ledger, unit, std::move(stale), "the profile has another name now");
    if (!dropped) co_return dropped;
  }
  for (json::Value& copy : copies_of(management, unit, decision.copies)) {
    auto dropped = co_await drop(context, management, ledger, unit, std::move(copy), "the profile no longer refers to it");
    if (!dropped) co_return dropped;
  }
  co_return {};
}

io::Task<Result<Left>> withdraw(io::Context context, cluster::Management& management, ledger::Ledger& ledger, Unit unit,
                                std::string reason) {
  std::vector<kube::ObjectKey> profiles = profiles_of_unit(management, unit);
  for (const kube::ObjectKey& key : profiles) {
    json::Value profile = management.cluster_profiles.collection.get(key);
    auto dropped = co_await drop(context, management, ledger, unit, std::move(profile), reason);
    if (!dropped) co_return fail(std::move(dropped).error());
  }
  if (!profiles_of_unit(management, unit).empty()) co_return Left::Something;
  for (json::Value& copy : copies_of(management, unit, {})) {
    auto dropped = co_await drop(context, management, ledger, unit, std::move(copy), reason);
    if (!dropped) co_return fail(std::move(dropped).error());
  }
  co_return Left::Nothing;
}

}  // namespace lesto::trigger
