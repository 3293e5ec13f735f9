// Carries out what step 4 decided, in one target cluster.
#pragma once

#include <map>
#include <set>

#include "fleet/ledger/ledger.h"
#include "steps/deploy/budget.h"
#include "steps/deploy/decide.h"

namespace lesto::deploy {

// One target cluster, with what is known of it. Thread: the loop's.
struct Target {
  Target(io::Loop& loop_, std::shared_ptr<cluster::Cluster> of, Owned::Changed changed)
      : loop(loop_), managed(std::move(of)), owned(loop_, managed, std::move(changed)) {}

  io::Loop& loop;
  std::shared_ptr<cluster::Cluster> managed;
  Owned owned;
  // Namespaces that are known to exist.
  std::set<std::string> namespaces;
  // What was applied last, and the version that the cluster answered with: while both stand there is nothing to write.
  struct Applied {
    std::string hash;
    std::string resource_version;
  };
  std::map<kube::ObjectId, Applied> applied;
};

// What was read for a decision, and why it was made.
struct Cause {
  std::string reason;
  std::vector<ledger::Input> inputs;
};

// One object to apply.
struct Order {
  Placed placed;
  Stamp stamp;
  bool make_namespace = true;
  // The content is that of the last success: what is still there from it is left as it is.
  bool unchanged = false;
  std::vector<ledger::Input> inputs;
};

// What is applied at once; the first error counts, its siblings are finished.
io::Task<Result<void>> apply_stage(io::Context context, Target& target, ledger::Ledger& ledger, std::vector<Order> orders);

// Deletes objects of the holder, each with its uid and version as preconditions; those that are gone already count as
// done. Unavailable when the delete budget holds some back.
io::Task<Result<void>> delete_objects(io::Context context, Target& target, ledger::Ledger& ledger, DeleteBudget& budget,
                                      Holder holder, std::vector<kube::ObjectId> ids, Cause cause);

// Takes our marks off the holder's objects and leaves them.
io::Task<Result<void>> release_objects(io::Context context, Target& target, ledger::Ledger& ledger, Holder holder,
                                       Cause cause);

}  // namespace lesto::deploy
