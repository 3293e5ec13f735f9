#include "foundation/json/value.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <new>

#include "foundation/base/result.h"
#include "foundation/json/block.h"

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
  auto* memory = static_cast<char*>(::operator new(kOwnCount + text.size()));
  ::new (memory) Count(1);
  std::memcpy(memory + sizeof(Count), &kOwnCount, sizeof kOwnCount);
  bits_.content = memory + kOwnCount;
  length_ = static_cast<std::uint32_t>(text.size());
  if (!text.empty()) std::memcpy(bits_.content, text.data(), text.size());
}

Value& Value::operator=(const Value& other) {
  // `other` may be *this, or lie inside of it and go with it.
  return *this = Value(other);
}

Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  Kind kind = std::exchange(other.kind_, Kind::Null);
  std::uint32_t length = other.length_;
  Bits bits = other.bits_;
  if (is_shared_kind()) release();
  kind_ = kind;
  length_ = length;
  bits_ = bits;
  return *this;
}

Value Value::array() { return array(std::vector<Value>()); }
Value Value::object() { return object(std::vector<Member>()); }

// Room for elements, owned once.
template <class Element>
char* Value::make_room(std::size_t capacity) {
  CHECK(capacity < UINT32_MAX);
  static_assert(offsetof(Head, back) + sizeof(Head::back) == sizeof(Head));
  static_assert(sizeof(Head) - offsetof(Head, owners) == kOwnCount);
  void* memory = ::operator new(sizeof(Head) + capacity * sizeof(Element));
  ::new (memory) Head{static_cast<std::uint32_t>(capacity), 0, 1, kOwnCount};
  return static_cast<char*>(memory) + sizeof(Head);
}

Value Value::array(std::vector<Value> items) {
  Value value(Kind::Array, items.size(), make_room<Value>(items.size()));
  std::uninitialized_move(items.begin(), items.end(), value.elements<Value>());
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
  Value value(Kind::Object, members.size(), make_room<Member>(members.size()));
  std::uninitialized_move(members.begin(), members.end(), value.elements<Member>());
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

void postpone(Value& value, std::vector<Value>& pending) {
  if (value.is_array() || value.is_object()) pending.push_back(std::move(value));
}
void postpone(Member& member, std::vector<Value>& pending) { postpone(member.value, pending); }

}  // namespace

template <class Element>
void Value::free_elements() {
  Freeing& state = freeing();
  std::span<Element> all(elements<Element>(), length_);
  if (state.depth >= kFreeDepthMax) {
    for (Element& element : all) postpone(element, state.pending);
  }
  ++state.depth;
  std::destroy(all.begin(), all.end());
  ::operator delete(&head());
  while (state.depth == 1 && !state.pending.empty()) {
    Value next = std::move(state.pending.back());
    state.pending.pop_back();
  }
  --state.depth;
}

void Value::free_content() {
  std::uint32_t distance = back();
  if (distance != kOwnCount) return Block::free(bits_.content - distance);
  switch (kind_) {
    case Kind::Array: return free_elements<Value>();
    case Kind::Object: return free_elements<Member>();
    default: ::operator delete(bits_.content - kOwnCount);
  }
}

// The elements, owned by *this only and with room for `capacity`; copies one level when they are
// shared.
template <class Element>
Element* Value::own(std::size_t capacity) {
  bool alone = back() == kOwnCount && owners().load(std::memory_order_acquire) == 1;
  if (alone && head().capacity >= capacity) return elements<Element>();
  // Growing by one goes on growing.
  std::size_t grown = capacity > length_ && length_ > 0 ? capacity + capacity / 2 : capacity;
  Value copy(kind_, length_, make_room<Element>(grown));
  Element* from = elements<Element>();
  if (alone) {
    std::uninitialized_move_n(from, length_, copy.elements<Element>());
  } else {
    std::uninitialized_copy_n(from, length_, copy.elements<Element>());
  }
  *this = std::move(copy);
  return elements<Element>();
}

template <class Element>
Element* Value::insert(std::size_t index, Element element) {
  Element* all = own<Element>(length_ + std::size_t{1});
  if (index == length_) {
    ::new (all + index) Element(std::move(element));
  } else {
    ::new (all + length_) Element(std::move(all[length_ - 1]));
    std::move_backward(all + index, all + length_ - 1, all + length_);
    all[index] = std::move(element);
  }
  ++length_;
  return all + index;
}

template <class Element>
void Value::remove(std::size_t index) {
  Element* all = own<Element>(length_);
  std::move(all + index + 1, all + length_, all + index);
  std::destroy_at(all + --length_);
}

double Value::number(double otherwise) const {
  if (is_int()) return static_cast<double>(bits_.integer);
  return is_double() ? bits_.number : otherwise;
}

const Value* Value::find_among_many(std::string_view key) const {
  auto all = members();
  auto at = lower_bound(all, key);
  return at != all.end() && at->name() == key ? &at->value : nullptr;
}

Value& Value::at(std::string_view key) {
  if (is_null()) *this = object();
  CHECK(is_object());
  auto all = members();
  auto at = lower_bound(all, key);
  auto index = static_cast<std::size_t>(at - all.begin());
  if (at == all.end() || at->name() != key)
    return insert(index, Member(Value(key), Value()))->value;
  return own<Member>(length_)[index].value;
}

void Value::set(std::string_view key, Value value) { at(key) = std::move(value); }

void Value::erase(std::string_view key) {
  if (!contains(key)) return;
  auto all = members();
  remove<Member>(static_cast<std::size_t>(lower_bound(all, key) - all.begin()));
}

void Value::push(Value item) {
  if (is_null()) *this = array();
  CHECK(is_array());
  insert(length_, std::move(item));
}

Value* Value::edit(std::string_view key) { return contains(key) ? &at(key) : nullptr; }

Value* Value::edit(std::size_t index) {
  if (!is_array() || index >= size()) return nullptr;
  return own<Value>(length_) + index;
}

void Value::erase_at(std::size_t index) {
  if (is_array() && index < size()) remove<Value>(index);
}

void Value::insert_at(std::size_t index, Value item) {
  CHECK(is_array() && index <= size());
  insert(index, std::move(item));
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
    default: return bits_.content == other.bits_.content;
  }
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::Null: return true;
    case Kind::Bool: return a.bits_.boolean == b.bits_.boolean;
    case Kind::Int: return a.bits_.integer == b.bits_.integer;
    case Kind::Double: return a.bits_.number == b.bits_.number;
    case Kind::String: return a.text() == b.text();
    case Kind::Array:
      return a.bits_.content == b.bits_.content || std::ranges::equal(a.items(), b.items());
    case Kind::Object:
      return a.bits_.content == b.bits_.content ||
             std::ranges::equal(a.members(), b.members(), [](const Member& m, const Member& n) {
               return m.key == n.key && m.value == n.value;
             });
  }
  return false;
}

}  // namespace lesto::json
