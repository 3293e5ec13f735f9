#include "tests/sim/oracle.h"

#include <algorithm>

namespace lesto::sim {
namespace {

bool matches(const SourceTruth& source, const Thing& thing) {
  bool service = thing.kind == "Service";
  switch (source.shape) {
    case SourceShape::Addressed: return service && !thing.ip.empty();
    case SourceShape::Labelled:
    case SourceShape::Quorum: return service && thing.app == source.app;
    case SourceShape::Several: return thing.app == source.app;
    case SourceShape::Marked: return !service && thing.value == "export";
    case SourceShape::Narrow: return service && thing.ns == "shop" && thing.name == source.app;
  }
  return false;
}

std::vector<Thing> events_of(const Truth& truth, const SourceTruth& source, const ClusterTruth& cluster) {
  std::vector<Thing> events;
  for (const Thing& thing : truth.things) {
    if (thing.cluster == cluster.name && matches(source, thing)) events.push_back(thing);
  }
  if (source.shape == SourceShape::Quorum && events.size() < 2) events.clear();
  std::ranges::sort(events, {}, [](const Thing& thing) { return thing.id(); });
  return events;
}

bool is_instantiated(const TemplateTruth& content) {
  return content.shape == TemplateShape::Export || content.shape == TemplateShape::Seen ||
         content.shape == TemplateShape::Roll;
}

// The first thing that is wrong with what an owner refers to.
void judge(const Truth& truth, bool add_on, Owner& owner) {
  for (const Ref& ref : owner.add_ons.refs) {
    const TemplateTruth* content = truth.find_template(ref);
    if (!content) {
      owner.state = owner.generated ? OwnerState::Event : OwnerState::Content;
      owner.complaint = ref.name;
      if (owner.generated) return;
      continue;
    }
    if (content->defect == Defect::None) continue;
    bool in_step_2 = owner.generated && (is_instantiated(*content) || add_on) && content->defect != Defect::Refused;
    bool text_only = !is_instantiated(*content) && content->shape != TemplateShape::Local;
    if (in_step_2 && text_only) in_step_2 = false;
    if (owner.state == OwnerState::Event) continue;
    owner.state = in_step_2 ? OwnerState::Event : OwnerState::Content;
    owner.complaint = in_step_2 ? ref.name : "";
    if (in_step_2) return;
  }
}

void add_target(const Truth& truth, const ClusterTruth& target, const std::vector<Thing>& events,
                const ClusterTruth* source, Owner& owner) {
  WantedIn& wanted = owner.clusters[cluster_text(target)];
  for (const Ref& ref : owner.add_ons.refs) {
    const TemplateTruth* content = truth.find_template(ref);
    if (!content) continue;
    for (WantedObject& object : rendered(*content, events, source, target)) {
      object.ref.tier = ref.tier;
      wanted.objects.push_back(std::move(object));
    }
  }
}

void add_named(const Truth& truth, const std::pair<std::string, std::string>& name, const std::vector<Thing>& events,
               const ClusterTruth* source, Owner& owner) {
  const ClusterTruth* target = truth.find_cluster(name.first, name.second);
  if (!target) {
    owner.lacks_cluster = true;
  } else if (!owner.clusters.contains(cluster_text(*target))) {
    add_target(truth, *target, events, source, owner);
  }
}

void add_selected(const Truth& truth, const Selection& selection, const std::string& ns,
                  const std::vector<Thing>& events, const ClusterTruth* source, Owner& owner) {
  for (const ClusterTruth& cluster : truth.clusters) {
    bool in_reach = ns.empty() || cluster.ns == ns;
    if (cluster.registered && in_reach && selection.matches(cluster.labels)) {
      add_target(truth, cluster, events, source, owner);
    }
  }
}

void add_unit(const Truth& truth, const TriggerTruth& trigger, const ClusterTruth& cluster,
              const std::vector<Thing>& events, const kube::ObjectId* object, Expected& expected) {
  Owner owner;
  owner.generated = true;
  owner.trigger = trigger_text(trigger);
  owner.text = unit_text(owner.trigger, cluster_text(cluster), source_name(trigger, cluster), object);
  owner.add_ons = trigger.add_ons;
  judge(truth, trigger.form == TriggerForm::AddOn, owner);
  add_selected(truth, trigger.destinations, "", events, &cluster, owner);
  if (trigger.destination) add_named(truth, *trigger.destination, events, &cluster, owner);
  if (trigger.destinations.empty() && !trigger.destination) add_target(truth, cluster, events, &cluster, owner);
  expected.owners[owner.text] = std::move(owner);
}

void add_trigger(const Truth& truth, const TriggerTruth& trigger, Expected& expected) {
  for (const ClusterTruth& cluster : truth.clusters) {
    if (!cluster.registered || !trigger.sources.matches(cluster.labels)) continue;
    const SourceTruth* source = truth.find_source(source_name(trigger, cluster));
    if (!source) continue;
    std::vector<Thing> events = events_of(truth, *source, cluster);
    WantedReport report{.cluster = cluster_text(cluster), .source = source->name, .matches = {}};
    for (const Thing& event : events) report.matches.insert(event.id());
    report.frozen = source->defect != Defect::None;
    if (report.frozen) expected.loose_triggers.insert(trigger_text(trigger));
    expected.reports.insert(std::move(report));
    if (!trigger.one_for_event) {
      if (!events.empty()) add_unit(truth, trigger, cluster, events, nullptr, expected);
      continue;
    }
    for (const Thing& event : events) {
      kube::ObjectId id = event.id();
      add_unit(truth, trigger, cluster, {event}, &id, expected);
    }
  }
}

void add_profile(const Truth& truth, const ProfileTruth& profile, Expected& expected) {
  Owner owner;
  owner.text = profile.ns.empty() ? "ClusterProfile " + profile.name : "Profile " + profile.ns + "/" + profile.name;
  owner.add_ons = profile.add_ons;
  judge(truth, false, owner);
  add_selected(truth, profile.clusters, profile.ns, {}, nullptr, owner);
  for (const auto& ref : profile.refs) add_named(truth, ref, {}, nullptr, owner);
  expected.owners[owner.text] = std::move(owner);
}

}  // namespace

std::string cluster_text(const ClusterTruth& cluster) { return cluster.ns + "/" + cluster.name; }

std::string trigger_text(const TriggerTruth& trigger) {
  return (trigger.form == TriggerForm::AddOn ? "EventBasedAddOn " : "EventTrigger ") + trigger.name;
}

std::string unit_text(const std::string& trigger, const std::string& cluster, const std::string& source,
                      const kube::ObjectId* object) {
  return trigger + " in " + cluster + " by " + source + (object ? " for " + object->text() : " for all");
}

Expected expect(const Truth& truth) {
  Expected expected;
  for (const TriggerTruth& trigger : truth.triggers) add_trigger(truth, trigger, expected);
  for (const ProfileTruth& profile : truth.profiles) add_profile(truth, profile, expected);
  return expected;
}

}  // namespace lesto::sim
