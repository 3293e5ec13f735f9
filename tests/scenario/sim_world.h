// A whole fleet in one thread and in virtual time: embedded API servers, the manager, and a network between them that
// a story may cut. The real code throughout; only loop, network and disks are the simulated forms of their seams.
#pragma once

#include <map>
#include <memory>

#include "app/manager.h"
#include "foundation/io/memory_storage.h"
#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "kube/apiserver/server.h"
#include "tests/scenario/rights.h"
#include "tests/scenario/world.h"

namespace lesto::scenario {

class SimWorld final : public World {
 public:
  // `rights`, when there are any, are told what the manager does in the management cluster, and outlive the world.
  explicit SimWorld(std::optional<std::uint64_t> seed = std::nullopt, Rights* rights = nullptr);
  ~SimWorld() override;
  SimWorld(const SimWorld&) = delete;
  SimWorld& operator=(const SimWorld&) = delete;

  Result<void> start_server(const std::string& name) override;
  Result<void> stop_server(const std::string& name) override;
  Result<void> start_manager() override;
  void stop_manager() override;
  void cut(const std::string& cluster) override { network_.cut("manager", cluster); }
  void heal(const std::string& cluster) override { network_.heal("manager", cluster); }
  Result<void> fault(std::string_view verb, const json::Value& what) override;
  client::Client& user(const std::string& cluster) override;
  client::Mapper& mapper(const std::string& cluster) override;
  std::string kubeconfig(const std::string& cluster) const override;
  std::string url(const std::string& cluster) const override;
  const Patience& patience() const override;
  void wait(Duration duration) override { loop_.run_for(duration); }
  void pass(Duration duration) override { loop_.run_for(duration); }
  io::Loop& loop() override { return loop_; }
  const std::string& log() const override { return log_text_; }
  const Refusals& refusals() const override { return refusals_; }
  bool refuses_in_passing() const override { return false; }

 private:
  Result<void> apply_file(const std::string& path);
  struct Server;
  struct User;
  class Dialer;

  void run_until(const std::function<bool()>& done) override;

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
  Refusals refusals_;
  std::unique_ptr<io::Exchange> management_;
  std::unique_ptr<app::Manager> manager_;
  Rights* rights_;
};

}  // namespace lesto::scenario
