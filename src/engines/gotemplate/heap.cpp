#include "engines/gotemplate/heap.h"

namespace lesto::gotemplate {
namespace {

constexpr std::size_t kFirstChunk = 4u << 10;
constexpr std::size_t kLargestChunk = 256u << 10;

MapEntry* find_place(MapNode* map, std::string_view key) {
  // Keys mostly come in order: try the end first.
  MapEntry* end = map->entries + map->size;
  if (map->size == 0 || end[-1].key < key) return end;
  return std::lower_bound(
      map->entries, end, key,
      [](const MapEntry& entry, std::string_view wanted) { return entry.key < wanted; });
}

}  // namespace

std::size_t MapView::find(std::string_view key) const {
  // Few keys are looked at one by one: most differ in length already.
  constexpr std::size_t kFew = 16;
  if (size_ <= kFew) {
    std::size_t at = 0;
    while (at < size_ && this->key(at) != key) ++at;
    return at;
  }
  std::size_t low = 0;
  std::size_t high = size_;
  while (low < high) {
    std::size_t middle = (low + high) / 2;
    int order = this->key(middle).compare(key);
    if (order == 0) return middle;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return size_;
}

bool MapView::find(std::string_view key, Value& found) const {
  std::size_t at = find(key);
  if (at == size_) return false;
  found = value(at);
  return true;
}

Value Heap::list(std::span<const Value> items, Type type) {
  Value* copy = values(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) copy[i] = items[i];
  return Value::of_items(type, {copy, items.size()});
}

Value Heap::strings(std::span<const std::string> items) {
  Value* copies = values(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) copies[i] = text(items[i]);
  return Value::of_items(Type::Strings, {copies, items.size()});
}

MapNode* Heap::new_map(std::size_t capacity) {
  MapNode* map = make(MapNode{});
  align();
  if (capacity > 0) map->entries = reinterpret_cast<MapEntry*>(bytes(capacity * sizeof(MapEntry)));
  if (!map->entries) map->entries = reinterpret_cast<MapEntry*>(bytes(sizeof(MapEntry)));
  map->capacity = static_cast<std::uint32_t>(capacity);
  map->owner = this;
  return map;
}

Value Heap::version(Version version, Type type) {
  versions_.push_back(std::move(version));
  ++versions_count_;
  Value value = Value::of(type);
  value.version = &versions_.back();
  return value;
}

Value Heap::record(const RecordType& type, const json::Value& json) {
  Value value = Value::of(Type::Record);
  value.record = make(RecordNode{&type, &json});
  return value;
}

Value Heap::keep(json::Value json) {
  kept_.push_back(std::move(json));
  ++kept_count_;
  return Value::of_json(kept_.back());
}

MapNode* Heap::edit(const Value& map) {
  if (!map.view && map.map->owner == this) return map.map;
  auto found = changed_.find(map.address);
  if (found != changed_.end()) return found->second;
  MapView content = open(map);
  MapNode* copy = new_map(content.size() + 4);
  for (std::size_t i = 0; i < content.size(); ++i) {
    new (copy->entries + i) MapEntry{content.key(i), content.value(i)};
  }
  copy->size = static_cast<std::uint32_t>(content.size());
  changed_.emplace(map.address, copy);
  return copy;
}

MapView Heap::open_changed(const Value& map) const {
  auto found = changed_.find(map.address);
  if (found != changed_.end()) return MapView(found->second, map.type);
  if (map.view) return MapView(map.json->members());
  return MapView(map.map, map.type);
}

std::size_t Heap::set(MapNode* map, std::string_view key, Value value) {
  MapEntry* place = find_place(map, key);
  MapEntry* end = map->entries + map->size;
  value.boxed = false;
  if (place != end && place->key == key) {
    place->value = value;
    return 0;
  }
  auto index = static_cast<std::size_t>(place - map->entries);
  std::size_t moved = map->size - index;
  if (map->size == map->capacity) {
    std::size_t capacity = map->capacity * 2u + 4u;
    align();
    auto* entries = reinterpret_cast<MapEntry*>(bytes(capacity * sizeof(MapEntry)));
    if (map->size > 0)
      std::memcpy(static_cast<void*>(entries), map->entries, map->size * sizeof(MapEntry));
    map->entries = entries;
    map->capacity = static_cast<std::uint32_t>(capacity);
    moved = map->size;
  }
  place = map->entries + index;
  std::memmove(static_cast<void*>(place + 1), place, (map->size - index) * sizeof(MapEntry));
  new (place) MapEntry{key, value};
  ++map->size;
  return moved;
}

bool Heap::erase(MapNode* map, std::string_view key) {
  MapEntry* place = find_place(map, key);
  MapEntry* end = map->entries + map->size;
  if (place == end || place->key != key) return false;
  std::memmove(static_cast<void*>(place), place + 1,
               static_cast<std::size_t>(end - place - 1) * sizeof(MapEntry));
  --map->size;
  return true;
}

void Heap::use(std::size_t chunk) {
  chunk_ = chunk;
  start_ = next_ = chunks_[chunk].memory.get();
  end_ = start_ + chunks_[chunk].size;
}

char* Heap::slow_bytes(std::size_t size) {
  full_ += static_cast<std::size_t>(next_ - start_);
  std::size_t following = start_ ? chunk_ + 1 : 0;
  // A chunk kept from before a rewind is used again when it is large enough.
  if (following >= chunks_.size() || chunks_[following].size < size) {
    chunks_.resize(following);
    std::size_t last = chunks_.empty() ? kFirstChunk / 2 : chunks_.back().size;
    std::size_t wanted = std::max(std::min(last * 2, kLargestChunk), size);
    chunks_.push_back({std::unique_ptr<char[]>(new char[wanted]), wanted});
  }
  use(following);
  next_ += size;
  return start_;
}

void Heap::rewind_slowly(const Mark& mark) {
  if (!mark.next) {
    if (!chunks_.empty()) use(0);
  } else {
    use(mark.chunk);
    next_ = mark.next;
  }
  full_ = mark.full;
  kept_.resize(mark.kept);
  versions_.resize(mark.versions);
  kept_count_ = mark.kept;
  versions_count_ = mark.versions;
}

}  // namespace lesto::gotemplate
