#include "tests/sim/settled.h"

#include <algorithm>

#include "foundation/json/text.h"
#include "tests/scenario/check.h"

namespace lesto::sim {
namespace {

constexpr std::string_view kReason = "projectsveltos.io/reason";

std::int64_t tier_of(const json::Value& object) {
  return std::atoi(object["metadata"]["annotations"]["projectsveltos.io/owner-tier"].string().c_str());
}

// Of several references with one object the one of the lowest tier counts; of equal ones the first, and that is told
// as a conflict.
std::vector<WantedObject> without_duplicates(const WantedIn& wanted, bool& conflict) {
  std::vector<WantedObject> kept;
  for (const WantedObject& object : wanted.objects) {
    auto same = std::ranges::find(kept, object.id, &WantedObject::id);
    if (same == kept.end()) {
      kept.push_back(object);
      continue;
    }
    if (object.ref.tier == same->ref.tier) conflict = true;
    if (object.ref.tier >= same->ref.tier) continue;
    kept.erase(same);
    kept.push_back(object);
  }
  return kept;
}

// Reasons of a trigger for which nothing can happen: no cluster, no source.
bool tells_of_nothing(std::string_view reason) { return reason == "NoMatchingCluster" || reason == "NoEventSource"; }

const json::Value& ready(const json::Value& object) {
  static const json::Value none{};
  for (const json::Value& condition : object["status"]["conditions"].items()) {
    if (condition["type"].text() == "Ready") return condition;
  }
  return none;
}

std::string says(const json::Value& object) {
  const json::Value& condition = ready(object);
  return kube::text_of(object) + " is " + condition["status"].string() + " " + condition["reason"].string() + " \"" +
         condition["message"].string() + "\"";
}

bool is_current(const json::Value& object) {
  return ready(object)["observedGeneration"].integer() == kube::generation_of(object);
}

}  // namespace

std::vector<std::string> Settled::check() {
  check_clusters();
  check_reports();
  check_profiles();
  check_summaries();
  check_copies();
  check_triggers();
  check_sources();
  check_fleet_status();
  check_users_objects();
  return std::move(wrong_);
}

bool Settled::is_loose(const std::string& owner) const {
  return expected_.loose_triggers.contains(owner.substr(0, owner.find(" in ")));
}

Settled::Holdings Settled::holdings(const ClusterTruth& cluster) {
  Holdings held;
  for (const kube::GroupVersionKind& gvk : deployed_kinds()) {
    auto objects = fleet_.list(cluster.name, gvk);
    if (!objects) wrong(cluster.name + ": " + objects.error().text());
    if (!objects) continue;
    for (json::Value& object : *objects) {
      std::string reason(kube::label_of(object, kReason));
      bool ours = is_ours(object) && (!reason.empty() || kube::namespace_of(object) == kOut);
      // A cluster's own, in each namespace.
      if (!ours || kube::name_of(object) == "kube-root-ca.crt") continue;
      Held one{.object = object, .owner = {}};
      if (!reason.empty()) one.owner = history_.owner_of(object);
      held[kube::id_of(object)] = std::move(one);
    }
  }
  return held;
}

void Settled::check_clusters() {
  for (const ClusterTruth& cluster : truth_.clusters) {
    if (!cluster.registered) continue;
    Holdings held = holdings(cluster);
    std::string where = cluster_text(cluster);
    for (const auto& [text, owner] : expected_.owners) {
      auto wanted = owner.clusters.find(where);
      if (wanted != owner.clusters.end() && owner.state == OwnerState::Fine && !is_loose(text)) {
        check_owner(cluster, owner, wanted->second, held);
      }
    }
    for (const auto& [id, one] : held) check_held(cluster, id, one);
  }
}

// Walks the objects of an owner in the order in which they are deployed, as core.md 4.8 has it.
void Settled::check_owner(const ClusterTruth& in, const Owner& owner, const WantedIn& wanted, const Holdings& held) {
  std::string cluster = cluster_text(in);
  bool conflict = false;
  bool unsure = false;
  std::vector<WantedObject> objects = without_duplicates(wanted, conflict);
  for (const WantedObject& object : objects) {
    std::string where = cluster + " " + object.id.text();
    auto live = held.find(object.id);
    if (truth_.by_hand.contains({in.name, object.id})) {
      unsure = true;
      // What another owner holds may be the end of the deployment.
      if (live != held.end() && live->second.owner == owner.text) continue;
      break;
    }
    if (live == held.end() || live->second.owner.empty()) {
      wrong(where + " is missing, wanted by " + owner.text);
      continue;
    }
    if (live->second.owner == owner.text) {
      check_content(where, owner, object, live->second.object);
      continue;
    }
    if (owner.add_ons.tier < tier_of(live->second.object)) {
      wrong(where + " is held by " + live->second.owner + ", but " + owner.text + " has a lower tier");
    }
    conflict = true;
    if (!owner.add_ons.continue_on_conflict) break;
  }
  fates_[{owner.text, cluster}] = unsure ? Fate::Unsure : conflict ? Fate::Conflict : Fate::Deployed;
  if (conflict || unsure) return;
  for (const auto& [id, one] : held) {
    bool still = std::ranges::any_of(objects, [&](const WantedObject& object) { return object.id == id; });
    if (one.owner == owner.text && !still) wrong(cluster + " " + id.text() + " is stale, of " + owner.text);
  }
}

void Settled::check_content(const std::string& where, const Owner& owner, const WantedObject& wanted,
                            const json::Value& got) {
  auto differs = scenario::mismatch(wanted.content, got);
  if (!differs && wanted.id.kind == "ConfigMap" && got["data"] != wanted.content["data"]) {
    differs = "data " + json::write(got["data"]) + " instead of " + json::write(wanted.content["data"]);
  }
  const json::Value& metadata = got["metadata"];
  if (!differs && wanted.revision && metadata["annotations"]["revision"].string() != std::to_string(wanted.revision)) {
    differs = "revision is " + metadata["annotations"]["revision"].string();
  }
  if (!differs && tier_of(got) != owner.add_ons.tier) differs = "owner-tier is " + std::to_string(tier_of(got));
  auto team = owner.add_ons.extra_labels.find("team");
  std::string wanted_team = team == owner.add_ons.extra_labels.end() ? "" : team->second;
  if (!differs && metadata["labels"]["team"].string() != wanted_team) differs = "label team is not " + wanted_team;
  if (differs) wrong(where + " of " + owner.text + ": " + *differs);
}

// What is there must have a reason to be there.
void Settled::check_held(const ClusterTruth& cluster, const kube::ObjectId& id, const Held& held) {
  std::string where = cluster_text(cluster);
  std::string what = where + " " + id.text();
  if (kube::is_deleting(held.object)) wrong(what + " is still being deleted");
  if (held.owner.empty()) return check_left(cluster, id, held);
  check_ledger(where, id, held.object);
  if (!history_.ever_wanted(held.owner, where, id)) return wrong(what + " was never wanted by " + held.owner);
  auto owner = expected_.owners.find(held.owner);
  bool known = owner != expected_.owners.end() && owner->second.clusters.contains(where);
  if (known || is_loose(held.owner)) return;
  // A cluster that was removed kept what it had; what lost its owner meanwhile stays.
  if (history_.absent_until(where) != Time::min()) return;
  wrong(what + " is left over, of " + held.owner);
}

void Settled::check_left(const ClusterTruth& cluster, const kube::ObjectId& id, const Held& held) {
  std::string what = cluster_text(cluster) + " " + id.text();
  if (!history_.may_be_left(id)) wrong(what + " lost its marks");
  for (const json::Member& annotation : held.object["metadata"]["annotations"].members()) {
    if (annotation.name().find("projectsveltos.io") != std::string_view::npos) {
      wrong(what + " was left, but has the mark " + std::string(annotation.name()));
    }
  }
}

void Settled::check_ledger(const std::string& cluster, const kube::ObjectId& id, const json::Value& object) {
  ledger::Ledger* ledger = fleet_.ledger();
  if (!ledger) return;
  auto records = fleet_.run(ledger->about(cluster, id.text(), 100));
  if (!records) return wrong("ledger: " + records.error().text());
  const json::Value& annotations = object["metadata"]["annotations"];
  std::string name = annotations["projectsveltos.io/owner-name"].string();
  for (const ledger::Record& record : *records) {
    if (record.verb != ledger::Verb::Write || record.inputs.empty()) continue;
    // The summary, whose name holds that of its profile.
    if (record.inputs[0].object.find(name) != std::string::npos) return;
  }
  // The last records before a crash may be lost.
  std::string server = cluster.substr(cluster.find('/') + 1);
  for (const auto& [path, live] : fleet_.journal().live(server)) {
    if (kube::uid_of(live.object) == kube::uid_of(object) && fleet_.died_after(live.written)) return;
  }
  wrong("the ledger does not say why " + cluster + " holds " + id.text() + " of " + name);
}

std::vector<json::Value> Settled::list(std::string_view group, const std::string& kind) {
  std::string version = group.empty() ? "v1" : "v1beta1";
  if (kind == "EventBasedAddOn") version = "v1alpha1";
  auto objects = fleet_.list(std::string(kManagement), {std::string(group), version, kind});
  if (objects) return std::move(*objects);
  wrong("list " + kind + ": " + objects.error().text());
  return {};
}

void Settled::check_reports() {
  std::map<std::pair<std::string, std::string>, std::set<kube::ObjectId>> reported;
  for (const json::Value& report : list("lib.projectsveltos.io", "EventReport")) {
    const json::Value& spec = report["spec"];
    std::string cluster = spec["clusterNamespace"].string() + "/" + spec["clusterName"].string();
    auto& matches = reported[{cluster, spec["eventSourceName"].string()}];
    for (const json::Value& match : spec["matchingResources"].items()) {
      matches.insert({"", match["kind"].string(), {match["namespace"].string(), match["name"].string()}});
    }
  }
  for (const WantedReport& wanted : expected_.reports) {
    auto found = reported.find({wanted.cluster, wanted.source});
    std::string what = "EventReport of " + wanted.source + " in " + wanted.cluster;
    if (!wanted.frozen && found == reported.end()) {
      wrong(what + " is missing");
    } else if (!wanted.frozen && found->second != wanted.matches) {
      std::string text = what + " says";
      for (const kube::ObjectId& id : found->second) text += " " + id.text();
      text += " instead of";
      for (const kube::ObjectId& id : wanted.matches) text += " " + id.text();
      wrong(std::move(text));
    }
    if (found != reported.end()) reported.erase(found);
  }
  for (const auto& [key, matches] : reported) wrong("nobody wants the EventReport of " + key.second + " in " + key.first);
}

// The generated ones are those that are wanted, and all say how their clusters fare.
void Settled::check_profiles() {
  std::set<std::string> found;
  std::vector<json::Value> profiles = list("config.projectsveltos.io", "ClusterProfile");
  for (json::Value& profile : list("config.projectsveltos.io", "Profile")) profiles.push_back(std::move(profile));
  for (const json::Value& profile : profiles) {
    std::string text = kube::text_of(profile);
    bool of_cluster = profile["kind"].text() == "ClusterProfile";
    std::string unit = of_cluster ? history_.unit_of(std::string(kube::name_of(profile))) : "";
    if (!unit.empty()) text = unit;
    if (kube::is_deleting(profile)) wrong(text + " is still being deleted");
    if (!found.insert(text).second) wrong("two profiles for " + text);
    auto owner = expected_.owners.find(text);
    if (owner == expected_.owners.end()) {
      if (!is_loose(text)) wrong("nobody wants the profile of " + text);
      continue;
    }
    if (owner->second.state == OwnerState::Event || is_loose(text)) continue;
    bool failed = owner->second.lacks_cluster;
    bool unsure = false;
    for (const auto& [cluster, wanted] : owner->second.clusters) {
      auto fate = fates_.find({text, cluster});
      unsure |= fate != fates_.end() && fate->second == Fate::Unsure;
      failed |= fate == fates_.end() || fate->second == Fate::Conflict;
    }
    if (unsure) continue;
    bool none = owner->second.clusters.empty() && !owner->second.lacks_cluster;
    std::string_view status = failed ? "False" : none ? "Unknown" : "True";
    if (ready(profile)["status"].text() != status || !is_current(profile)) {
      wrong(says(profile) + ", but should be " + std::string(status) + " (" + text + ")");
    }
    if (failed && ready(profile)["message"].text().empty()) wrong(says(profile) + " without a reason");
  }
  for (const auto& [text, owner] : expected_.owners) {
    if (owner.state != OwnerState::Event && !is_loose(text) && !found.contains(text)) wrong("no profile for " + text);
  }
}

void Settled::check_summaries() {
  std::set<std::pair<std::string, std::string>> found;
  for (const json::Value& summary : list("config.projectsveltos.io", "ClusterSummary")) {
    const json::Value& by = summary["metadata"]["ownerReferences"][0];
    std::string text = by["kind"].string() + " ";
    if (by["kind"].text() == "Profile") text += std::string(kube::namespace_of(summary)) + "/";
    text += by["name"].string();
    std::string unit = by["kind"].text() == "ClusterProfile" ? history_.unit_of(by["name"].string()) : "";
    if (!unit.empty()) text = unit;
    const json::Value& spec = summary["spec"];
    std::string cluster = spec["clusterNamespace"].string() + "/" + spec["clusterName"].string();
    found.insert({text, cluster});
    std::string what = kube::text_of(summary) + " of " + text;
    if (kube::is_deleting(summary)) wrong(what + " is still being deleted: " + says(summary));
    auto owner = expected_.owners.find(text);
    bool known = owner != expected_.owners.end();
    if (is_loose(text) || (known && owner->second.state == OwnerState::Event)) continue;
    bool named = known && owner->second.lacks_cluster && !truth_.find_cluster(spec["clusterNamespace"].string(), spec["clusterName"].string());
    if (!known || (!named && !owner->second.clusters.contains(cluster))) {
      wrong("nobody wants " + what);
      continue;
    }
    if (named) continue;
    std::string_view status = summary["status"]["featureSummaries"][0]["status"].text();
    auto fate = fates_.find({text, cluster});
    if (fate != fates_.end() && fate->second == Fate::Unsure) continue;
    bool deployed = fate != fates_.end() && fate->second == Fate::Deployed;
    bool conflict = fate != fates_.end() && fate->second == Fate::Conflict;
    bool right = deployed ? status == "Provisioned" : status == "Failed" || status == "FailedNonRetriable";
    if (conflict && ready(summary)["reason"].text() != "Conflict") right = false;
    if (!right || !is_current(summary)) {
      wrong(what + " says " + std::string(status) + ": " + says(summary) + (deployed ? ", but all is deployed" : ", but it is not deployed"));
    }
    if (fate == fates_.end() && ready(summary)["message"].text().find(owner->second.complaint) == std::string_view::npos) {
      wrong(what + " does not name " + owner->second.complaint + ": " + says(summary));
    }
  }
  for (const auto& [text, owner] : expected_.owners) {
    if (owner.state == OwnerState::Event || is_loose(text)) continue;
    for (const auto& [cluster, wanted] : owner.clusters) {
      if (!found.contains({text, cluster})) wrong("no ClusterSummary for " + text + " in " + cluster);
    }
  }
}

void Settled::check_copies() {
  std::vector<json::Value> copies = list("", "ConfigMap");
  for (json::Value& secret : list("", "Secret")) copies.push_back(std::move(secret));
  for (const json::Value& copy : copies) {
    if (kube::namespace_of(copy) != "projectsveltos") continue;
    const json::Value& annotation = copy["metadata"]["annotations"]["eventtrigger.lib.projectsveltos.io/unit"];
    if (annotation.is_null()) continue;
    json::Value as_profile = copy;
    as_profile.set("kind", "ClusterProfile");
    History reader(fleet_.loop());
    Write write;
    write.after = as_profile;
    reader.hear(write);
    std::string unit = reader.unit_of(std::string(kube::name_of(copy)));
    if (!expected_.owners.contains(unit) && !is_loose(unit)) wrong("nobody wants the copy " + kube::text_of(copy) + " of " + unit);
  }
}

void Settled::check_triggers() {
  std::vector<json::Value> triggers = list("lib.projectsveltos.io", "EventTrigger");
  for (json::Value& add_on : list("lib.projectsveltos.io", "EventBasedAddOn")) triggers.push_back(std::move(add_on));
  for (const json::Value& trigger : triggers) {
    std::string text = kube::text_of(trigger);
    if (expected_.loose_triggers.contains(text)) continue;
    bool failed = false;
    bool deployed = true;
    bool unsure = false;
    for (const auto& [name, owner] : expected_.owners) {
      if (owner.trigger != text) continue;
      bool content = owner.state == OwnerState::Content && !owner.clusters.empty();
      failed |= owner.state == OwnerState::Event || content || owner.lacks_cluster;
      deployed &= !owner.clusters.empty();
      for (const auto& [cluster, wanted] : owner.clusters) {
        auto fate = fates_.find({name, cluster});
        failed |= fate != fates_.end() && fate->second == Fate::Conflict;
        unsure |= fate != fates_.end() && fate->second == Fate::Unsure;
      }
    }
    if (unsure) continue;
    std::string_view status = ready(trigger)["status"].text();
    bool right = failed ? status == "False" && ready(trigger)["reason"].text() == "Failed"
                        : !deployed || status == "True" || tells_of_nothing(ready(trigger)["reason"].text());
    if (!right || !is_current(trigger)) wrong(says(trigger) + ", but it is " + (failed ? "failed" : "deployed"));
  }
}

void Settled::check_sources() {
  for (const json::Value& object : list("lib.projectsveltos.io", "EventSource")) {
    const SourceTruth* source = truth_.find_source(std::string(kube::name_of(object)));
    if (!source) {
      wrong("nobody wrote " + kube::text_of(object));
      continue;
    }
    bool wanted = std::ranges::any_of(
        expected_.reports, [&](const WantedReport& report) { return report.source == source->name; });
    std::string_view status = ready(object)["status"].text();
    std::string_view right = !wanted ? "Unknown" : source->defect != Defect::None ? "False" : "True";
    if (wanted && source->defect == Defect::Runtime && status == "True") right = "True";
    if (status != right || !is_current(object)) wrong(says(object) + ", but should be " + std::string(right));
  }
}

void Settled::check_fleet_status() {
  for (const json::Value& cluster : list("lib.projectsveltos.io", "SveltosCluster")) {
    bool healthy = cluster["status"]["ready"].boolean() && cluster["status"]["connectionStatus"].text() == "Healthy" &&
                   ready(cluster)["status"].text() == "True";
    if (!healthy) wrong(says(cluster) + " " + json::write(cluster["status"]) + ", but it answers");
  }
}

// What users wrote is still there: no acknowledged write was lost.
void Settled::check_users_objects() {
  for (const ClusterTruth& cluster : truth_.clusters) {
    auto maps = fleet_.list(cluster.name, {"", "v1", "ConfigMap"});
    auto services = fleet_.list(cluster.name, {"", "v1", "Service"});
    if (!maps || !services) return wrong("user's lists failed");
    std::map<kube::ObjectId, const json::Value*> there;
    for (const json::Value& object : *maps) there[kube::id_of(object)] = &object;
    for (const json::Value& object : *services) there[kube::id_of(object)] = &object;
    for (const Thing& thing : truth_.things) {
      if (thing.cluster == cluster.name && !there.contains(thing.id())) wrong(cluster.name + " lost " + thing.id().text());
    }
  }
}

}  // namespace lesto::sim
