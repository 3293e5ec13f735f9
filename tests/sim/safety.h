// Safety: what must never happen, judged at each write while it happens.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/history.h"

namespace lesto::sim {

class Safety {
 public:
  explicit Safety(const History& history) : history_(history) {}

  void hear(const Write& write);
  // A user removed something of Lesto's: what follows from it cannot be told from a defect until everything has settled.
  void meddled() { meddled_ = true; }
  // The clock jumped: what the manager knows can be older by so much.
  void jumped(Duration by) { jumped_ += by; }
  void settled() {
    meddled_ = false;
    jumped_ = {};
  }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void hear_in_management(const Write& write);
  void hear_in_cluster(const Write& write);
  void judge_delete(const Write& write);
  std::string cluster_of(const std::string& server) const;
  void violation(const Write& write, const std::string& what);

  const History& history_;
  std::vector<std::string> violations_;
  bool meddled_ = false;
  Duration jumped_{};
};

}  // namespace lesto::sim
