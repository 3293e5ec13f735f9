// What users wanted over time, as the oracle sees it, and who is who: from these follows which deletes could be right.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/journal.h"
#include "tests/sim/oracle.h"

namespace lesto::sim {

// The oracle's word from a moment on.
struct Picture {
  Time since{};
  Expected expected;
  std::set<std::string> clusters;  // that are registered
};

class History {
 public:
  explicit History(const Clock& clock) : clock_(clock) {}

  void changed(const Truth& truth);
  // Learns which unit a generated profile is for.
  void hear(const Write& write);

  const std::vector<Picture>& pictures() const { return pictures_; }
  const Expected& now() const { return pictures_.back().expected; }

  // Who owns a deployed object, as its annotations say: the text of an Owner. "" for none.
  std::string owner_of(const json::Value& object) const;
  // The unit that a profile of the management cluster was made for; "" for a user's.
  std::string unit_of(const std::string& profile) const;

  // Whether the owner ever wanted that object in that cluster.
  bool ever_wanted(const std::string& owner, const std::string& cluster, const kube::ObjectId& id) const;
  // Whether an owner with LeavePolicies ever wanted it somewhere. A cluster that changes its labels may for an instant be
  // the target of an event of which it is the source no more: what is deployed then is left, too.
  bool may_be_left(const kube::ObjectId& id) const;
  // When the cluster was last not registered.
  Time absent_until(const std::string& cluster) const;

 private:
  void leaves_all(const std::string& owner);

  const Clock& clock_;
  std::vector<Picture> pictures_;
  std::map<std::string, std::string> units_;  // by the name of the profile
  std::map<std::pair<std::string, std::string>, std::set<kube::ObjectId>> ever_;
  std::set<kube::ObjectId> left_;
  std::map<std::string, Time> absent_;
};

}  // namespace lesto::sim
