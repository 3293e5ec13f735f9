// Which EventReports are known to be current: since this process began to act, the source's cluster has been listed to the
// end, and the reports say what was found.
//
// Until then a report may be older than what was made from it (docs/decisions/0011): what it says to match does match
// or did, but what it does not name may be there. Absence from a report is evidence only of confirmed ones.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "fleet/model/reference.h"

namespace lesto::cluster {

// Thread: the loop's.
class ConfirmedReports {
 public:
  using Listener = std::function<void(const model::ClusterRef&, const std::string& source)>;

  // Listeners are told the first time.
  void confirm(const model::ClusterRef& cluster, const std::string& source) {
    if (!keys_.insert({cluster, source}).second) return;
    for (const Listener& listener : listeners_) listener(cluster, source);
  }
  // Nobody asks for the source there any more.
  void forget(const model::ClusterRef& cluster, const std::string& source) { keys_.erase({cluster, source}); }
  bool contains(const model::ClusterRef& cluster, const std::string& source) const {
    return keys_.contains({cluster, source});
  }
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

 private:
  std::set<std::pair<model::ClusterRef, std::string>> keys_;
  std::vector<Listener> listeners_;
};

}  // namespace lesto::cluster
