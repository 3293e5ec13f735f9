// A whole fleet in one thread and in virtual time: embedded API servers, the manager, and a network between them that
// a story may cut. The real code throughout; only loop, network and disks are the simulated forms of their seams.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/manager.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "kube/apiserver/server.h"

namespace lesto::scenario {

// The management cluster's name in stories.
inline constexpr std::string_view kManagement = "management";

class World {
 public:
  explicit World(std::optional<std::uint64_t> seed = std::nullopt);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Starts an API server of that name, with an empty or its former storage. The management cluster gets our CRDs.
  void start_server(const std::string& name);
  void stop_server(const std::string& name);
  bool has_server(const std::string& name) const { return servers_.contains(name); }

  void start_manager();
  // Everything that the manager has in flight is lost.
  void stop_manager();

  // An administrator's client of a cluster.
  client::Client& user(const std::string& cluster);
  client::Mapper& mapper(const std::string& cluster);

  // What a kubeconfig Secret for the cluster holds.
  std::string kubeconfig(const std::string& cluster) const;

  io::sim::SimLoop& loop() { return loop_; }
  io::sim::Network& network() { return network_; }
  const std::string& log() const { return log_text_; }

 private:
  struct Server;
  struct User;
  class Dialer;

  io::sim::SimLoop loop_;
  io::sim::SimRng rng_;
  io::sim::Network network_;
  std::string log_text_;
  Log log_;
  std::map<std::string, std::unique_ptr<io::MemoryStorage>> storages_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::map<std::string, std::unique_ptr<User>> users_;
  io::MemoryStorage ledger_;
  std::unique_ptr<Dialer> dialer_;
  std::unique_ptr<io::Exchange> management_;
  std::unique_ptr<app::Manager> manager_;
};

}  // namespace lesto::scenario
