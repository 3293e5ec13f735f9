// Watches: who sees which durable change, in which form.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "foundation/base/time.h"
#include "foundation/io/http.h"
#include "kube/apiserver/store.h"

namespace lesto::apiserver {

// Which objects of a table a list or watch is about.
struct Filter {
  std::string ns;    // "" for all
  std::string name;  // "" for all
  // Label and field selectors; empty when everything matches.
  std::function<bool(const json::Value& object)> matches;

  bool accepts(std::string_view key, const json::Value& object) const;
};

enum class InitialEvents { None, Synthetic, List };

struct WatchRequest {
  std::string table;
  Filter filter;
  // Events newer than this; with `initial` first what there is.
  std::uint64_t from = 0;
  InitialEvents initial = InitialEvents::None;
  bool bookmarks = false;
  std::optional<Duration> timeout;
  // A stored object as this watch shows it; empty: as stored.
  std::function<json::Value(const json::Value& object)> present;
  // The object of a bookmark: kind and apiVersion.
  json::Value bookmark;
  // A bookmark's object, as this watch shows it; empty: as it is.
  std::function<json::Value(const json::Value& object)> present_bookmark;
  // For tests: the stream breaks after that many events.
  std::optional<std::size_t> drop_after;
};

// Thread: the loop's.
class WatchHub {
 public:
  WatchHub(io::Loop& loop, Rng& rng, Store& store);
  ~WatchHub();

  // The events from `request.from` on. The caller has checked that the history reaches back so far.
  std::unique_ptr<io::BodyStream> open(WatchRequest request);
  // Ends all watches of a table: its kind is no more.
  void close_table(std::string_view table);
  // Ends all watches regularly.
  void close_all();
  // Breaks all watches off, as a lost connection does; for tests.
  void drop_all();
  std::size_t count() const;

 private:
  struct Watcher;
  using Watchers = std::list<std::unique_ptr<Watcher>>;

  void deliver(const Table& table, const Event& event);
  void send(Watcher& watcher, const Event& event);
  void emit(Watcher& watcher, std::string_view type, const json::Value& object, const std::string* text);
  void bookmark(Watcher& watcher, bool end_of_list);
  void arm_bookmark(Watcher& watcher);
  void end(Watcher& watcher);
  void forget(std::uint64_t id);

  io::Loop& loop_;
  Rng& rng_;
  Store& store_;
  std::map<std::string, Watchers, std::less<>> watchers_;
  std::uint64_t next_id_ = 1;
  // Shared with jobs that may run after the hub is gone: they look whether it still is there.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

// One line of a watch: {"type":TYPE,"object":OBJECT}.
std::string watch_frame(std::string_view type, std::string_view object_text);

}  // namespace lesto::apiserver
