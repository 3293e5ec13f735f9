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
  // A user removed something of Lesto's: what follows from it cannot be told from a defect for a while.
  void meddled(Time at) { meddled_ = at; }
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  void hear_in_management(const Write& write);
  void hear_in_cluster(const Write& write);
  void judge_delete(const Write& write);
  std::string cluster_of(const std::string& server) const;
  void violation(const Write& write, const std::string& what);

  const History& history_;
  std::vector<std::string> violations_;
  Time meddled_ = Time::min();
};

}  // namespace lesto::sim
