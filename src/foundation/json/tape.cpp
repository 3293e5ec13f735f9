#include "foundation/json/tape.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

#include "foundation/json/block.h"
#include "foundation/json/text.h"

namespace lesto::json {
namespace {

// Lists down to this depth may have parts: the document itself, or a member of it.
constexpr std::size_t kPartDepth = 2;

// A place on the tape.
using Place = std::uint32_t;

// A member of an object: its key begins with these bytes.
struct Entry {
  std::uint64_t prefix = 0;
  Place key = 0;
};

// Words of a value by its tag; 0 for arrays and objects, which say where they end.
constexpr std::array<std::uint8_t, 256> kWords = [] {
  std::array<std::uint8_t, 256> words{};
  words.fill(1);
  for (char number : {'l', 'u', 'd'}) words[static_cast<std::size_t>(number)] = 2;
  for (char opening : {'{', '['}) words[static_cast<std::size_t>(opening)] = 0;
  return words;
}();

class Tape {
 public:
  Tape(const std::uint64_t* words, const char* texts) : words_(words), texts_(texts) {}

  char tag(Place at) const { return static_cast<char>(words_[at] >> 56); }
  std::uint64_t number(Place at) const { return words_[at + 1]; }
  std::string_view text(Place at) const {
    const char* start = texts_ + (words_[at] & ((std::uint64_t{1} << 56) - 1));
    std::uint32_t size;
    std::memcpy(&size, start, sizeof size);
    return {start + sizeof size, size};
  }
  // Behind the value.
  Place after(Place at) const {
    std::uint8_t words = kWords[words_[at] >> 56];
    return words > 0 ? at + words : static_cast<Place>(words_[at]);
  }
  Place last(Place at) const { return after(at) - 1; }
  // An item that gets a block of its own.
  bool is_part(Place item) const { return tag(item) == '{' && after(item) - item >= kPartWords; }

  Entry entry(Place key) const {
    std::string_view name = text(key);
    std::uint64_t prefix;
    std::memcpy(&prefix, name.data(), sizeof prefix);
    prefix = __builtin_bswap64(prefix);
    if (name.size() < sizeof prefix)
      prefix = name.empty() ? 0 : prefix & (~std::uint64_t{0} << (64 - 8 * name.size()));
    return {prefix, key};
  }
  // Less, equal or greater than zero, by the bytes of the keys.
  int compare(const Entry& a, const Entry& b) const {
    if (a.prefix != b.prefix) return a.prefix < b.prefix ? -1 : 1;
    return text(a.key).compare(text(b.key));
  }

  // What the value takes, parts left out.
  void measure(Place at, std::size_t depth, BlockSize& size) const {
    char kind = tag(at);
    bool list = kind == '[' && depth < kPartDepth;
    if (!list && !(kind == '{' && depth == 0)) return measure_all(at, size);
    ++size.values;
    ++size.containers;
    for (Place child = at + 1; child < last(at); child = after(child)) {
      if (!list) add_text(child++, size);
      if (list && is_part(child)) {
        ++size.values;
      } else {
        measure(child, depth + 1, size);
      }
    }
  }

 private:
  void add_text(Place at, BlockSize& size) const {
    ++size.values;
    ++size.texts;
    size.text_bytes += text(at).size();
  }
  void measure_all(Place at, BlockSize& size) const {
    for (Place end = after(at); at < end;) {
      switch (tag(at)) {
        case '"': add_text(at++, size); break;
        case '{':
        case '[':
          ++size.values;
          ++size.containers;
          ++at;
          break;
        case '}':
        case ']': ++at; break;
        default: ++size.values; at = after(at);
      }
    }
  }

  const std::uint64_t* words_;
  const char* texts_;
};

class Reader {
 public:
  Reader(const Tape& tape, std::vector<Entry>& entries) : tape_(tape), entries_(entries) {}

  // The array or object with its own block; null and `failed` when it cannot be.
  Value document(Place at, std::size_t depth) {
    BlockSize size;
    tape_.measure(at, depth, size);
    if (Block::Builder::bytes(size) > Block::Builder::kBytesMax) return fail();
    Block::Builder block(size);
    // Room for the root itself, which lives outside of the block.
    alignas(Value) char root[sizeof(Value)];
    auto* value = reinterpret_cast<Value*>(root);
    put(block, value, at, depth);
    if (failed) return Value();
    return block.finish(*value);
  }

  // Anything but an array or object, without a block.
  Value scalar(Place at) const {
    switch (tape_.tag(at)) {
      case '"': return Value(tape_.text(at));
      case 'l': return Value(static_cast<std::int64_t>(tape_.number(at)));
      case 'u': return Value(static_cast<double>(tape_.number(at)));
      case 'd': return Value(std::bit_cast<double>(tape_.number(at)));
      case 't': return Value(true);
      case 'f': return Value(false);
      default: return Value();
    }
  }

  bool failed = false;

 private:
  Value fail() {
    failed = true;
    return Value();
  }

  void put(Block::Builder& block, Value* at, Place place, std::size_t depth) {
    switch (tape_.tag(place)) {
      case '"': return block.put_text(at, tape_.text(place));
      case '{': return put_object(block, at, place, depth);
      case '[': return put_array(block, at, place, depth);
      default: ::new (at) Value(scalar(place));
    }
  }

  void put_array(Block::Builder& block, Value* at, Place place, std::size_t depth) {
    if (depth >= kDepthMax) failed = true;
    if (failed) {
      ::new (at) Value();
      return;
    }
    // The count on the tape ends at 24 bits.
    std::size_t count = 0;
    for (Place item = place + 1; item < tape_.last(place); item = tape_.after(item)) ++count;
    Value* items = block.elements<Value>(count);
    Value* next = items;
    for (Place item = place + 1; item < tape_.last(place); item = tape_.after(item)) {
      if (depth < kPartDepth && tape_.is_part(item)) {
        block.put_part(next++, document(item, depth + 1));
      } else {
        put(block, next++, item, depth + 1);
      }
    }
    block.put_items(at, items, count);
  }

  void put_object(Block::Builder& block, Value* at, Place place, std::size_t depth) {
    if (depth >= kDepthMax) failed = true;
    if (failed) {
      ::new (at) Value();
      return;
    }
    std::size_t first = entries_.size();
    gather(place, first);
    std::size_t count = entries_.size() - first;
    Member* members = block.elements<Member>(count);
    for (std::size_t i = 0; i < count; ++i) {
      Place key = entries_[first + i].key;
      block.put_text(&members[i].key, tape_.text(key));
      put(block, &members[i].value, key + 1, depth + 1);
    }
    entries_.resize(first);
    block.put_members(at, members, count);
  }

  // Appends the members of the object in the order of their keys; of equal keys the last.
  void gather(Place place, std::size_t first) {
    bool sorted = true;
    for (Place key = place + 1; key < tape_.last(place); key = tape_.after(key + 1)) {
      entries_.push_back(tape_.entry(key));
      if (entries_.size() - first < 2) continue;
      sorted = sorted && tape_.compare(*(entries_.end() - 2), entries_.back()) < 0;
    }
    if (sorted) return;
    auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, entries_.end(), [&](const Entry& a, const Entry& b) {
      int order = tape_.compare(a, b);
      return order != 0 ? order < 0 : a.key > b.key;
    });
    auto same = [&](const Entry& a, const Entry& b) { return tape_.compare(a, b) == 0; };
    entries_.erase(std::unique(begin, entries_.end(), same), entries_.end());
  }

  const Tape& tape_;
  std::vector<Entry>& entries_;
};

}  // namespace

std::optional<Value> read_tape(const std::uint64_t* words, const char* texts) {
  Tape tape(words, texts);
  constexpr Place kRoot = 1;
  thread_local std::vector<Entry> entries;
  entries.clear();
  Reader reader(tape, entries);
  bool container = tape.tag(kRoot) == '{' || tape.tag(kRoot) == '[';
  Value value = container ? reader.document(kRoot, 0) : reader.scalar(kRoot);
  if (reader.failed) return std::nullopt;
  return value;
}

}  // namespace lesto::json
