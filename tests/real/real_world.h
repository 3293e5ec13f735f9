// A story's world on real Kubernetes: kube-apiservers, TLS over loopback, real time. The manager runs in this process, as
// `lesto manager` wires it; between it and each cluster is a cable that a story may cut.
#pragma once

#include <map>
#include <memory>

#include "app/dialer.h"
#include "app/manager.h"
#include "foundation/io/memory_storage.h"
#include "tests/real/cable.h"
#include "tests/real/fleet.h"
#include "tests/scenario/world.h"

namespace lesto::real {

class RealWorld final : public scenario::World {
 public:
  explicit RealWorld(Fleet& fleet);
  // Stops the manager and takes the clusters back to their first state.
  ~RealWorld() override;
  RealWorld(const RealWorld&) = delete;
  RealWorld& operator=(const RealWorld&) = delete;

  // The story's name of a cluster goes to one that is free.
  Result<void> start_server(const std::string& name) override;
  Result<void> stop_server(const std::string& name) override;
  Result<void> start_manager() override;
  void stop_manager() override;
  void cut(const std::string& cluster) override;
  void heal(const std::string& cluster) override;
  Result<void> fault(std::string_view verb, const json::Value& what) override;
  client::Client& user(const std::string& cluster) override;
  client::Mapper& mapper(const std::string& cluster) override;
  std::string kubeconfig(const std::string& cluster) const override;
  std::string url(const std::string& cluster) const override;
  const scenario::Patience& patience() const override;
  void wait(Duration duration) override;
  void pass(Duration duration) override;
  io::Loop& loop() override { return loop_; }
  const std::string& log() const override { return log_text_; }
  const scenario::Refusals& refusals() const override { return refusals_; }
  bool refuses_in_passing() const override { return true; }

 private:
  struct Cluster;

  void run_until(const std::function<bool()>& done) override { loop_.run_until(done); }
  kube::Kubeconfig managers_kubeconfig(const std::string& cluster) const;
  // A call of the fleet that blocks, on a pool thread, while the manager goes on.
  Result<void> meanwhile(std::function<Result<void>()> call);
  Result<void> restart(const json::Value& names, const json::Value& flags);
  Result<void> signal(const Cluster& cluster, const std::string& which);
  static Result<void> look_at_connections(const Cable& cable, const json::Value& what);
  Result<void> look_at_refusals(Cluster& cluster);
  Result<void> note_place(Cluster& cluster);
  Result<void> look_at_place(Cluster& cluster);

  Fleet& fleet_;
  io::AsioLoop loop_;
  std::string log_text_;
  Log log_;
  app::NetworkDialer dialer_;
  std::map<std::string, std::unique_ptr<Cluster>> clusters_;
  io::MemoryStorage ledger_;
  scenario::Refusals refusals_;
  std::unique_ptr<io::Exchange> management_;
  std::unique_ptr<app::Manager> manager_;
};

}  // namespace lesto::real
