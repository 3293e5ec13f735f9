#include "steps/trigger/reconcile.h"

#include "fleet/model/names.h"
#include "fleet/model/unsupported.h"
#include "kube/control/conditions.h"

namespace lesto::trigger {
namespace {

constexpr std::size_t kUnitsParallel = 64;
constexpr std::size_t kTriggersParallel = 8;

TriggerKey trigger_key(const Unit& unit) { return {unit.form, unit.trigger}; }

std::string_view finalizer_of(model::TriggerForm form) {
  return form == model::TriggerForm::EventTrigger ? model::finalizer::kEventTrigger
                                                  : model::finalizer::kEventBasedAddOn;
}

std::string unit_name(const Unit& unit) {
  return unit.trigger + " for " + cluster::cluster_text(unit.cluster) + " " + unit.object.text();
}

ProfileState profile_state(const json::Value& profile, std::string& message) {
  for (const json::Value& condition : profile["status"]["conditions"].items()) {
    if (condition["type"].text() != "Ready") continue;
    bool current = condition["observedGeneration"].integer() == kube::generation_of(profile);
    if (condition["status"].text() == "True") return current ? ProfileState::Deployed : ProfileState::Waiting;
    if (condition["status"].text() == "False" && condition["reason"].text() != "Deploying") {
      message = condition["message"].string();
      return ProfileState::Failed;
    }
  }
  return ProfileState::Waiting;
}

}  // namespace

Step::Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
           ledger::Ledger& ledger)
    : loop_(loop),
      log_(log),
      management_(management),
      registry_(registry),
      ledger_(ledger),
      events_(management,
              [this](const SourceKey& key, const std::vector<kube::ObjectId>& changed, bool fresh) {
                hear_events(key, changed, fresh);
              }),
      rescope_soon_(loop, [this] { rescope_all(); }),
      units_(
          loop, kUnitsParallel, [this](io::Context context, Unit unit) { return reconcile(std::move(context), std::move(unit)); },
          [this](const Unit& unit, const Error& error) {
            log_.warn("trigger", "event not handled", {{"event", unit_name(unit)}, {"error", error.text()}});
          }),
      triggers_(
          loop, kTriggersParallel,
          [this](io::Context context, TriggerKey key) { return reconcile_trigger(std::move(context), std::move(key)); },
          [this](const TriggerKey& key, const Error& error) {
            log_.warn("trigger", "status not written", {{"trigger", key.name}, {"error", error.text()}});
          }) {
  index_units(management_);
  listen();
}

void Step::listen() {
  for (model::TriggerForm form : {model::TriggerForm::EventTrigger, model::TriggerForm::EventBasedAddOn}) {
    management_.triggers(form).store().listen([this, form](const control::Change& change) {
      const json::Value& object = change.after.is_null() ? change.before : change.after;
      TriggerKey key{form, std::string(kube::name_of(object))};
      triggers_.wake(key);
      bool same = change.before["spec"] == change.after["spec"] &&
                  change.before["metadata"]["labels"] == change.after["metadata"]["labels"] &&
                  change.before["metadata"]["deletionTimestamp"] == change.after["metadata"]["deletionTimestamp"];
      if (same || !scope_) return;
      rescope();
      wake_units(key);
    });
  }
  listen_content(management_.config_maps, model::RefKind::ConfigMap);
  listen_content(management_.secrets, model::RefKind::Secret);
  management_.cluster_profiles.store().listen([this](const control::Change& change) {
    hear_freed_name(change);
    auto unit = unit_of(change.after.is_null() ? change.before : change.after);
    if (!unit || !scope_) return;
    bool same = change.before["spec"] == change.after["spec"] &&
                change.before["metadata"]["deletionTimestamp"] == change.after["metadata"]["deletionTimestamp"];
    if (!same) units_.wake(*unit);
    hear_profile(*unit);
  });
  management_.confirmed_reports.listen(
      [this](const model::ClusterRef& cluster, const std::string& source) { hear_events({cluster, source}, {}, true); });
  registry_.listen([this](cluster::ClusterChange, cluster::Cluster&) { rescope_soon_.request(); });
  management_.event_sources.store().listen([this](const control::Change& change) {
    if (change.before.is_null() != change.after.is_null()) rescope_soon_.request();
  });
}

void Step::listen_content(control::Collection& collection, model::RefKind kind) {
  collection.store().listen([this, kind](const control::Change& change) {
    hear_freed_name(change);
    const json::Value& object = change.after.is_null() ? change.before : change.after;
    if (!scope_) return;
    bool same = change.before["data"] == change.after["data"] && change.before["type"] == change.after["type"] &&
                change.before["metadata"]["annotations"] == change.after["metadata"]["annotations"];
    if (same) return;
    auto users = users_.find({kind, kube::key_of(object)});
    if (users != users_.end()) {
      for (const Unit& unit : users->second) units_.wake(unit);
    }
    // A copy that somebody changed or removed is made again.
    if (kube::namespace_of(object) != management_.own_namespace()) return;
    auto unit = unit_of(object);
    if (unit) units_.wake(*unit);
  });
}

void Step::hear_freed_name(const control::Change& change) {
  if (!change.after.is_null() || name_waiters_.empty()) return;
  auto waiters = name_waiters_.extract(kube::id_of(change.before));
  if (waiters.empty()) return;
  for (const Unit& unit : waiters.mapped()) units_.wake(unit);
}

void Step::start(io::TaskScope& scope) {
  scope_ = &scope;
  rescope();
  for (model::TriggerForm form : {model::TriggerForm::EventTrigger, model::TriggerForm::EventBasedAddOn}) {
    for (const auto& [key, object] : management_.triggers(form).store().all()) {
      TriggerKey trigger_key{form, key.name};
      std::set<Unit> units = units_of(trigger_key);
      for (const Unit& unit : units) units_.wake(unit);
      if (!units.empty()) unseen_.emplace(trigger_key, std::move(units));
      triggers_.wake(trigger_key);
    }
  }
  // What triggers made that are no longer there: removed while nobody ran.
  for (const Unit& unit : all_existing_units(management_)) units_.wake(unit);
  units_.start(scope);
  triggers_.start(scope);
}

// Clusters or sources changed: every trigger looks again where it stands.
void Step::rescope_all() {
  if (!scope_ || scope_->context().cancel.requested()) return;
  std::set<TriggerKey> keys;
  for (const auto& [key, scope] : scopes_) keys.insert(key);
  rescope();
  for (const auto& [key, scope] : scopes_) keys.insert(key);
  for (const TriggerKey& key : keys) {
    triggers_.wake(key);
    wake_units(key);
  }
}

void Step::rescope() {
  scopes_.clear();
  triggers_of_.clear();
  for (model::TriggerForm form : {model::TriggerForm::EventTrigger, model::TriggerForm::EventBasedAddOn}) {
    for (const auto& [key, trigger] : management_.triggers(form).typed.all()) {
      TriggerKey trigger_key{form, key.name};
      Scope scope = gather_scope(registry_, *trigger);
      for (const SourceKey& source : scope.sources) triggers_of_[source].insert(trigger_key);
      scopes_.emplace(std::move(trigger_key), std::move(scope));
    }
  }
}

void Step::wake_units(const TriggerKey& key) {
  for (const Unit& unit : units_of(key)) units_.wake(unit);
}

// Everything that the trigger has made or may have to make.
std::set<Unit> Step::units_of(const TriggerKey& key) const {
  std::set<Unit> units = existing_units(management_, key);
  auto states = states_.find(key);
  if (states != states_.end()) {
    for (const auto& [unit, state] : states->second) units.insert(unit);
  }
  auto scope = scopes_.find(key);
  auto trigger = management_.triggers(key.form).get({"", key.name});
  if (scope == scopes_.end() || !trigger) return units;
  for (const SourceKey& source : scope->second.sources) {
    Unit unit{key.form, key.name, source.cluster, source.source, {}};
    if (!trigger->spec.one_for_event) {
      units.insert(unit);
      continue;
    }
    for (const auto& [id, event] : events_.all(source)) {
      unit.object = id;
      units.insert(unit);
    }
  }
  return units;
}

void Step::hear_events(const SourceKey& source, const std::vector<kube::ObjectId>& changed, bool fresh) {
  if (!scope_) return;
  auto triggers = triggers_of_.find(source);
  if (triggers == triggers_of_.end()) return;
  for (const TriggerKey& key : triggers->second) {
    auto trigger = management_.triggers(key.form).get({"", key.name});
    if (!trigger) continue;
    Unit unit{key.form, key.name, source.cluster, source.source, {}};
    if (!trigger->spec.one_for_event) {
      units_.wake(unit);
      continue;
    }
    for (const kube::ObjectId& id : changed) {
      unit.object = id;
      units_.wake(unit);
    }
    if (!fresh) continue;
    // Whatever was made from a report that somebody removed has waited for this one.
    for (const Unit& made : existing_units(management_, key)) {
      if (made.cluster == source.cluster && made.source == source.source) units_.wake(made);
    }
  }
}

Step::Wanted Step::wanted(const Unit& unit, std::string& why) const {
  const control::Store& store = management_.triggers(unit.form).store();
  const json::Value& object = store.get({"", unit.trigger});
  if (object.is_null() || kube::is_deleting(object)) {
    why = "the trigger was removed";
    return Wanted::No;
  }
  auto trigger = management_.triggers(unit.form).get({"", unit.trigger});
  auto scope = scopes_.find(trigger_key(unit));
  if (!trigger || scope == scopes_.end() || scope->second.error) return Wanted::Unknown;
  if (scope->second.errors.contains(unit.cluster)) return Wanted::Unknown;
  SourceKey source{unit.cluster, unit.source};
  if (!scope->second.sources.contains(source)) {
    why = "the trigger no longer looks at this source in this cluster";
    return Wanted::No;
  }
  if (management_.event_sources.collection.store().get({"", unit.source}).is_null()) {
    why = "EventSource " + unit.source + " was removed";
    return Wanted::No;
  }
  bool matches = trigger->spec.one_for_event ? events_.find(source, unit.object) != nullptr
                                             : unit.object.key.name.empty() && events_.any(source);
  if (matches) return Wanted::Yes;
  bool right_shape = trigger->spec.one_for_event != unit.object.key.name.empty();
  // Before the first report of a source nothing is known about its objects, and what a report does not name may be there
  // until its cluster has been asked.
  std::string report = model::event_report_name(unit.cluster, unit.source, 0);
  bool reported = management_.event_reports.collection.store().contains({unit.cluster.ns, report}) &&
                  management_.confirmed_reports.contains(unit.cluster, unit.source);
  if (right_shape && !reported) return Wanted::Unknown;
  why = "the object no longer matches";
  return Wanted::No;
}

io::Task<Result<control::Again>> Step::reconcile(io::Context context, Unit unit) {
  TriggerKey key = trigger_key(unit);
  auto settled = co_await settle(std::move(context), unit);
  auto unseen = unseen_.find(key);
  if (unseen != unseen_.end() && unseen->second.erase(unit) > 0 && unseen->second.empty()) {
    unseen_.erase(unseen);
    triggers_.wake(key);
  }
  co_return settled;
}

io::Task<Result<control::Again>> Step::settle(io::Context context, Unit unit) {
  // What upstream generated does not say the kind of its object: the unit that does takes it over.
  if (!unit.object.key.name.empty() && unit.object.kind.empty()) {
    for (const auto& [id, event] : events_.all({unit.cluster, unit.source})) {
      if (id.key == unit.object.key) unit.object = id;
    }
  }
  std::string why;
  switch (wanted(unit, why)) {
    case Wanted::Unknown: co_return control::Again{};
    case Wanted::No: {
      states_[trigger_key(unit)].erase(unit);
      remember_uses(unit, {});
      auto left = co_await withdraw(std::move(context), management_, ledger_, unit, why);
      if (!left) co_return fail(std::move(left).error());
      // What is left ends with its profile, and wakes the unit and the trigger then.
      if (*left == Left::Nothing) triggers_.wake(trigger_key(unit));
      co_return control::Again{};
    }
    case Wanted::Yes: break;
  }
  auto made = co_await make(context, unit);
  if (context.cancel.requested()) co_return control::Again{};
  remember_outcome(unit, made ? std::nullopt : std::optional(made.error().text()));
  // Nothing but a change of what was read can help; each of those wakes the unit.
  if (!made && made.error().code() == Code::NotFound) co_return fail(Code::Invalid, made.error().text());
  if (!made) co_return fail(std::move(made).error());
  co_return control::Again{};
}

io::Task<Result<void>> Step::make(io::Context context, Unit unit) {
  auto trigger = management_.triggers(unit.form).get({"", unit.trigger});
  auto of = registry_.find(unit.cluster);
  if (!trigger || !of) co_return {};
  auto unsupported = model::unsupported(*trigger);
  if (!unsupported.empty()) co_return fail(Code::Invalid, model::unsupported_text(unsupported));
  auto inputs = std::make_shared<Inputs>();
  inputs->unit = unit;
  inputs->trigger = trigger;
  inputs->data = event_data(unit, *trigger);
  inputs->data.cluster = of->object();
  inputs->own_namespace = management_.own_namespace();
  inputs->now = loop_.now();
  std::vector<kube::ObjectKey> existing = profiles_of_unit(management_, unit);
  if (!existing.empty()) inputs->existing_profile = existing.front().name;
  auto plan = [inputs, &templates = templates_] { return plan_references(*inputs, templates); };
  auto references = co_await io::offload(loop_, std::move(plan));
  if (!references) co_return fail(std::move(references).error());
  remember_uses(unit, *references);
  for (const Reference& reference : *references) inputs->contents.push_back(content_of(management_, reference));
  auto work = [inputs, wanted = *references, &templates = templates_] {
    return trigger::decide(*inputs, wanted, templates);
  };
  auto decision = co_await io::offload(loop_, std::move(work));
  if (!decision) co_return fail(std::move(decision).error());
  for (const kube::ObjectId& id : taken_names(management_, unit, *decision)) name_waiters_[id].insert(unit);
  auto done = co_await act(std::move(context), management_, ledger_, std::move(unit), std::move(*decision));
  co_return done;
}

EventData Step::event_data(const Unit& unit, const model::EventTrigger& trigger) const {
  EventData data;
  data.one_for_event = trigger.spec.one_for_event;
  data.form = unit.form;
  SourceKey source{unit.cluster, unit.source};
  if (data.one_for_event) {
    const Event* event = events_.find(source, unit.object);
    if (event) data.events.push_back(*event);
  } else {
    for (const auto& [id, event] : events_.all(source)) data.events.push_back(*event);
  }
  return data;
}

void Step::remember_uses(const Unit& unit, const std::vector<Reference>& references) {
  for (const auto& content : uses_[unit]) {
    auto users = users_.find(content);
    users->second.erase(unit);
    if (users->second.empty()) users_.erase(users);
  }
  uses_.erase(unit);
  for (const Reference& reference : references) {
    auto content = std::pair(reference.kind, reference.key);
    if (users_[content].insert(unit).second) uses_[unit].push_back(std::move(content));
  }
}

void Step::remember_outcome(const Unit& unit, std::optional<std::string> error) {
  auto [known, added] = states_[trigger_key(unit)].try_emplace(unit);
  if (!added && known->second.error == error) return;
  if (error) {
    ledger::Record record;
    record.step = "trigger";
    record.cluster = cluster::kManagement;
    record.subject = "EventTrigger " + unit.trigger;
    record.verb = ledger::Verb::Refuse;
    record.reason = *error;
    record.inputs = causes(management_, unit);
    ledger_.append(std::move(record));
  }
  known->second.error = std::move(error);
  hear_profile(unit);
}

// What the profile of a unit says is part of its state.
void Step::hear_profile(const Unit& unit) {
  TriggerKey key = trigger_key(unit);
  triggers_.wake(key);
  auto& states = states_[key];
  auto state = states.find(unit);
  // What upstream generated does not say the kind of its object.
  if (state == states.end() && unit.object.kind.empty()) {
    state = std::ranges::find_if(states, [&](const auto& entry) { return same_unit(entry.first, unit); });
  }
  if (state == states.end()) return;
  state->second.profile = ProfileState::Waiting;
  for (const kube::ObjectKey& profile : profiles_of_unit(management_, state->first)) {
    const json::Value& object = management_.cluster_profiles.collection.store().get(profile);
    state->second.profile = profile_state(object, state->second.message);
  }
}

json::Value Step::status_of(const TriggerKey& key) {
  static const Scope kNowhere;
  StatusInputs inputs;
  const auto& triggers = management_.triggers(key.form);
  const json::Value& object = triggers.collection.store().get({"", key.name});
  inputs.trigger = triggers.get({"", key.name});
  inputs.generation = kube::generation_of(object);
  if (const Error* error = triggers.typed.error({"", key.name})) inputs.refused = error->text();
  if (inputs.trigger) {
    auto unsupported = model::unsupported(*inputs.trigger);
    if (!unsupported.empty()) inputs.refused = model::unsupported_text(unsupported);
  }
  auto scope = scopes_.find(key);
  inputs.scope = scope == scopes_.end() ? &kNowhere : &scope->second;
  inputs.units = &states_[key];
  // Asked only where it is told: with a unit there is a source.
  if (!inputs.units->empty()) return decide_status(inputs, object["status"], loop_.now());
  auto exists = [this](const SourceKey& source) {
    return !management_.event_sources.collection.store().get({"", source.source}).is_null();
  };
  auto missing = std::ranges::find_if_not(inputs.scope->sources, exists);
  if (missing != inputs.scope->sources.end()) inputs.missing_source = *missing;
  return decide_status(inputs, object["status"], loop_.now());
}

void Step::forget(const TriggerKey& key) {
  states_.erase(key);
  deploying_.erase(key);
}

// Gives a trigger its finalizer, or takes it away once everything that it made is gone. True when the object has gone.
io::Task<Result<bool>> Step::settle_finalizer(io::Context context, TriggerKey key) {
  control::Collection& collection = management_.triggers(key.form).collection;
  json::Value object = collection.get({"", key.name});
  std::string_view finalizer = finalizer_of(key.form);
  if (!kube::is_deleting(object)) {
    if (kube::has_finalizer(object, finalizer)) co_return false;
    auto written = co_await collection.update(context, control::with_finalizer(std::move(object), finalizer));
    if (!written) co_return fail(std::move(written).error());
    co_return false;
  }
  std::set<Unit> units = existing_units(management_, key);
  if (!units.empty() || !kube::has_finalizer(object, finalizer)) co_return !units.empty();
  auto written = co_await collection.update(context, control::without_finalizer(std::move(object), finalizer));
  if (!written) co_return fail(std::move(written).error());
  forget(key);
  co_return true;
}

io::Task<Result<control::Again>> Step::reconcile_trigger(io::Context context, TriggerKey key) {
  control::Collection& collection = management_.triggers(key.form).collection;
  if (collection.get({"", key.name}).is_null()) {
    forget(key);
    co_return control::Again{};
  }
  auto over = co_await settle_finalizer(context, key);
  if (!over) co_return fail(std::move(over).error());
  co_await management_.quiet(context);
  if (*over || unseen_.contains(key) || collection.get({"", key.name}).is_null()) co_return control::Again{};
  json::Value status = status_of(key);
  bool passing = control::reason_of(status["conditions"], "Ready") == kDeploying;
  if (auto wait = deploying_[key].hold(passing, loop_.now())) co_return control::Again{.after = wait};
  if (status.is_null()) co_return control::Again{};
  auto written = co_await collection.patch_status(std::move(context), {"", key.name}, std::move(status));
  if (!written && written.error().code() != Code::NotFound) co_return fail(std::move(written).error());
  co_return control::Again{};
}

}  // namespace lesto::trigger
