// A simulated fleet: embedded API servers on simulated disks, the manager, and a network between them. Whatever can
// break breaks here: servers and the manager crash at any job of the loop, links are cut, requests are lost, clocks jump.
//
// The driver calls from outside the loop; everything that waits runs the loop.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/manager.h"
#include "foundation/io/sim/sim_exchange.h"
#include "foundation/io/sim/sim_loop.h"
#include "foundation/io/sim/sim_rng.h"
#include "foundation/io/sim/sim_storage.h"
#include "kube/apiserver/server.h"
#include "tests/sim/journal.h"

namespace lesto::sim {

// How often a server answers the manager's requests with something else.
struct FaultRates {
  double conflict = 0;
  double too_many = 0;
  double internal = 0;
  double unavailable = 0;
  double after_write = 0;  // the write happened, the answer says 500
  double gone = 0;         // of watches
  double drop_watch = 0;   // of watches: ended without a word after a few events
};

class Fleet {
 public:
  explicit Fleet(std::uint64_t seed);
  ~Fleet();
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  Journal& journal() { return journal_; }
  io::sim::SimLoop& loop() { return loop_; }
  io::sim::Network& network() { return network_; }
  const std::string& log() const { return log_text_; }

  // Starts a server on its disk, which is empty the first time. The management cluster gets our CRDs then.
  void start_server(const std::string& name);
  bool is_up(const std::string& name) const { return servers_.contains(name); }
  // The process dies: what was not synced is lost. It comes back by itself after `down`.
  void crash_server(const std::string& name, Duration down);
  // A new, empty cluster takes the name.
  void replace_server(const std::string& name);
  void drop_watches(const std::string& name);
  void forget_history(const std::string& name);
  void set_faults(FaultRates rates) { faults_ = rates; }

  void start_manager();
  bool manager_started() const;
  // The process dies at once; it starts anew after `down`. May be called from inside the loop.
  void crash_manager(Duration down);
  // In that many jobs of the loop from now.
  void crash_manager_soon(std::size_t jobs, Duration down);
  void crash_no_more() { crash_in_.reset(); }
  // Whether the manager died soon after that instant, so that what it wrote down of it may be lost.
  bool died_after(Time when) const;
  // Of the manager that runs; null when none does.
  ledger::Ledger* ledger();

  void run_for(Duration duration);
  void run_jobs(std::size_t count);
  void jump_clock(Duration by) { loop_.jump(by); }

  // A user's requests; tried again until the server answers. Their links are always good.
  Result<void> apply(const std::string& server, json::Value object);
  Result<void> patch_status(const std::string& server, const json::Value& of, json::Value status);
  // NotFound counts as done.
  Result<void> remove(const std::string& server, const json::Value& of);
  Result<std::vector<json::Value>> list(const std::string& server, const kube::GroupVersionKind& gvk);

  std::string kubeconfig(const std::string& name) const;

  template <class T>
  T run(io::Task<T> task) {
    std::optional<T> result;
    io::TaskScope scope(loop_);
    scope.spawn(keep(std::move(task), result));
    while (scope.running() > 0) CHECK(step());
    return std::move(*result);
  }

 private:
  struct Server;
  struct User;
  struct Incarnation;
  class Dialer;
  class Recorder;

  template <class T>
  static io::Task<void> keep(io::Task<T> task, std::optional<T>& result) {
    auto value = co_await std::move(task);
    result.emplace(std::move(value));
  }
  // One job, and whatever housekeeping is due. False when nothing is left at all.
  bool step();
  void tend_manager();
  void bury_manager();
  void stop_server(const std::string& name, bool crash);
  void install_crds();
  Result<kube::Resource> resolve(const std::string& server, const kube::GroupVersionKind& gvk);
  template <class T>
  Result<T> insist(const std::string& server, const std::function<io::Task<Result<T>>()>& ask);
  std::optional<apiserver::Fault> fault(const apiserver::FaultPoint& point);

  io::sim::SimLoop loop_;
  io::sim::SimRng rng_;
  io::sim::SimRng fault_rng_;
  io::sim::Network network_;
  Journal journal_;
  std::string log_text_;
  Log log_;
  FaultRates faults_;
  std::map<std::string, io::sim::SimDisk> disks_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
  std::map<std::string, Time> restarts_;
  std::map<std::string, std::unique_ptr<User>> users_;
  io::sim::SimDisk ledger_disk_;
  std::unique_ptr<Incarnation> manager_;
  bool wanted_ = false;
  Time manager_start_{};
  std::vector<Time> deaths_;
  std::optional<std::pair<std::size_t, Duration>> crash_in_;
  bool tending_ = false;
};

}  // namespace lesto::sim
