// Where the values of one execution live: memory that only grows and is dropped at once, with a
// limit.
//
// Thread: one at a time. Whoever makes values outside an execution (data of a template, arguments
// of a function) owns a Heap for them.
#pragma once

#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "engines/gotemplate/limits.h"
#include "engines/gotemplate/value.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {

class Heap;

struct MapEntry {
  std::string_view key;
  Value value;
};

// Entries in byte order of their keys.
struct MapNode {
  MapEntry* entries = nullptr;
  std::uint32_t size = 0;
  std::uint32_t capacity = 0;
  const Heap* owner = nullptr;
};

// Reads a map, be it a json object or a MapNode. Valid until the map changes.
class MapView {
 public:
  MapView() = default;
  MapView(std::span<const json::Member> members)
      : members_(members.data()), size_(members.size()) {}
  MapView(const MapNode* node, Type type)
      : entries_(node->entries), size_(node->size), boxes_(type == Type::Map) {}

  std::size_t size() const { return size_; }
  std::string_view key(std::size_t i) const {
    return entries_ ? entries_[i].key : members_[i].name();
  }
  Value value(std::size_t i) const {
    if (!entries_) return Value::of_json(members_[i].value);
    Value value = entries_[i].value;
    value.boxed = boxes_;
    return value;
  }
  // Its place; size() when it is not there.
  std::size_t find(std::string_view key) const;
  // Sets `value`, or answers false.
  bool find(std::string_view key, Value& value) const;

 private:
  const MapEntry* entries_ = nullptr;
  const json::Member* members_ = nullptr;
  std::size_t size_ = 0;
  bool boxes_ = true;
};

class Heap {
 public:
  explicit Heap(std::size_t limit = kHeapBytes) : limit_(limit) {}
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // Memory never fails; whoever makes something large asks has_room() first. What passes the limit
  // is noted, and stops the execution at its next step.
  char* bytes(std::size_t size) {
    if (size > static_cast<std::size_t>(end_ - next_)) return slow_bytes(size);
    char* start = next_;
    next_ += size;
    return start;
  }
  bool has_room(std::size_t size) const { return size <= limit_ && used() <= limit_ - size; }
  bool exhausted() const { return used() > limit_; }
  std::size_t used() const { return full_ + static_cast<std::size_t>(next_ - start_); }

  template <class T>
  T* make(const T& content) {
    static_assert(std::is_trivially_destructible_v<T>);
    align();
    return new (bytes(sizeof(T))) T(content);
  }
  Value* values(std::size_t count) {
    align();
    auto* first = reinterpret_cast<Value*>(bytes(count * sizeof(Value)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) Value();
    return first;
  }
  std::string_view copy(std::string_view text) {
    char* start = bytes(text.size());
    if (!text.empty()) std::memcpy(start, text.data(), text.size());
    return {start, text.size()};
  }
  Value text(std::string_view text) { return Value::of_text(copy(text)); }
  Value list(std::span<const Value> items, Type type = Type::List);
  Value strings(std::span<const std::string> items);
  // An empty map.
  MapNode* new_map(std::size_t capacity = 4);
  // A version's methods need its texts: the heap keeps it.
  Value version(Version version, Type type = Type::Version);
  // A record whose fields are read from the object in place. Borrows.
  Value record(const RecordType& type, const json::Value& json);
  // Keeps a JSON value and gives the view of it.
  Value keep(json::Value json);

  // The map's content as this heap sees it: changes included.
  MapView open(const Value& map) const {
    if (!map.map) return {};
    if (!changed_.empty()) return open_changed(map);
    if (map.view) return MapView(map.json->members());
    return MapView(map.map, map.type);
  }
  bool has_changes() const { return !changed_.empty(); }
  // The map for changing: itself when this heap made it, else a copy that from now on stands for
  // it.
  MapNode* edit(const Value& map);
  // Inserts or replaces. The key is borrowed. Answers how many entries had to move.
  std::size_t set(MapNode* map, std::string_view key, Value value);
  bool erase(MapNode* map, std::string_view key);

  // Memory taken after a mark can be given back when nothing made since is used any more.
  struct Mark {
    std::size_t chunk = 0;
    char* next = nullptr;
    std::size_t full = 0;
    std::size_t kept = 0;
    std::size_t versions = 0;
  };
  Mark mark() const { return {chunk_, next_, full_, kept_count_, versions_count_}; }
  void rewind(const Mark& mark) {
    bool near = mark.chunk == chunk_ && (mark.next || !next_);
    if (!near || mark.kept != kept_count_ || mark.versions != versions_count_)
      return rewind_slowly(mark);
    next_ = mark.next;
  }

 private:
  struct Chunk {
    std::unique_ptr<char[]> memory;
    std::size_t size = 0;
  };

  void align() {
    auto address = reinterpret_cast<std::uintptr_t>(next_);
    std::size_t gap = (0 - address) & 7u;
    if (gap > static_cast<std::size_t>(end_ - next_)) gap = 0;
    next_ += gap;
  }
  char* slow_bytes(std::size_t size);
  void rewind_slowly(const Mark& mark);
  void use(std::size_t chunk);
  MapView open_changed(const Value& map) const;

  std::size_t limit_;
  std::vector<Chunk> chunks_;
  std::size_t chunk_ = 0;
  char* start_ = nullptr;
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::size_t full_ = 0;
  std::deque<json::Value> kept_;
  std::deque<Version> versions_;
  // Their sizes: a deque takes long to tell.
  std::size_t kept_count_ = 0;
  std::size_t versions_count_ = 0;
  // Views and maps of other heaps that were changed here, by their address.
  std::unordered_map<const void*, MapNode*> changed_;
};

}  // namespace lesto::gotemplate
