// The least that any product of this kind must do: watch one cluster, apply to another.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "kube/client/client.h"

namespace lesto::bench {

// The label of the Services that the floor looks at, and the annotation with the address that makes one an event.
inline constexpr std::string_view kFloorLabel = "bench.lesto/floor";

kube::Resource services();
kube::Resource endpoints();

io::Task<Result<void>> make_namespace(client::Client& target, std::string name);

// Writes to the API server as its metrics count them: everything that changes an object, but leases and Events;
// nothing when they do not count.
std::optional<double> count_writes(std::string_view metrics);

// Thread: the loop's.
class Floor {
 public:
  Floor(client::Client& source, client::Client& target) : source_(source), target_(target), scope_(source.loop()) {}

  // Until cancelled: each Service with the label and an address becomes a Service and its Endpoints in the target, in the
  // namespace `external`; one that goes takes them along.
  io::Task<void> run(io::Context context);

 private:
  // Brings what the target has of one Service up to its last event; one at a time for each name.
  io::Task<void> settle(io::Context context, std::string name);

  client::Client& source_;
  client::Client& target_;
  // The last event of each Service that is being worked on.
  std::map<std::string, std::optional<client::WatchEvent>> last_;
  io::TaskScope scope_;
};

}  // namespace lesto::bench
