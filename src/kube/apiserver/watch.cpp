#include "kube/apiserver/watch.h"

#include "foundation/json/text.h"

namespace lesto::apiserver {

bool Filter::accepts(std::string_view key, const json::Value& object) const {
  if (!ns.empty() && key_namespace(key) != ns) return false;
  if (!name.empty() && key_name(key) != name) return false;
  return !matches || matches(object);
}

std::string watch_frame(std::string_view type, std::string_view object_text) {
  std::string frame = "{\"type\":\"";
  frame.reserve(object_text.size() + 40);
  frame += type;
  frame += "\",\"object\":";
  frame += object_text;
  frame += "}\n";
  return frame;
}

struct WatchHub::Watcher {
  Watcher(io::Loop& loop, WatchRequest r, std::uint64_t i)
      : request(std::move(r)), id(i), pipe(loop, kWatchBytesMax) {}
  WatchRequest request;
  std::uint64_t id;
  io::Pipe pipe;
  io::TimerId timeout = io::TimerId::None;
  io::TimerId bookmark = io::TimerId::None;
  std::size_t sent = 0;
  // The newest version this watcher knows of.
  std::uint64_t seen = 0;
};

WatchHub::WatchHub(io::Loop& loop, Rng& rng, Store& store) : loop_(loop), rng_(rng), store_(store) {
  store_.listen([this](const Table& table, const Event& event) { deliver(table, event); });
}

WatchHub::~WatchHub() { close_all(); }

std::unique_ptr<io::BodyStream> WatchHub::open(WatchRequest request) {
  const Table& table = store_.table(request.table);
  auto owned = std::make_unique<Watcher>(loop_, std::move(request), next_id_++);
  Watcher& watcher = *owned;
  watchers_[watcher.request.table].push_back(std::move(owned));
  auto stream = watcher.pipe.reader();
  watcher.seen = std::max(watcher.request.from, store_.version());
  watcher.pipe.on_reader_gone([this, id = watcher.id, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) forget(id);
  });

  Duration limit = watcher.request.timeout.value_or(kWatchTimeoutLeast + Duration(static_cast<std::int64_t>(
      rng_.next() % static_cast<std::uint64_t>(kWatchTimeoutLeast.count()))));
  watcher.timeout = loop_.after(limit, [this, id = watcher.id] {
    for (auto& [name, list] : watchers_) {
      for (auto& candidate : list) {
        if (candidate->id != id) continue;
        candidate->timeout = io::TimerId::None;
        if (candidate->request.bookmarks) bookmark(*candidate, false);
        end(*candidate);
        forget(id);
        return;
      }
    }
  });
  if (watcher.request.bookmarks) arm_bookmark(watcher);

  if (watcher.request.initial != InitialEvents::None) {
    // What a pipe turned away for its size must not be waited for.
    for (const auto& [key, object] : table.objects) {
      if (watcher.request.filter.accepts(key, object)) emit(watcher, "ADDED", object, nullptr);
    }
    bool tells = watcher.request.initial == InitialEvents::List && watcher.request.bookmarks;
    if (tells) bookmark(watcher, true);
  } else {
    for (const Event& event : table.history) {
      if (event.version > watcher.request.from) send(watcher, event);
    }
  }
  return stream;
}

void WatchHub::deliver(const Table& table, const Event& event) {
  auto found = watchers_.find(table.name);
  if (found == watchers_.end()) return;
  std::vector<std::uint64_t> gone;
  for (auto& watcher : found->second) {
    watcher->seen = std::max(watcher->seen, event.version);
    if (event.version > watcher->request.from) send(*watcher, event);
    if (watcher->pipe.closed()) gone.push_back(watcher->id);
  }
  for (std::uint64_t id : gone) forget(id);
}

void WatchHub::send(Watcher& watcher, const Event& event) {
  const Filter& filter = watcher.request.filter;
  bool now = event.change != Change::Deleted && filter.accepts(event.key, event.object);
  bool before = event.change != Change::Added && filter.accepts(event.key, event.before);
  if (now && before) {
    emit(watcher, "MODIFIED", event.object, event.text.get());
  } else if (now) {
    emit(watcher, "ADDED", event.object, event.text.get());
  } else if (before) {
    if (event.change == Change::Deleted) {
      emit(watcher, "DELETED", event.object, event.text.get());
      return;
    }
    // The object leaves the selection: the watch sees its last selected state under the new version.
    json::Value last = event.before;
    last.set_path({"metadata", "resourceVersion"}, std::to_string(event.version));
    emit(watcher, "DELETED", last, nullptr);
  }
}

void WatchHub::emit(Watcher& watcher, std::string_view type, const json::Value& object, const std::string* text) {
  if (watcher.pipe.closed()) return;
  if (watcher.request.drop_after && watcher.sent >= *watcher.request.drop_after) {
    watcher.pipe.close(Error(Code::Unavailable, "the watch was dropped by a fault hook"));
    return;
  }
  ++watcher.sent;
  if (watcher.request.present) {
    watcher.pipe.push(watch_frame(type, json::write(watcher.request.present(object))));
  } else if (text) {
    watcher.pipe.push(watch_frame(type, *text));
  } else {
    watcher.pipe.push(watch_frame(type, json::write(object)));
  }
}

void WatchHub::bookmark(Watcher& watcher, bool end_of_list) {
  if (watcher.pipe.closed()) return;
  json::Value object = watcher.request.bookmark;
  object.set_path({"metadata", "resourceVersion"}, std::to_string(watcher.seen));
  if (end_of_list) object.set_path({"metadata", "annotations"}, json::object({{"k8s.io/initial-events-end", "true"}}));
  if (watcher.request.present_bookmark) object = watcher.request.present_bookmark(object);
  watcher.pipe.push(watch_frame("BOOKMARK", json::write(object)));
}

void WatchHub::arm_bookmark(Watcher& watcher) {
  watcher.bookmark = loop_.after(kBookmarkEvery, [this, id = watcher.id] {
    for (auto& [name, list] : watchers_) {
      for (auto& candidate : list) {
        if (candidate->id != id) continue;
        bookmark(*candidate, false);
        arm_bookmark(*candidate);
        return;
      }
    }
  });
}

void WatchHub::end(Watcher& watcher) {
  loop_.cancel(watcher.timeout);
  loop_.cancel(watcher.bookmark);
  watcher.pipe.close();
}

void WatchHub::forget(std::uint64_t id) {
  for (auto& [name, list] : watchers_) {
    for (auto watcher = list.begin(); watcher != list.end(); ++watcher) {
      if ((*watcher)->id != id) continue;
      end(**watcher);
      list.erase(watcher);
      return;
    }
  }
}

void WatchHub::close_table(std::string_view table) {
  auto found = watchers_.find(table);
  if (found == watchers_.end()) return;
  for (auto& watcher : found->second) end(*watcher);
  watchers_.erase(found);
}

void WatchHub::close_all() {
  for (auto& [name, list] : watchers_) {
    for (auto& watcher : list) end(*watcher);
  }
  watchers_.clear();
}

void WatchHub::drop_all() {
  for (auto& [name, list] : watchers_) {
    for (auto& watcher : list) watcher->pipe.close(Error(Code::Unavailable, "the connection was dropped"));
  }
  close_all();
}

std::size_t WatchHub::count() const {
  std::size_t count = 0;
  for (const auto& [name, list] : watchers_) count += list.size();
  return count;
}

}  // namespace lesto::apiserver
