// Embedded API servers on a simulated network, in virtual time, for tests of registration and of
// several managers. Managers reach the management cluster as the account of manifests/rbac.yaml.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "app/replica.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "kube/apiserver/server.h"

namespace lesto::manager_test {

class Fleet {
 public:
  explicit Fleet(std::optional<std::uint64_t> seed = std::nullopt);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  // An API server of that name; with our definitions and rules when it is for management.
  void serve(const std::string& name);
  void serve_management();

  // An administrator's client and kubeconfig.
  client::Client& admin(const std::string& cluster);
  kube::Kubeconfig kubeconfig(const std::string& cluster) const;
  // How the party of that name reaches the management cluster, with the manager's own account.
  std::unique_ptr<io::Exchange> management_for(const std::string& party);
  // Makes connections of the party of that name.
  std::unique_ptr<cluster::Dialer> dialer_for(const std::string& party);
  // The party is alone in the world from now on.
  void isolate(const std::string& party);

  void apply(const std::string& cluster, json::Value object);
  void apply_file(const std::string& cluster, const std::string& path);
  Result<json::Value> get(const std::string& cluster, const std::string& api_version,
                          const std::string& kind, const kube::ObjectKey& key);

  template <class T>
  T run(io::Task<T> task) {
    return loop.run(std::move(task));
  }

  io::sim::SimLoop loop;
  io::sim::SimRng rng;
  io::sim::Network network;
  std::string log_text;
  Log log;

 private:
  struct Server;
  struct User;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::map<std::string, std::unique_ptr<User>> users_;
};

// A manager of the fleet, as a process would run it.
class Process {
 public:
  Process(Fleet& fleet, const std::string& party, const std::string& identity);
  ~Process();
  void start();
  // In good order.
  void stop();
  app::Replica& replica() { return *replica_; }
  const std::optional<Result<void>>& ended() const { return ended_; }

 private:
  io::Task<void> run();

  Fleet& fleet_;
  std::unique_ptr<io::Exchange> management_;
  std::unique_ptr<cluster::Dialer> dialer_;
  io::MemoryStorage ledger_;
  std::unique_ptr<app::Replica> replica_;
  std::optional<Result<void>> ended_;
  io::TaskScope scope_;
};

}  // namespace lesto::manager_test
