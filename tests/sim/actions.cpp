// What users do, one thing at a time.
#include <algorithm>

#include "foundation/json/text.h"
#include "tests/sim/oracle.h"
#include "tests/sim/users.h"

namespace lesto::sim {
namespace {

using namespace std::chrono_literals;

const std::string kServer(kManagement);

std::vector<int> other_ports(const std::vector<int>& ports) {
  std::vector<int> others = ports;
  if (others.size() > 1) {
    others.pop_back();
  } else {
    others.push_back(ports.front() + 1);
  }
  return others;
}

}  // namespace

void Users::act() {
  std::size_t choice = dice_.below(100);
  if (choice < 42) return act_on_thing();
  if (choice < 55) return act_on_template();
  if (choice < 67) return act_on_trigger();
  if (choice < 77) return act_on_cluster();
  if (choice < 86) return act_on_profile();
  if (choice < 93) return act_on_source();
  meddle();
}

void Users::act_on_thing() {
  if (truth_.things.empty() || dice_.chance(0.25)) {
    Thing thing = make_thing();
    auto same = [&](const Thing& t) { return t.cluster == thing.cluster && t.id() == thing.id(); };
    if (std::ranges::any_of(truth_.things, same)) return;
    say("makes " + thing.id().text() + " in " + thing.cluster + " ip " + thing.ip);
    truth_.things.push_back(thing);
    changed_();
    return write_thing(thing);
  }
  std::size_t index = dice_.below(truth_.things.size());
  Thing& thing = truth_.things[index];
  std::size_t choice = dice_.below(10);
  say((choice == 0 ? "removes " : choice == 1 ? "makes anew " : "changes ") + thing.id().text() + " in " + thing.cluster);
  if (choice < 2) {
    Thing again = thing;
    erase_thing(index);
    if (choice == 0) return;
    if (!again.ports.empty()) again.ports = other_ports(again.ports);
    truth_.things.push_back(again);
    changed_();
    return write_thing(again);
  }
  if (choice < 4) {
    thing.app = dice_.pick({"red", "blue", "green"});
  } else if (thing.kind == "ConfigMap") {
    thing.value = thing.value == "export" ? "keep" : "export";
  } else if (choice < 7 || thing.ip.empty()) {
    thing.ip = "203.0.113." + std::to_string(1 + dice_.below(250));
  } else {
    thing.ports = other_ports(thing.ports);
  }
  Thing copy = thing;
  changed_();
  write_thing(copy);
}

void Users::act_on_cluster() {
  ClusterTruth& cluster = dice_.pick(truth_.clusters);
  std::size_t choice = dice_.below(10);
  if (!cluster.registered) {
    say("registers " + cluster.name);
    cluster.registered = true;
    changed_();
    return register_cluster(cluster);
  }
  if (choice == 0) {
    say("removes cluster " + cluster.name);
    cluster.registered = false;
    changed_();
    return erase(kServer, cluster_object(cluster));
  }
  if (choice == 1) {
    // The cluster is torn down, and another one takes its name.
    say("replaces cluster " + cluster.name);
    cluster.registered = false;
    std::string name = cluster.name;
    std::erase_if(truth_.things, [&](const Thing& thing) { return thing.cluster == name; });
    changed_();
    erase(kServer, cluster_object(cluster));
    if (dice_.chance(0.5)) fleet_.run_for(dice_.between(0s, 20s));
    fleet_.replace_server(name);
    for (const char* ns : {"shop", "depot", "private"}) {
      write(name, json::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", ns}})}}));
    }
    cluster.registered = true;
    changed_();
    return register_cluster(cluster);
  }
  if (choice < 7) {
    std::string& label = cluster.labels[dice_.chance(0.5) ? "env" : "dep"];
    label = label == "prod" ? "test" : label == "test" ? "prod" : label == "eng" ? "ops" : "eng";
  } else {
    cluster.region = dice_.pick({"r1", "r2", "r3"});
  }
  say("labels " + cluster.name + " " + cluster.labels["env"] + " " + cluster.labels["dep"] + " " + cluster.region);
  ClusterTruth copy = cluster;
  changed_();
  write(kServer, cluster_object(copy));
}

void Users::act_on_template() {
  TemplateTruth& content = dice_.pick(truth_.templates);
  std::size_t choice = dice_.below(12);
  if (!content.exists) {
    content.exists = true;
  } else if (choice == 0) {
    say("removes template " + content.name);
    content.exists = false;
    json::Value object = template_object(content);
    changed_();
    return erase(kServer, object);
  } else if (choice < 4 && content.defect == Defect::None) {
    content.defect = dice_.pick({Defect::Syntax, Defect::Runtime, Defect::Refused});
  } else if (content.defect != Defect::None) {
    content.defect = Defect::None;
  } else if (choice < 7 && content.shape == TemplateShape::Plain) {
    content.count = static_cast<int>(1 + dice_.below(4));
  } else {
    ++content.revision;
  }
  say("edits template " + content.name + " revision " + std::to_string(content.revision) + " count " +
      std::to_string(content.count) + " defect " + std::to_string(static_cast<int>(content.defect)));
  json::Value object = template_object(content);
  changed_();
  write(kServer, object);
}

void Users::act_on_source() {
  SourceTruth& source = dice_.pick(truth_.sources);
  std::size_t choice = dice_.below(8);
  bool scripted = source.shape == SourceShape::Addressed || source.shape == SourceShape::Marked;
  if (!source.exists) {
    source.exists = true;
  } else if (choice == 0) {
    say("removes source " + source.name);
    source.exists = false;
    json::Value object = source_object(source);
    changed_();
    return erase(kServer, object);
  } else if (source.defect != Defect::None) {
    source.defect = Defect::None;
  } else if (scripted && choice < 4) {
    source.defect = dice_.pick({Defect::Syntax, Defect::Runtime});
  } else if (source.shape == SourceShape::Quorum && choice < 4) {
    source.defect = Defect::Syntax;
  } else if (!scripted && source.shape != SourceShape::Narrow) {
    source.app = dice_.pick({"red", "blue", "green"});
  }
  say("edits source " + source.name + " app " + source.app + " defect " + std::to_string(static_cast<int>(source.defect)));
  json::Value object = source_object(source);
  changed_();
  write(kServer, object);
}

void Users::act_on_trigger() {
  if (truth_.triggers.empty() || (truth_.triggers.size() < 5 && dice_.chance(0.2))) {
    TriggerTruth trigger = make_trigger("t" + std::to_string(next_++));
    say("makes " + trigger_text(trigger));
    truth_.triggers.push_back(trigger);
    changed_();
    return write(kServer, trigger_object(trigger));
  }
  std::size_t index = dice_.below(truth_.triggers.size());
  TriggerTruth& trigger = truth_.triggers[index];
  std::size_t choice = dice_.below(10);
  if (choice < 2) {
    say("removes " + trigger_text(trigger));
    json::Value object = trigger_object(trigger);
    truth_.triggers.erase(truth_.triggers.begin() + static_cast<std::ptrdiff_t>(index));
    changed_();
    return erase(kServer, object);
  }
  if (choice < 4) {
    trigger.sources = make_selection();
  } else if (choice < 6) {
    trigger.destination.reset();
    trigger.destinations = dice_.chance(0.8) ? make_selection() : Selection();
  } else if (choice < 8) {
    choose_content(trigger);
  } else if (trigger.form != TriggerForm::AddOn) {
    trigger.add_ons.tier = dice_.pick({100, 50, 200});
    trigger.add_ons.leave = dice_.chance(0.3);
  }
  json::Value object = trigger_object(trigger);
  say("edits " + json::write(object));
  changed_();
  write(kServer, object);
}

void Users::act_on_profile() {
  if (truth_.profiles.empty() || (truth_.profiles.size() < 4 && dice_.chance(0.3))) {
    ProfileTruth profile = make_profile(next_++);
    say("makes profile " + json::write(profile_object(profile)));
    truth_.profiles.push_back(profile);
    changed_();
    return write(kServer, profile_object(profile));
  }
  std::size_t index = dice_.below(truth_.profiles.size());
  ProfileTruth& profile = truth_.profiles[index];
  std::size_t choice = dice_.below(10);
  if (choice < 2) {
    say("removes profile " + profile.name);
    json::Value object = profile_object(profile);
    truth_.profiles.erase(truth_.profiles.begin() + static_cast<std::ptrdiff_t>(index));
    changed_();
    return erase(kServer, object);
  }
  if (choice < 5) {
    profile.clusters = make_selection();
  } else if (choice < 7) {
    using enum TemplateShape;
    profile.add_ons = make_add_ons({Plain, Local, Shared}, profile.ns, 3);
  } else {
    profile.add_ons.tier = dice_.pick({100, 50, 200});
    profile.add_ons.leave = dice_.chance(0.3);
    profile.add_ons.continue_on_conflict = dice_.chance(0.3);
  }
  json::Value object = profile_object(profile);
  say("edits profile " + json::write(object));
  changed_();
  write(kServer, object);
}

// Somebody removes what is Lesto's in the management cluster, or makes something of his own in a cluster.
void Users::meddle() {
  std::size_t choice = dice_.below(6);
  if (choice > 3) return edit_by_hand();
  if (choice == 0) {
    const ClusterTruth& cluster = dice_.pick(truth_.clusters);
    json::Value object = json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}});
    object.set("metadata", json::object({{"name", "mine-" + std::to_string(next_++)}, {"namespace", "private"}}));
    object.set("data", json::object({{"keep", "me"}}));
    return write(cluster.name, object);
  }
  kube::GroupVersionKind gvk = choice == 1   ? kube::GroupVersionKind{"config.projectsveltos.io", "v1beta1", "ClusterProfile"}
                               : choice == 2 ? kube::GroupVersionKind{"lib.projectsveltos.io", "v1beta1", "EventReport"}
                                             : kube::GroupVersionKind{"", "v1", "ConfigMap"};
  auto objects = fleet_.list(kServer, gvk);
  if (!objects) return;
  std::erase_if(*objects, [](const json::Value& object) {
    bool report = object["kind"].text() == "EventReport";
    return !report && kube::label_of(object, "eventtrigger.lib.projectsveltos.io/eventtriggername").empty();
  });
  if (objects->empty()) return;
  const json::Value& object = dice_.pick(*objects);
  say("meddles with " + kube::text_of(object));
  meddled_ = true;
  erase(kServer, object);
}

// Somebody changes or removes what was deployed, in the cluster itself. Drift is not watched: that stays as it is until
// the content changes, and nothing else may suffer.
void Users::edit_by_hand() {
  const ClusterTruth& cluster = dice_.pick(truth_.clusters);
  auto objects = fleet_.list(cluster.name, {"", "v1", "ConfigMap"});
  if (!objects) return;
  std::erase_if(*objects, [](const json::Value& object) {
    return kube::namespace_of(object) != kOut || kube::label_of(object, "projectsveltos.io/reason").empty();
  });
  if (objects->empty()) return;
  const json::Value object = dice_.pick(*objects);
  truth_.by_hand.insert({cluster.name, kube::id_of(object)});
  bool remove = dice_.chance(0.4);
  say((remove ? "removes by hand " : "edits by hand ") + kube::text_of(object) + " in " + cluster.name);
  if (remove) return erase(cluster.name, object);
  json::Value edited = json::object({{"apiVersion", "v1"}, {"kind", "ConfigMap"}});
  // The uid: what was withdrawn meanwhile is not made anew as the user's own.
  edited.set("metadata", json::object({{"name", kube::name_of(object)}, {"namespace", kOut}, {"uid", kube::uid_of(object)}}));
  json::Value data = json::object({{"hand", std::to_string(next_++)}});
  for (const json::Member& member : object["data"].members()) data.set(member.name(), "by hand");
  edited.set("data", std::move(data));
  auto done = fleet_.apply(cluster.name, edited);
  if (!done) say("but it is gone: " + done.error().text());
}

void Users::correct(bool all) {
  for (TemplateTruth& content : truth_.templates) {
    bool wrong = content.defect != Defect::None || !content.exists;
    if (!wrong || (!all && dice_.chance(0.15))) continue;
    say("corrects template " + content.name);
    content.defect = Defect::None;
    content.exists = true;
    json::Value object = template_object(content);
    changed_();
    write(kServer, object);
  }
  for (SourceTruth& source : truth_.sources) {
    if (!source.exists || source.defect == Defect::None || (!all && dice_.chance(0.15))) continue;
    say("corrects source " + source.name);
    source.defect = Defect::None;
    json::Value object = source_object(source);
    changed_();
    write(kServer, object);
  }
}

}  // namespace lesto::sim
