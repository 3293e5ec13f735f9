// Step 1: which change wakes which key.
#pragma once

#include <map>
#include <memory>

#include "fleet/ledger/ledger.h"
#include "steps/event/act.h"
#include "steps/event/gather.h"
#include "steps/event/status.h"

namespace lesto::event {

// Thread: the loop's.
class Step {
 public:
  Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
       ledger::Ledger& ledger);
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  // After the management cluster's stores are synced.
  void start(io::TaskScope& scope);
  // Ends the watches; their ends are joined with the scope of start().
  void cancel();

 private:
  struct Running {
    explicit Running(io::Loop& loop) : scope(loop) {}
    io::TaskScope scope;
    std::unique_ptr<KindWatch> watch;
  };
  using Watches = std::map<WatchKey, std::unique_ptr<Running>>;

  void listen();
  void replan();
  void replan_cluster(const model::ClusterRef& ref, std::map<WatchKey, std::vector<Subscription>> wanted);
  void begin(const std::shared_ptr<cluster::Cluster>& of, const WatchKey& key,
             std::vector<Subscription> subscriptions, const KindWatch* before, Watches& watches);
  void end(std::unique_ptr<Running> running);
  static io::Task<void> reap(std::unique_ptr<Running> running);

  io::Task<Result<control::Again>> reconcile(io::Context context, SourceKey key);
  io::Task<Result<control::Again>> reconcile_status(io::Context context, std::string source);
  Inputs gather(const SourceKey& key);
  io::Task<Result<Matches>> aggregate(const Inputs& inputs, const model::EventSource& source);
  std::vector<SourceState> states_of(const std::string& source) const;

  io::Loop& loop_;
  Log& log_;
  cluster::Management& management_;
  cluster::Registry& registry_;
  ledger::Ledger& ledger_;
  Engines engines_;
  io::TaskScope* scope_ = nullptr;
  Plan plan_;
  control::Soon replan_soon_;
  std::map<model::ClusterRef, Watches> watches_;
  // What was left over from a decision: shown in the source's condition.
  std::map<SourceKey, std::string> refused_;
  // What the reports of each source were last seen to hold.
  std::map<SourceKey, std::map<std::string, Known>> known_;
  control::Queue<SourceKey> reports_;
  control::Queue<std::string> statuses_;
};

}  // namespace lesto::event
