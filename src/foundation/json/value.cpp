#include "foundation/json/value.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "foundation/base/result.h"

namespace lesto::json {

const Value Value::kNull{};

namespace {

auto lower_bound(auto& members, std::string_view key) {
  // Most objects are small: a scan over few keys beats the branches of a binary search.
  if (members.size() <= 8) {
    return std::find_if(members.begin(), members.end(),
                        [&](const Member& m) { return m.name() >= key; });
  }
  return std::lower_bound(members.begin(), members.end(), key,
                          [](const Member& m, std::string_view k) { return m.name() < k; });
}

}  // namespace

Value::Value(bool value) : kind_(Kind::Bool) { bits_.boolean = value; }
Value::Value(std::int64_t value) : kind_(Kind::Int) { bits_.integer = value; }
Value::Value(double value) : kind_(Kind::Double) { bits_.number = value; }

Value::Value(std::string_view text) : kind_(Kind::String) {
  CHECK(text.size() < UINT32_MAX);
  void* memory = ::operator new(offsetof(Text, bytes) + text.size() + 1);
  bits_.text = ::new (memory) Text;
  length_ = static_cast<std::uint32_t>(text.size());
  if (!text.empty()) std::memcpy(bits_.text->bytes, text.data(), text.size());
}

Value& Value::operator=(const Value& other) {
  // `other` may be *this, or lie inside of it and go with it.
  other.retain();
  Kind kind = other.kind_;
  std::uint32_t length = other.length_;
  Bits bits = other.bits_;
  release();
  kind_ = kind;
  length_ = length;
  bits_ = bits;
  return *this;
}

Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  Kind kind = std::exchange(other.kind_, Kind::Null);
  std::uint32_t length = other.length_;
  Bits bits = other.bits_;
  release();
  kind_ = kind;
  length_ = length;
  bits_ = bits;
  return *this;
}

Value Value::array() { return array(std::vector<Value>()); }
Value Value::object() { return object(std::vector<Member>()); }

Value Value::array(std::vector<Value> items) {
  Value value;
  value.kind_ = Kind::Array;
  value.bits_.array = new Array;
  value.bits_.array->items = std::move(items);
  return value;
}

namespace {

bool by_name(const Member& a, const Member& b) { return a.name() < b.name(); }

// Keeps the order of equal keys. Small objects need no scratch memory.
void sort_by_name(std::vector<Member>& members) {
  constexpr std::size_t kSmall = 24;
  if (members.size() > kSmall) return std::stable_sort(members.begin(), members.end(), by_name);
  for (auto at = members.begin(); at != members.end(); ++at) {
    std::rotate(std::upper_bound(members.begin(), at, *at, by_name), at, at + 1);
  }
}

}  // namespace

Value Value::object(std::vector<Member> members) {
  if (!std::is_sorted(members.begin(), members.end(), by_name)) sort_by_name(members);
  auto same = [](const Member& a, const Member& b) { return a.name() == b.name(); };
  if (std::adjacent_find(members.begin(), members.end(), same) != members.end()) {
    std::vector<Member> unique;
    for (Member& member : members) {
      if (!unique.empty() && same(unique.back(), member)) unique.pop_back();
      unique.push_back(std::move(member));
    }
    members = std::move(unique);
  }
  Value value;
  value.kind_ = Kind::Object;
  value.bits_.object = new Object;
  value.bits_.object->members = std::move(members);
  return value;
}

namespace {

// A tree may be as deep as a template or script cares to make it; freeing it must not take as much
// stack. Levels beyond this many wait in a list until the ones above are gone.
constexpr unsigned kFreeDepthMax = 100;

struct Freeing {
  unsigned depth = 0;
  std::vector<Value> pending;
};
Freeing& freeing() {
  thread_local Freeing state;
  return state;
}

void postpone(std::vector<Value>& items, std::vector<Value>& pending) {
  for (Value& item : items) {
    if (item.is_array() || item.is_object()) pending.push_back(std::move(item));
  }
}
void postpone(std::vector<Member>& members, std::vector<Value>& pending) {
  for (Member& member : members) {
    if (member.value.is_array() || member.value.is_object())
      pending.push_back(std::move(member.value));
  }
}

template <class Node, class Contents>
void free_node(Node* node, Contents& contents) {
  Freeing& state = freeing();
  if (state.depth >= kFreeDepthMax) postpone(contents, state.pending);
  ++state.depth;
  delete node;
  while (state.depth == 1 && !state.pending.empty()) {
    Value next = std::move(state.pending.back());
    state.pending.pop_back();
  }
  --state.depth;
}

}  // namespace

void Value::retain() const {
  switch (kind_) {
    case Kind::String: bits_.text->owners.fetch_add(1, std::memory_order_relaxed); break;
    case Kind::Array: bits_.array->owners.fetch_add(1, std::memory_order_relaxed); break;
    case Kind::Object: bits_.object->owners.fetch_add(1, std::memory_order_relaxed); break;
    default: break;
  }
}

void Value::release() {
  auto last = [](auto* node) { return node->owners.fetch_sub(1, std::memory_order_acq_rel) == 1; };
  switch (kind_) {
    case Kind::String:
      if (last(bits_.text)) {
        bits_.text->~Text();
        ::operator delete(bits_.text);
      }
      break;
    case Kind::Array:
      if (last(bits_.array)) free_node(bits_.array, bits_.array->items);
      break;
    case Kind::Object:
      if (last(bits_.object)) free_node(bits_.object, bits_.object->members);
      break;
    default: break;
  }
  kind_ = Kind::Null;
}

// Returns a node that only *this owns, copying one level when it is shared.
template <class Node>
Node* Value::own(Node* node) {
  if (node->owners.load(std::memory_order_acquire) == 1) return node;
  auto* copy = new Node;
  if constexpr (std::is_same_v<Node, Array>) {
    copy->items = node->items;
    release();
    kind_ = Kind::Array;
    bits_.array = copy;
  } else {
    copy->members = node->members;
    release();
    kind_ = Kind::Object;
    bits_.object = copy;
  }
  return copy;
}

double Value::number(double otherwise) const {
  if (is_int()) return static_cast<double>(bits_.integer);
  return is_double() ? bits_.number : otherwise;
}

const Value* Value::find_among_many(std::string_view key) const {
  auto at = lower_bound(bits_.object->members, key);
  return at != bits_.object->members.end() && at->name() == key ? &at->value : nullptr;
}

Value& Value::at(std::string_view key) {
  if (is_null()) *this = object();
  CHECK(is_object());
  auto& members = own(bits_.object)->members;
  auto at = lower_bound(members, key);
  if (at == members.end() || at->name() != key)
    at = members.insert(at, Member(Value(key), Value()));
  return at->value;
}

void Value::set(std::string_view key, Value value) { at(key) = std::move(value); }

void Value::erase(std::string_view key) {
  if (!contains(key)) return;
  auto& members = own(bits_.object)->members;
  members.erase(lower_bound(members, key));
}

void Value::push(Value item) {
  if (is_null()) *this = array();
  CHECK(is_array());
  own(bits_.array)->items.push_back(std::move(item));
}

Value* Value::edit(std::string_view key) { return contains(key) ? &at(key) : nullptr; }

Value* Value::edit(std::size_t index) {
  if (!is_array() || index >= size()) return nullptr;
  return &own(bits_.array)->items[index];
}

void Value::erase_at(std::size_t index) {
  if (!is_array() || index >= size()) return;
  auto& items = own(bits_.array)->items;
  items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
}

void Value::insert_at(std::size_t index, Value item) {
  CHECK(is_array() && index <= size());
  auto& items = own(bits_.array)->items;
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(index), std::move(item));
}

void Value::set_path(std::initializer_list<std::string_view> path, Value value) {
  Value* place = this;
  for (std::string_view key : path) {
    if (!place->is_object()) *place = object();
    place = &place->at(key);
  }
  *place = std::move(value);
}

void Value::erase_path(std::initializer_list<std::string_view> path) {
  Value* place = this;
  for (auto key = path.begin(); key + 1 < path.end(); ++key) {
    place = place->edit(*key);
    if (!place) return;
  }
  if (path.size() > 0) place->erase(*(path.end() - 1));
}

bool Value::same_storage(const Value& other) const {
  if (kind_ != other.kind_) return false;
  switch (kind_) {
    case Kind::Null: return true;
    case Kind::Bool: return bits_.boolean == other.bits_.boolean;
    case Kind::Int: return bits_.integer == other.bits_.integer;
    case Kind::Double: return std::memcmp(&bits_.number, &other.bits_.number, sizeof(double)) == 0;
    case Kind::String: return bits_.text == other.bits_.text;
    case Kind::Array: return bits_.array == other.bits_.array;
    case Kind::Object: return bits_.object == other.bits_.object;
  }
  return false;
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::Null: return true;
    case Kind::Bool: return a.bits_.boolean == b.bits_.boolean;
    case Kind::Int: return a.bits_.integer == b.bits_.integer;
    case Kind::Double: return a.bits_.number == b.bits_.number;
    case Kind::String: return a.bits_.text == b.bits_.text || a.text() == b.text();
    case Kind::Array:
      return a.bits_.array == b.bits_.array || std::ranges::equal(a.items(), b.items());
    case Kind::Object:
      return a.bits_.object == b.bits_.object ||
             std::ranges::equal(a.members(), b.members(), [](const Member& m, const Member& n) {
               return m.key == n.key && m.value == n.value;
             });
  }
  return false;
}

}  // namespace lesto::json
