// Which collection serves a kind: discovery on demand, cached for one cluster. Thread: the loop's.
#pragma once

#include <map>

#include "kube/client/client.h"

namespace lesto::client {

class Mapper {
 public:
  explicit Mapper(Client& cluster_client) : client_(cluster_client) {}

  // The collection of that kind. An unknown kind is asked for anew each time, so that a CRD that appears is seen;
  // NotFound says that the cluster does not serve it.
  io::Task<Result<kube::Resource>> resolve(io::Context context, kube::GroupVersionKind gvk);

 private:
  Client& client_;
  std::map<kube::GroupVersionKind, kube::Resource> known_;
};

}  // namespace lesto::client
