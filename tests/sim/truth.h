// What the users of a simulated fleet want now: everything that they have written, as plain values. The generator
// changes it, `objects` turns it into API objects, and the oracle says what must follow from it.
//
// Templates come in a few shapes of which the oracle knows the outcome without an engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kube/object/object.h"

namespace lesto::sim {

using Labels = std::map<std::string, std::string>;

// The namespace of what is deployed; users keep out of it.
inline constexpr std::string_view kOut = "out";
inline constexpr std::string_view kManagement = "management";

struct ClusterTruth {
  std::string name = {};  // of the server, too
  std::string ns = {};    // where it is registered
  Labels labels = {};     // `env` and `dep` are always there
  std::string region = {};
  bool registered = true;
};

// An object of a user in a managed cluster: what events come from. A Service is of type LoadBalancer.
struct Thing {
  std::string kind = {};  // Service or ConfigMap
  std::string cluster = {};
  std::string ns = {};
  std::string name = {};
  std::string app = {};         // label `app`
  std::vector<int> ports = {};  // of a Service
  std::string ip = {};          // of a Service: "" until it has one
  std::string value = {};       // of a ConfigMap

  kube::ObjectId id() const { return {"", kind, {ns, name}}; }
};

// Addressed: Services with an address, by Lua. Labelled: Services by a label filter. Several: Services and ConfigMaps
// by label, as two selectors. Quorum: labelled Services, but only when there are two or more (aggregated). Marked:
// ConfigMaps whose value says "export", by Lua. Narrow: Services of one namespace and name.
enum class SourceShape { Addressed, Labelled, Several, Quorum, Marked, Narrow };
enum class Defect { None, Syntax, Runtime, Refused };

struct SourceTruth {
  std::string name = {};
  SourceShape shape = SourceShape::Addressed;
  bool flat = false;     // the v1alpha1 form; Addressed and Labelled only
  bool collect = false;
  std::string app = {};       // the label, or the name for Narrow
  Defect defect = Defect::None;
  bool exists = true;
};

// Export: Service and Endpoints of an addressed Service. Seen: a note on one object. Roll: a list of all objects.
// Plain: `count` fixed ConfigMaps. Local: a note rendered for the target cluster. Shared: an object of its own, one
// that all Shared templates of a group want, and another one of its own.
enum class TemplateShape { Export, Seen, Roll, Plain, Local, Shared };

struct TemplateTruth {
  std::string ns = {};
  std::string name = {};
  TemplateShape shape = TemplateShape::Plain;
  bool secret = false;
  bool by_cluster = false;  // the source cluster's name is part of the objects' names
  int revision = 1;
  int count = 1;
  std::string group = {};  // of Shared
  Defect defect = Defect::None;
  bool exists = true;
};

struct Ref {
  std::string ns = {};
  std::string name = {};
  bool secret = false;
  int tier = 100;
};

struct AddOns {
  std::vector<Ref> refs = {};
  int tier = 100;
  bool leave = false;
  bool continue_on_conflict = false;
  Labels extra_labels = {};
};

struct Selection {
  // Equal values, and optionally key in (…).
  Labels equal = {};
  std::string in_key = {};
  std::vector<std::string> in_values = {};
  bool empty() const { return equal.empty() && in_key.empty(); }
  bool matches(const Labels& labels) const;
};

enum class TriggerForm { Beta, Alpha, AddOn };

struct TriggerTruth {
  std::string name = {};
  TriggerForm form = TriggerForm::Beta;
  Selection sources = {};       // of clusters
  Selection destinations = {};  // empty: the event's own cluster, or `destination`
  std::optional<std::pair<std::string, std::string>> destination = {};  // namespace, name
  std::string source = {};      // a name, or "by-env": the source is called as the cluster's label env says
  bool one_for_event = true;
  AddOns add_ons = {};
};

struct ProfileTruth {
  std::string ns = {};  // "" for a ClusterProfile
  std::string name = {};
  bool alpha = false;
  Selection clusters = {};
  std::vector<std::pair<std::string, std::string>> refs = {};  // clusters by namespace and name
  AddOns add_ons = {};
};

struct Truth {
  std::vector<ClusterTruth> clusters = {};
  std::vector<Thing> things = {};
  std::vector<SourceTruth> sources = {};
  std::vector<TemplateTruth> templates = {};
  std::vector<TriggerTruth> triggers = {};
  std::vector<ProfileTruth> profiles = {};
  // Deployed objects, by server, that somebody has edited or removed by hand: what they hold is his, and whether they
  // are there, until their content changes.
  std::set<std::pair<std::string, kube::ObjectId>> by_hand = {};

  const TemplateTruth* find_template(const Ref& ref) const;
  const SourceTruth* find_source(const std::string& name) const;
  const ClusterTruth* find_cluster(const std::string& ns, const std::string& name) const;
};

// The name of the source that a trigger uses in a cluster.
std::string source_name(const TriggerTruth& trigger, const ClusterTruth& cluster);

// As users write them.
json::Value cluster_object(const ClusterTruth& cluster);
json::Value thing_object(const Thing& thing);
json::Value source_object(const SourceTruth& source);
json::Value template_object(const TemplateTruth& content);
json::Value trigger_object(const TriggerTruth& trigger);
json::Value profile_object(const ProfileTruth& profile);

}  // namespace lesto::sim
