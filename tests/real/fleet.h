// The real clusters of a test run, as script/realkube started them: reached by the contexts of its kubeconfig, taken back
// to their first state between two stories, ended, halted and started again by stories about faults.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kube/client/mapper.h"
#include "kube/object/kubeconfig.h"
#include "tests/real/etcd.h"

namespace lesto::real {

// The user of the manager: no member of system:masters, so that what holds for others holds for it too.
inline constexpr std::string_view kManagerToken = "lesto-token";

// Thread: the loop's, from outside of any job, where nothing else is said.
class Fleet {
 public:
  // `state` is the folder that realkube was given, `root` the tree. Installs our CRDs in the management cluster, gives the
  // manager the rights of manifests/rbac.yaml and no others there, and remembers that as the first state.
  static Result<std::unique_ptr<Fleet>> open(const std::string& root, const std::string& state);

  // Those besides the management cluster.
  const std::vector<std::string>& names() const { return names_; }
  // How an administrator reaches one.
  const kube::Kubeconfig& administrator(const std::string& name) const { return administrators_.at(name); }
  Etcd& etcd() { return etcd_; }

  // Blocks, and may be called on a pool thread: a signal to the API server of a cluster.
  Result<void> signal(const std::string& name, const std::string& signal);
  // Likewise: the API servers are started again, with these flags besides their own.
  Result<void> start(const std::vector<std::string>& names, const std::vector<std::string>& flags);

  // All clusters run, with their own flags and in their first state.
  Result<void> reset();

 private:
  Fleet(std::string root, std::string state, const std::string& etcd_url);
  Result<void> prepare(const std::string& name);
  // A file of manifests; what it gives to the manager's account it gives to the manager's user.
  Result<void> apply(client::Client& administrator, client::Mapper& mapper, const std::string& file);
  Result<void> realkube(const std::string& arguments) const;
  // The API server has seen all that was changed below it.
  Result<void> catch_up(const std::string& name);

  std::string root_;
  std::string state_;
  io::AsioLoop loop_;
  Etcd etcd_;
  std::vector<std::string> names_;
  std::map<std::string, kube::Kubeconfig> administrators_;
  std::set<std::string> ended_;
  std::set<std::string> halted_;
  std::set<std::string> flagged_;
};

}  // namespace lesto::real
