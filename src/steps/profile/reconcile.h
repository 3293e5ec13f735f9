// Step 3: which change wakes which key.
#pragma once

#include <map>

#include "kube/control/passing.h"
#include "steps/profile/act.h"
#include "steps/profile/status.h"
#include "steps/profile/unserved.h"

namespace lesto::profile {

// Thread: the loop's.
class Step {
 public:
  Step(io::Loop& loop, Log& log, cluster::Management& management, cluster::Registry& registry,
       ledger::Ledger& ledger);
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  // After the management cluster's stores are synced.
  void start(io::TaskScope& scope);

 private:
  void listen();
  void wake_all();
  io::Task<Result<control::Again>> reconcile(io::Context context, ProfileKey key);
  io::Task<Result<control::Again>> reconcile_status(io::Context context, ProfileKey key);
  io::Task<Result<bool>> settle_finalizer(io::Context context, ProfileKey key);
  std::string refused(const ProfileKey& key) const;

  io::Loop& loop_;
  Log& log_;
  cluster::Management& management_;
  cluster::Registry& registry_;
  ledger::Ledger& ledger_;
  io::TaskScope* scope_ = nullptr;
  control::Soon wake_soon_;
  std::map<ProfileKey, control::Passing> deploying_;
  control::Queue<ProfileKey> profiles_;
  control::Queue<ProfileKey> statuses_;
  Unserved unserved_;
};

}  // namespace lesto::profile
