// The versioned store: objects by table, namespace and name; one counter of versions; a bounded history a table.
//
// A write is decided against the newest state (`newest`, which holds writes in flight), gets its version at once, and
// becomes visible to reads, lists and watches when it is durable. Writes of one turn of the loop, and those that come
// while a commit is under way, share the next commit. Thread: the loop's.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/io/loop.h"
#include "foundation/io/storage.h"
#include "foundation/io/task.h"
#include "foundation/json/value.h"
#include "kube/apiserver/options.h"

namespace lesto::apiserver {

// "namespace/name"; the namespace of cluster-wide objects is empty. Byte order is the order of lists.
using Key = std::string;
inline Key make_key(std::string_view ns, std::string_view name) {
  Key key(ns);
  key += '/';
  key += name;
  return key;
}
std::string_view key_namespace(std::string_view key);
std::string_view key_name(std::string_view key);

enum class Change : std::uint8_t { Added, Modified, Deleted };

// One durable change. `object` is the new state (for Deleted: the last state with the version of the deletion),
// `before` the state that it replaced; null for Added.
struct Event {
  std::uint64_t version = 0;
  Change change = Change::Added;
  Key key;
  json::Value object;
  json::Value before;
  // The object's JSON text, shared with the storage write and all watches.
  std::shared_ptr<const std::string> text;
  std::size_t bytes = 0;
};

struct Table {
  std::string name;
  // Durable objects, as stored.
  std::map<Key, json::Value, std::less<>> objects;
  std::deque<Event> history;
  std::size_t history_bytes = 0;
  // Events up to and including this version are no longer in the history.
  std::uint64_t floor = 0;
};

class Store {
 public:
  using Listener = std::function<void(const Table& table, const Event& event)>;

  Store(io::Loop& loop, io::Storage& storage, HistoryLimits limits);
  ~Store();

  // Reads the storage. Once, before anything else.
  Result<void> load();
  // Waits until nothing is in flight.
  io::Task<void> drain();

  // The table of that name, made when it is new.
  Table& table(std::string_view name);
  const Table* find_table(std::string_view name) const;
  const std::map<std::string, std::unique_ptr<Table>, std::less<>>& tables() const { return tables_; }

  // The version of the newest durable write: that of lists.
  std::uint64_t version() const { return durable_version_; }
  std::uint64_t newest_version() const { return next_version_ - 1; }

  // Durable state. Null when there is no such object.
  const json::Value* get(std::string_view table, std::string_view key) const;
  // The state that the next write meets.
  std::optional<json::Value> newest(std::string_view table, std::string_view key) const;
  // All keys that exist in the newest state, from `from` on while they start with `prefix`.
  void each_newest(std::string_view table, std::string_view prefix,
                   const std::function<void(const Key&, const json::Value&)>& each) const;

  // Stores an object in its newest form. Sets metadata.resourceVersion and gives the object as stored.
  json::Value put(std::string_view table, std::string_view key, json::Value object);
  // Removes it; gives the last state with the version of the deletion. `last` replaces the stored state when set.
  json::Value remove(std::string_view table, std::string_view key, std::optional<json::Value> last = std::nullopt);
  // Ends when all writes so far are durable.
  io::Task<Result<void>> durable();
  // Ends when `version` is durable, or with Timeout at the deadline of the context.
  io::Task<Result<void>> reached(io::Context context, std::uint64_t version);

  // Small texts of the server's own, kept beside the objects ("" when there is none).
  std::string setting(std::string_view name) const;
  io::Task<Result<void>> set_setting(std::string name, std::string value);

  // Called for every durable change, in order of versions.
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  // The objects of a table as of `version`, in key order; std::nullopt when the history does not reach back.
  std::optional<std::map<Key, json::Value, std::less<>>> snapshot(const Table& table, std::uint64_t version) const;
  // Drops the history of all tables, as an old compaction does; for tests.
  void forget_history();

 private:
  struct Pending {
    std::string table;
    Event event;
  };
  struct Waiter {
    std::uint64_t version;
    io::Completion<void> done;
  };

  void enqueue(std::string_view table, Event event);
  void schedule();
  io::Task<void> flush();
  void apply(Pending pending);
  void trim(Table& table);
  void wake(const Result<void>& outcome);

  io::Loop& loop_;
  io::Storage& storage_;
  HistoryLimits limits_;
  std::map<std::string, std::unique_ptr<Table>, std::less<>> tables_;
  std::map<std::string, std::string, std::less<>> settings_;
  std::uint64_t next_version_ = 1;
  std::uint64_t durable_version_ = 0;
  std::deque<Pending> queue_;     // not yet handed to the storage
  std::deque<Pending> in_flight_; // handed over, not yet durable
  // The newest state of every key that has a write in queue_ or in_flight_; nullopt: deleted.
  struct Overlay {
    std::optional<json::Value> object;
    std::size_t writes = 0;
  };
  std::map<std::string, std::map<Key, Overlay, std::less<>>, std::less<>> overlay_;
  bool flushing_ = false;
  std::optional<Error> broken_;
  std::deque<Waiter> waiters_;
  std::vector<Listener> listeners_;
  io::TaskScope scope_;
};

// The version that an object carries; 0 when it has none.
std::uint64_t object_version(const json::Value& object);

}  // namespace lesto::apiserver
