// What a story is played in: a management cluster, more clusters, the manager, an administrator of all of them. Two
// forms: sim_world.h (embedded API servers, virtual time) and tests/real/real_world.h (real Kubernetes, real time).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "foundation/io/task.h"
#include "kube/client/client.h"
#include "kube/client/mapper.h"
#include "tests/scenario/refusals.h"

namespace lesto::scenario {

// The management cluster's name in stories.
inline constexpr std::string_view kManagement = "management";

// How long a world waits; a world of real time is less patient than one where waiting costs nothing.
struct Patience {
  Duration until_true;  // a `then` may take so long to come true
  Duration look_every;
  Duration still;  // what should stay so is watched for so long
  Duration still_every;
};

class World {
 public:
  virtual ~World() = default;

  // Runs the cluster of that name, fresh or with what it held before. The management cluster has our CRDs.
  virtual Result<void> start_server(const std::string& name) = 0;
  virtual Result<void> stop_server(const std::string& name) = 0;

  virtual Result<void> start_manager() = 0;
  // Everything that the manager has in flight is lost.
  virtual void stop_manager() = 0;

  // Nothing gets through between the manager and the cluster, and nobody is told; heal() is the reverse.
  virtual void cut(const std::string& cluster) = 0;
  virtual void heal(const std::string& cluster) = 0;
  // A verb that only this world knows: faults of real servers. Invalid for all others.
  virtual Result<void> fault(std::string_view verb, const json::Value& what) = 0;

  // An administrator's client of a cluster. Valid for clusters that were started.
  virtual client::Client& user(const std::string& cluster) = 0;
  virtual client::Mapper& mapper(const std::string& cluster) = 0;

  // How the manager reaches a cluster: what its kubeconfig Secret holds, and the URL in there.
  virtual std::string kubeconfig(const std::string& cluster) const = 0;
  virtual std::string url(const std::string& cluster) const = 0;

  virtual const Patience& patience() const = 0;
  // Lets time pass: what a story's `wait` means here.
  virtual void wait(Duration duration) = 0;
  // Lets exactly so much of the world's own time pass.
  virtual void pass(Duration duration) = 0;
  virtual io::Loop& loop() = 0;
  // What the manager has logged.
  virtual const std::string& log() const = 0;
  // What the management cluster has refused to it, and whether that is always wrong: a real API server that has just
  // started refuses everything for a moment.
  virtual const Refusals& refusals() const = 0;
  virtual bool refuses_in_passing() const = 0;

  // Runs a task to its end.
  template <class T>
  T run(io::Task<T> task) {
    std::optional<T> result;
    io::TaskScope scope(loop());
    scope.spawn(keep(std::move(task), result));
    run_until([&] { return scope.running() == 0; });
    return std::move(*result);
  }

 protected:
  virtual void run_until(const std::function<bool()>& done) = 0;

 private:
  template <class T>
  static io::Task<void> keep(io::Task<T> task, std::optional<T>& result) {
    auto value = co_await std::move(task);
    result.emplace(std::move(value));
  }
};

}  // namespace lesto::scenario
