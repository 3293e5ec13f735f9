#include "tests/sim/users.h"

#include <algorithm>

#include "foundation/base/hash.h"
#include "foundation/json/text.h"

namespace lesto::sim {
namespace {

std::string random_ip(Dice& dice) {
  return "203.0.113." + std::to_string(1 + dice.below(250));
}

std::vector<int> random_ports(Dice& dice) {
  std::vector<int> ports;
  for (int port : {80, 443, 8080}) {
    if (dice.chance(0.5)) ports.push_back(port);
  }
  if (ports.empty()) ports.push_back(static_cast<int>(1000 + dice.below(1000)));
  return ports;
}

json::Value user_secret(const ClusterTruth& cluster, const std::string& kubeconfig) {
  return json::object({{"apiVersion", "v1"},
                       {"kind", "Secret"},
                       {"metadata", json::object({{"name", cluster.name + "-sveltos-kubeconfig"},
                                                  {"namespace", cluster.ns}})},
                       {"data", json::object({{"kubeconfig", base64_encode(kubeconfig)}})}});
}

json::Value user_namespace(const std::string& name) {
  return json::object({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", json::object({{"name", name}})}});
}

json::Value mine(std::size_t number) {
  return json::object({{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", json::object({{"name", "mine-" + std::to_string(number)}, {"namespace", "private"}})},
                       {"data", json::object({{"keep", "me"}})}});
}

}  // namespace

// Services of several and marked sources have neither an address nor ports that Export could count on.
bool Users::suits(const SourceTruth& source, const TemplateTruth& content) const {
  if (content.shape == TemplateShape::Export) return source.shape == SourceShape::Addressed && source.collect;
  return true;
}

void Users::begin() {
  make_clusters();
  make_templates();
  make_sources();
  std::size_t triggers = 1 + dice_.below(4);
  for (std::size_t i = 0; i < triggers; ++i) truth_.triggers.push_back(make_trigger("t" + std::to_string(next_++)));
  std::size_t profiles = dice_.below(4);
  for (std::size_t i = 0; i < profiles; ++i) truth_.profiles.push_back(make_profile(next_++));
  std::size_t things = dice_.below(8);
  for (std::size_t i = 0; i < things; ++i) {
    Thing thing = make_thing();
    auto same = [&](const Thing& t) { return t.cluster == thing.cluster && t.id() == thing.id(); };
    if (std::ranges::none_of(truth_.things, same)) truth_.things.push_back(std::move(thing));
  }
  changed_();
  std::string management(kManagement);
  for (const char* ns : {"clusters", "edge"}) write(management, user_namespace(ns));
  for (const ClusterTruth& cluster : truth_.clusters) {
    fleet_.start_server(cluster.name);
    for (const char* ns : {"shop", "depot", "private"}) write(cluster.name, user_namespace(ns));
    write(cluster.name, mine(0));
    if (cluster.registered) register_cluster(cluster);
  }
  for (const Thing& thing : truth_.things) write_thing(thing);
  for (const TemplateTruth& content : truth_.templates) write(management, template_object(content));
  for (const SourceTruth& source : truth_.sources) write(management, source_object(source));
  for (const TriggerTruth& trigger : truth_.triggers) write(management, trigger_object(trigger));
  for (const ProfileTruth& profile : truth_.profiles) write(management, profile_object(profile));
}

void Users::make_clusters() {
  std::size_t count = 1 + dice_.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    ClusterTruth cluster{.name = "c" + std::to_string(i), .ns = dice_.chance(0.8) ? "clusters" : "edge", .labels = {}, .region = "r1"};
    cluster.labels = {{"env", dice_.pick({"prod", "test"})}, {"dep", dice_.pick({"eng", "ops"})}};
    cluster.registered = dice_.chance(0.9);
    truth_.clusters.push_back(std::move(cluster));
  }
}

void Users::make_templates() {
  std::size_t count = 3 + dice_.below(6);
  for (std::size_t i = 0; i < count; ++i) truth_.templates.push_back(make_template(i));
}

TemplateTruth Users::make_template(std::size_t number) {
  TemplateTruth content{.ns = "default", .name = "m" + std::to_string(number)};
  content.shape = dice_.pick({TemplateShape::Export, TemplateShape::Export, TemplateShape::Seen, TemplateShape::Roll,
                              TemplateShape::Plain, TemplateShape::Local, TemplateShape::Shared, TemplateShape::Shared});
  content.secret = dice_.chance(0.2);
  content.by_cluster = dice_.chance(0.6);
  content.count = static_cast<int>(1 + dice_.below(3));
  content.group = dice_.pick({"x", "y"});
  bool local = content.shape == TemplateShape::Plain || content.shape == TemplateShape::Shared;
  if (local && dice_.chance(0.2)) content.ns = "clusters";
  return content;
}

void Users::make_sources() {
  for (const char* name : {"by-prod", "by-test", "s0", "s1", "s2"}) truth_.sources.push_back(make_source(name));
}

SourceTruth Users::make_source(const std::string& name) {
  SourceTruth source{.name = name};
  source.shape = dice_.pick({SourceShape::Addressed, SourceShape::Addressed, SourceShape::Labelled, SourceShape::Several,
                             SourceShape::Quorum, SourceShape::Marked, SourceShape::Narrow});
  bool flat = source.shape == SourceShape::Addressed || source.shape == SourceShape::Labelled;
  source.flat = flat && dice_.chance(0.3);
  source.collect = source.shape == SourceShape::Addressed || dice_.chance(0.5);
  source.app = source.shape == SourceShape::Narrow ? dice_.pick({"web", "api"}) : dice_.pick({"red", "blue"});
  return source;
}

Selection Users::make_selection() {
  Selection selection;
  if (dice_.chance(0.7)) selection.equal[dice_.pick({"env", "dep"})] = "";
  for (auto& [key, value] : selection.equal) value = key == "env" ? dice_.pick({"prod", "test"}) : dice_.pick({"eng", "ops"});
  if (selection.equal.empty()) {
    selection.in_key = dice_.pick({"env", "dep"});
    selection.in_values = selection.in_key == "env" ? std::vector<std::string>{"prod"} : std::vector<std::string>{"eng"};
    if (dice_.chance(0.6)) selection.in_values.push_back(selection.in_key == "env" ? "test" : "ops");
  }
  return selection;
}

AddOns Users::make_add_ons(const std::vector<TemplateShape>& shapes, const std::string& ns, std::size_t most) {
  AddOns add_ons;
  std::vector<const TemplateTruth*> choice;
  for (const TemplateTruth& content : truth_.templates) {
    bool right = std::ranges::find(shapes, content.shape) != shapes.end();
    if (right && (ns.empty() || content.ns == ns)) choice.push_back(&content);
  }
  for (std::size_t i = 0; i < most && !choice.empty(); ++i) {
    std::size_t index = dice_.below(choice.size());
    const TemplateTruth& content = *choice[index];
    Ref ref{.ns = content.ns, .name = content.name, .secret = content.secret};
    if (dice_.chance(0.2)) ref.tier = dice_.pick({50, 200});
    add_ons.refs.push_back(std::move(ref));
    choice.erase(choice.begin() + static_cast<std::ptrdiff_t>(index));
    if (dice_.chance(0.4)) break;
  }
  add_ons.tier = dice_.pick({100, 100, 50, 200});
  add_ons.leave = dice_.chance(0.2);
  add_ons.continue_on_conflict = dice_.chance(0.3);
  if (dice_.chance(0.2)) add_ons.extra_labels["team"] = dice_.pick({"one", "two"});
  return add_ons;
}

void Users::choose_content(TriggerTruth& trigger) {
  using enum TemplateShape;
  bool add_on = trigger.form == TriggerForm::AddOn;
  std::vector<TemplateShape> shapes = {Plain, Shared};
  if (!add_on) shapes.push_back(Local);
  shapes.insert(shapes.begin(), 1, trigger.one_for_event ? Seen : Roll);
  bool addressed = true;
  for (const SourceTruth& source : truth_.sources) {
    bool used = trigger.source == source.name || (trigger.source == "by-env" && source.name.starts_with("by-"));
    if (used && !(source.shape == SourceShape::Addressed && source.collect)) addressed = false;
  }
  // What an event is seen by is more interesting than what is fixed.
  if (trigger.one_for_event && addressed && dice_.chance(0.8)) shapes = {Export, Seen};
  trigger.add_ons = make_add_ons(shapes, "", 3);
  if (add_on) {
    std::erase_if(trigger.add_ons.refs, [&](const Ref& ref) {
      return std::ranges::any_of(truth_.templates, [&](const TemplateTruth& content) {
        return content.name == ref.name && content.by_cluster;
      });
    });
    for (Ref& ref : trigger.add_ons.refs) ref.tier = 100;
    trigger.add_ons.tier = 100;
    trigger.add_ons.continue_on_conflict = false;
    trigger.add_ons.extra_labels.clear();
  }
}

TriggerTruth Users::make_trigger(const std::string& name) {
  TriggerTruth trigger{.name = name};
  trigger.form = dice_.pick({TriggerForm::Beta, TriggerForm::Beta, TriggerForm::Alpha, TriggerForm::AddOn});
  trigger.sources = make_selection();
  std::size_t destination = dice_.below(10);
  if (destination < 6) trigger.destinations = make_selection();
  if (destination == 6 && trigger.form != TriggerForm::AddOn) {
    const ClusterTruth& cluster = dice_.pick(truth_.clusters);
    trigger.destination = {cluster.ns, cluster.name};
  }
  trigger.source = trigger.form != TriggerForm::AddOn && dice_.chance(0.25) ? "by-env" : dice_.pick({"s0", "s1", "s2"});
  trigger.one_for_event = dice_.chance(0.7);
  choose_content(trigger);
  return trigger;
}

ProfileTruth Users::make_profile(std::size_t number) {
  ProfileTruth profile{.ns = dice_.chance(0.25) ? "clusters" : "", .name = "p" + std::to_string(number)};
  profile.alpha = dice_.chance(0.3);
  if (dice_.chance(0.8)) {
    profile.clusters = make_selection();
  } else {
    const ClusterTruth& cluster = dice_.pick(truth_.clusters);
    if (profile.ns.empty() || cluster.ns == profile.ns) profile.refs.push_back({cluster.ns, cluster.name});
  }
  using enum TemplateShape;
  profile.add_ons = make_add_ons({Plain, Local, Shared}, profile.ns, 3);
  return profile;
}

Thing Users::make_thing() {
  Thing thing{.kind = dice_.chance(0.7) ? "Service" : "ConfigMap", .cluster = dice_.pick(truth_.clusters).name};
  thing.ns = dice_.pick({"shop", "shop", "depot"});
  thing.name = dice_.pick({"web", "api", "db", "mail"});
  thing.app = dice_.pick({"red", "blue", "green"});
  if (thing.kind == "Service") {
    thing.ports = random_ports(dice_);
    if (dice_.chance(0.6)) thing.ip = random_ip(dice_);
  } else {
    thing.value = dice_.pick({"export", "keep"});
  }
  return thing;
}

void Users::write(const std::string& server, const json::Value& object) {
  auto done = fleet_.apply(server, object);
  if (!done && trouble_.empty()) trouble_ = done.error().text() + ": " + json::write(object);
}

void Users::erase(const std::string& server, const json::Value& object) {
  auto done = fleet_.remove(server, object);
  if (!done && trouble_.empty()) trouble_ = done.error().text() + ": " + json::write(object);
}

void Users::write_thing(const Thing& thing) {
  json::Value object = thing_object(thing);
  write(thing.cluster, object);
  if (thing.kind != "Service" || thing.ip.empty()) return;
  json::Value ingress = json::array({json::object({{"ip", thing.ip}})});
  auto done = fleet_.patch_status(thing.cluster, object, json::object({{"loadBalancer", json::object({{"ingress", ingress}})}}));
  if (!done && trouble_.empty()) trouble_ = done.error().text();
}

void Users::erase_thing(std::size_t index) {
  Thing thing = truth_.things[index];
  truth_.things.erase(truth_.things.begin() + static_cast<std::ptrdiff_t>(index));
  changed_();
  erase(thing.cluster, thing_object(thing));
}

void Users::register_cluster(const ClusterTruth& cluster) {
  write(std::string(kManagement), user_secret(cluster, fleet_.kubeconfig(cluster.name)));
  write(std::string(kManagement), cluster_object(cluster));
}

}  // namespace lesto::sim
