// Kinds that the API serves and no step acts on yet: each object gets a condition that says so.
#pragma once

#include "fleet/cluster/management.h"
#include "foundation/base/log.h"
#include "kube/control/queue.h"

namespace lesto::profile {

// Thread: the loop's.
class Unserved {
 public:
  Unserved(io::Loop& loop, Log& log, cluster::Management& management);
  Unserved(const Unserved&) = delete;
  Unserved& operator=(const Unserved&) = delete;

  // After the management cluster's stores are synced.
  void start(io::TaskScope& scope);

 private:
  io::Task<void> watch(io::Context context, kube::GroupVersionKind gvk);
  io::Task<Result<control::Again>> reconcile(io::Context context, kube::ObjectId id);

  io::Loop& loop_;
  Log& log_;
  cluster::Management& management_;
  control::Queue<kube::ObjectId> objects_;
};

}  // namespace lesto::profile
