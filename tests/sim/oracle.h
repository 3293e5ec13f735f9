// What must be true of a fleet whose users want `Truth`, once everything has settled: written from the specification
// (reference/core.md), with no code of the steps and no engine. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/truth.h"

namespace lesto::sim {

// "namespace/name" of a registered cluster.
std::string cluster_text(const ClusterTruth& cluster);

// An object that an owner wants in a cluster. `content` is the object as it must be, metadata aside.
struct WantedObject {
  kube::ObjectId id;
  json::Value content;
  Ref ref;
  int revision = 0;
};

// What an owner (a profile of a user, or what one event caused) wants in one cluster, in the order of deployment.
struct WantedIn {
  std::vector<WantedObject> objects;
};

// Fine: all of it must be there. Content: step 4 cannot deploy it as a whole; what is there stays. Event: step 2 cannot
// render it; its profile stays as it is.
enum class OwnerState { Fine, Content, Event };

struct Owner {
  // "ClusterProfile x", "Profile ns/x", or for an event the text of its unit.
  std::string text;
  bool generated = false;
  std::string trigger;  // of a generated one: "EventTrigger x"
  OwnerState state = OwnerState::Fine;
  // A part of the message that users must see when the state is not Fine.
  std::string complaint;
  AddOns add_ons;
  // By cluster text, the clusters that it matches and that exist.
  std::map<std::string, WantedIn> clusters;
  // It names a cluster that does not exist.
  bool lacks_cluster = false;
};

struct WantedReport {
  std::string cluster;
  std::string source;
  std::set<kube::ObjectId> matches;
  // The source is broken: what it said before stands.
  bool frozen = false;
  auto operator<=>(const WantedReport& other) const {
    return std::tie(cluster, source) <=> std::tie(other.cluster, other.source);
  }
};

struct Expected {
  std::map<std::string, Owner> owners;
  std::set<WantedReport> reports;
  // Triggers ("EventTrigger x") whose source is broken somewhere: their units are not known.
  std::set<std::string> loose_triggers;
};

Expected expect(const Truth& truth);

// The kinds of what templates deploy.
std::vector<kube::GroupVersionKind> deployed_kinds();

std::string trigger_text(const TriggerTruth& trigger);
// The text of a unit; `object` is null for all objects.
std::string unit_text(const std::string& trigger, const std::string& cluster, const std::string& source,
                      const kube::ObjectId* object);

// Objects of a template for an event (or for none), in the cluster `target`.
std::vector<WantedObject> rendered(const TemplateTruth& content, const std::vector<Thing>& events,
                                   const ClusterTruth* source, const ClusterTruth& target);

}  // namespace lesto::sim
