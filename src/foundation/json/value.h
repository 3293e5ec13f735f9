// A JSON value: null, bool, 64-bit integer, double, string, array or object with keys in byte
// order.
//
// Value semantics: a copy is a counter increment, whatever the size, and two copies never see each
// other's changes (a change copies the level that it touches when it is shared). Copies may live on
// different threads; one Value object belongs to one thread at a time.
//
// What parse() reads lies in one block, which lives as long as any Value that was taken out of it;
// objects of some size in a list at the top have blocks of their own (block.h).
//
// Numbers follow Kubernetes' decoder: a literal without fraction and exponent that fits 64 bits is
// Int, all else Double. 1 and 1.0 are different values.
//
// Reading never fails: a missing member or a value of another kind reads as null, "", 0 or an empty
// list, so a path can be walked without a check a step: object["metadata"]["name"].text().
#pragma once

#include <atomic>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::json {

enum class Kind : std::uint8_t { Null, Bool, Int, Double, String, Array, Object };

struct Member;

class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value);
  Value(int value) : Value(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value);
  Value(double value);
  Value(std::string_view text);
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const Value& other) : kind_(other.kind_), length_(other.length_), bits_(other.bits_) {
    if (is_shared_kind()) retain();
  }
  Value(Value&& other) noexcept : kind_(other.kind_), length_(other.length_), bits_(other.bits_) {
    other.kind_ = Kind::Null;
  }
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value() {
    if (is_shared_kind()) release();
  }

  static Value array();
  static Value array(std::vector<Value> items);
  static Value object();
  // Of equal keys the last one wins, as in Go and simdjson's callers.
  static Value object(std::vector<Member> members);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::Null; }
  bool is_bool() const { return kind_ == Kind::Bool; }
  bool is_int() const { return kind_ == Kind::Int; }
  bool is_double() const { return kind_ == Kind::Double; }
  bool is_number() const { return is_int() || is_double(); }
  bool is_string() const { return kind_ == Kind::String; }
  bool is_array() const { return kind_ == Kind::Array; }
  bool is_object() const { return kind_ == Kind::Object; }

  bool boolean(bool otherwise = false) const { return is_bool() ? bits_.boolean : otherwise; }
  std::int64_t integer(std::int64_t otherwise = 0) const {
    return is_int() ? bits_.integer : otherwise;
  }
  // The number as a double, be it Int or Double.
  double number(double otherwise = 0) const;
  // Borrowed: lives as long as some copy of this value does.
  std::string_view text() const {
    return is_string() ? std::string_view(bits_.content, length_) : std::string_view();
  }
  std::string string() const { return std::string(text()); }

  // Items of an array, members of an object; 0 for everything else.
  std::size_t size() const { return is_container() ? length_ : 0; }
  bool empty() const { return size() == 0; }
  inline std::span<const Value> items() const;
  // In byte order of their keys.
  inline std::span<const Member> members() const;

  inline const Value& operator[](std::string_view key) const;
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  inline const Value& operator[](std::size_t index) const;
  // Keeps a literal 0 from being taken for a null text.
  const Value& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
  // Null when there is no such member: tells an absent member from a null one.
  inline const Value* find(std::string_view key) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }

  // Changes. Null becomes an empty object or array first; any other kind is a broken promise of the
  // caller.
  void set(std::string_view key, Value value);
  void erase(std::string_view key);
  void push(Value item);
  // The member or item for changing in place; null when there is none. Valid until the next change
  // of *this.
  Value* edit(std::string_view key);
  Value* edit(std::size_t index);
  // The member for changing in place, made as null when it was not there.
  Value& at(std::string_view key);
  void erase_at(std::size_t index);
  void insert_at(std::size_t index, Value item);

  // Walks and makes objects along the path, then sets: set_path({"metadata", "uid"}, uid).
  void set_path(std::initializer_list<std::string_view> path, Value value);
  void erase_path(std::initializer_list<std::string_view> path);

  // Same kinds, same content. Doubles compare as IEEE numbers.
  friend bool operator==(const Value& a, const Value& b);

  // True when both share their storage: equal for sure, at no cost.
  bool same_storage(const Value& other) const;

 private:
  friend class Block;

  // Texts, items and members are counted content. The four bytes before it say how many bytes back
  // its count of owners is: kOwnCount when the content stands alone, more when it lies in a block
  // and is counted with it. Content that stands alone and has one owner may be changed in place.
  using Count = std::atomic<std::uint32_t>;
  static constexpr std::uint32_t kOwnCount = 8;
  // What stands before items and members that stand alone.
  struct Head {
    std::uint32_t capacity;
    std::uint32_t unused;
    Count owners;
    std::uint32_t back;
  };

  static const Value kNull;
  static constexpr std::size_t kFewMembers = 24;
  const Value* find_among_many(std::string_view key) const;

  // Takes over a reference to the content.
  Value(Kind kind, std::size_t length, char* content)
      : kind_(kind), length_(static_cast<std::uint32_t>(length)) {
    bits_.content = content;
  }

  // Kinds with counted content come last.
  bool is_shared_kind() const { return kind_ >= Kind::String; }
  bool is_container() const { return kind_ >= Kind::Array; }
  template <class Element>
  Element* elements() const {
    return reinterpret_cast<Element*>(bits_.content);
  }
  std::uint32_t back() const {
    std::uint32_t back;
    std::memcpy(&back, bits_.content - sizeof back, sizeof back);
    return back;
  }
  Count& owners() const { return *reinterpret_cast<Count*>(bits_.content - back()); }
  Head& head() const { return *reinterpret_cast<Head*>(bits_.content - sizeof(Head)); }
  void retain() const { owners().fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (owners().fetch_sub(1, std::memory_order_acq_rel) == 1) free_content();
  }
  void free_content();
  template <class Element>
  void free_elements();
  template <class Element>
  static char* make_room(std::size_t capacity);
  template <class Element>
  Element* own(std::size_t capacity);
  template <class Element>
  Element* insert(std::size_t index, Element element);
  template <class Element>
  void remove(std::size_t index);

  union Bits {
    std::int64_t integer = 0;
    bool boolean;
    double number;
    char* content;
  };
  Kind kind_ = Kind::Null;
  // Bytes of a string, items, members.
  std::uint32_t length_ = 0;
  Bits bits_;
};

struct Member {
  Value key;
  Value value;

  Member(Value k, Value v) : key(std::move(k)), value(std::move(v)) {}
  std::string_view name() const { return key.text(); }
};

inline std::span<const Value> Value::items() const {
  return is_array() ? std::span<const Value>(elements<Value>(), length_) : std::span<const Value>();
}
inline std::span<const Member> Value::members() const {
  return is_object() ? std::span<const Member>(elements<Member>(), length_)
                     : std::span<const Member>();
}
inline const Value* Value::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  if (length_ > kFewMembers) return find_among_many(key);
  for (const Member& member : members()) {
    if (member.key.length_ == key.size() && member.name() == key) return &member.value;
  }
  return nullptr;
}
inline const Value& Value::operator[](std::string_view key) const {
  const Value* value = find(key);
  return value ? *value : kNull;
}
inline const Value& Value::operator[](std::size_t index) const {
  return is_array() && index < length_ ? elements<Value>()[index] : kNull;
}

// json::object({{"a", 1}, {"b", json::array({1, 2})}})
inline Value object(std::initializer_list<Member> members) {
  return Value::object(std::vector<Member>(members));
}
inline Value array(std::initializer_list<Value> items) {
  return Value::array(std::vector<Value>(items));
}

}  // namespace lesto::json
