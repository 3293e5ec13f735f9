// What must hold when nothing happens any more: the clusters hold what the oracle says, the management cluster holds
// what leads to it and nothing else, statuses tell the truth, and the ledger knows why.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/fleet.h"
#include "tests/sim/history.h"

namespace lesto::sim {

class Settled {
 public:
  Settled(Fleet& fleet, const Truth& truth, const History& history)
      : fleet_(fleet), truth_(truth), history_(history), expected_(history.now()) {}

  // Everything that is wrong, for people; none is success.
  std::vector<std::string> check();

 private:
  // A deployed object as it is in a cluster.
  struct Held {
    json::Value object;
    std::string owner;  // "" when it carries none of our marks
  };
  using Holdings = std::map<kube::ObjectId, Held>;
  // How an owner fares in a cluster, by what is there.
  // Unsure: somebody had his hands in it.
  enum class Fate { Deployed, Conflict, Unsure };

  void check_clusters();
  Holdings holdings(const ClusterTruth& cluster);
  void check_owner(const ClusterTruth& in, const Owner& owner, const WantedIn& wanted, const Holdings& held);
  void check_content(const std::string& where, const Owner& owner, const WantedObject& wanted, const json::Value& got);
  void check_held(const ClusterTruth& cluster, const kube::ObjectId& id, const Held& held);
  void check_left(const ClusterTruth& cluster, const kube::ObjectId& id, const Held& held);
  void check_ledger(const std::string& cluster, const kube::ObjectId& id, const json::Value& object);

  void check_reports();
  void check_profiles();
  void check_summaries();
  void check_copies();
  void check_triggers();
  void check_sources();
  void check_fleet_status();
  void check_users_objects();
  std::vector<json::Value> list(std::string_view group, const std::string& kind);

  bool is_loose(const std::string& owner) const;
  bool is_user_profile_failing(const Owner& owner) const;
  void wrong(std::string what) { wrong_.push_back(std::move(what)); }

  Fleet& fleet_;
  const Truth& truth_;
  const History& history_;
  const Expected& expected_;
  std::vector<std::string> wrong_;
  std::map<std::pair<std::string, std::string>, Fate> fates_;  // owner, cluster
};

}  // namespace lesto::sim
