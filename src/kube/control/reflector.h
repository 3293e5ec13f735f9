// Keeps a consumer in step with one collection of one cluster: list, then watch, for ever.
//
// The consumer hears of an object that is there (upsert) and of one that certainly is not (gone). "Certainly" means a
// tombstone on a live watch or a complete list from a healthy connection (design section 8): a failed list, a broken
// watch, or a collection that the server does not serve never reports an object as gone.
#pragma once

#include <unordered_map>

#include "kube/client/client.h"
#include "kube/control/backoff.h"

namespace lesto::control {

enum class Evidence {
  Tombstone,  // DELETED on a live watch
  List,       // absent from a complete list
};

// What a reflector feeds. Called on the loop's thread, never while it is inside another of these calls.
class Consumer {
 public:
  virtual ~Consumer() = default;
  virtual void upsert(json::Value object) = 0;
  // `last` is the last state as far as it is known (a tombstone's object), else null.
  virtual void gone(const kube::ObjectKey& key, const json::Value& last, Evidence evidence) = 0;
  // All objects of the first complete list have been delivered.
  virtual void synced() = 0;
  // The connection state of the watch: an error when it is broken, std::nullopt when it is live again.
  virtual void state(const std::optional<Error>& error) = 0;
};

struct Selection {
  std::string ns;
  std::string label_selector;
  std::string field_selector;
  auto operator<=>(const Selection&) const = default;
};

class Reflector {
 public:
  // Client and consumer outlive the reflector.
  Reflector(client::Client& cluster_client, kube::Resource resource, Selection selection,
            Consumer& consumer);
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // Starts; call once. `scope` owns the task and must be joined before the reflector is destroyed.
  void start(io::TaskScope& scope);
  // Runs until cancelled; for owners that wrap it in a task of their own.
  io::Task<void> run(io::Context context);

  // A write of ours that succeeded: enters at once, its echo on the watch is then nothing new. Objects older than what
  // is known are dropped.
  void absorb(json::Value object);
  // A delete of ours that the server has carried out in full, of the object in this version. The answer may come after the
  // watch has shown the next object of that name: what is known in a newer version stays.
  void absorb_gone(const kube::ObjectKey& key, const json::Value& last, std::string_view version);

 private:
  io::Task<Result<void>> list(io::Context context);
  io::Task<Result<void>> watch(io::Context context);
  io::Task<void> wait_to_try_again(io::Context context);
  void deliver(json::Value object);
  void handle(client::WatchEvent event);

  client::Client& client_;
  kube::Resource resource_;
  Selection selection_;
  Consumer& consumer_;
  // Key to the resource version delivered last. All that is kept of an object here.
  std::unordered_map<kube::ObjectKey, std::string> known_;
  // How far the list and the watch have come.
  std::string position_;
  bool synced_ = false;
  std::optional<Error> broken_;
  Backoff backoff_;
};

}  // namespace lesto::control
