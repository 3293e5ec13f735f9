// Which of the rights of manifests/rbac.yaml the manager has used, over all stories of a run: that they suffice shows
// by itself, that none is there for nothing shows here.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "foundation/base/result.h"
#include "kube/apiserver/options.h"

namespace lesto::scenario {

class Rights {
 public:
  void note(const apiserver::FaultPoint& request);
  // The rights of the manifest that were not used, "verb group/resource" each. Those to the lease are left out: a story
  // has one manager, which has no lease (tests/manager).
  Result<std::vector<std::string>> unused(const std::string& manifest) const;

 private:
  std::set<std::string> used_;
};

}  // namespace lesto::scenario
