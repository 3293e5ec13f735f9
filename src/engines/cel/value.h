// What CEL computes with.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engines/cel/type.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::cel {

enum class Kind : std::uint8_t {
  Null,
  Bool,
  Int,
  Uint,
  Double,
  String,
  Bytes,
  List,
  Map,
  Timestamp,
  Duration,
  Type,
  Optional,
  Opaque,
};

// A point in time, with the offset in which it is printed. Years 1 to 9999.
struct Moment {
  std::int64_t seconds = 0;  // since 1970, UTC
  std::int32_t nanos = 0;    // 0 to 999999999
  std::int32_t offset = 0;   // seconds east of UTC

  friend bool operator==(const Moment& a, const Moment& b) {
    return a.seconds == b.seconds && a.nanos == b.nanos;
  }
};

struct Span {
  std::int64_t nanos = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

class Value;

// A value of a library (a URL, a quantity): known by its type's name.
struct OpaqueData {
  virtual ~OpaqueData() = default;
  virtual std::string_view type_name() const = 0;
  virtual bool equals(const OpaqueData& other) const = 0;
  // What string(value) gives; nothing when it cannot be made a string.
  virtual std::optional<std::string> text() const { return std::nullopt; }
};

struct ListData;
struct MapData;

// Copies are cheap. JSON lists and maps stay JSON; `type` says how their members are read and must
// outlive the value (it belongs to the program or its environment); null reads by what the JSON is.
class Value {
 public:
  Value() = default;
  static Value of(bool value) { return Value(Storage(value)); }
  static Value of(std::int64_t value) { return Value(Storage(value)); }
  static Value of(std::uint64_t value) { return Value(Storage(value)); }
  static Value of(double value) { return Value(Storage(value)); }
  static Value of(Moment value) { return Value(Storage(value)); }
  static Value of(Span value) { return Value(Storage(value)); }
  static Value text(std::string_view text) { return Value(Storage(Text{json::Value(text)})); }
  static Value bytes(std::string_view bytes) { return Value(Storage(Bytes{json::Value(bytes)})); }
  static Value list(std::vector<Value> items);
  // Of equal keys the last wins.
  static Value map(std::vector<std::pair<Value, Value>> entries);
  static Value type(TypeRef type) { return Value(Storage(std::move(type))); }
  static Value some(Value value);
  static Value none();
  static Value opaque(std::shared_ptr<const OpaqueData> data) {
    return Value(Storage(std::move(data)));
  }
  // An error when the JSON does not fit the type (a date that is none).
  static Result<Value> from_json(const json::Value& value, const Type* type = nullptr);

  Kind kind() const;
  bool is(Kind wanted) const { return kind() == wanted; }
  bool is_number() const { return is(Kind::Int) || is(Kind::Uint) || is(Kind::Double); }

  // Each only for its kind.
  bool boolean() const { return std::get<bool>(storage_); }
  std::int64_t integer() const { return std::get<std::int64_t>(storage_); }
  std::uint64_t unsigned_integer() const { return std::get<std::uint64_t>(storage_); }
  double real() const { return std::get<double>(storage_); }
  Moment moment() const { return std::get<Moment>(storage_); }
  Span span() const { return std::get<Span>(storage_); }
  std::string_view view() const;  // String and Bytes; borrowed from this value
  std::string string() const { return std::string(view()); }
  const TypeRef& type_value() const { return std::get<TypeRef>(storage_); }
  const OpaqueData& opaque_data() const {
    return *std::get<std::shared_ptr<const OpaqueData>>(storage_);
  }
  std::optional<Value> optional() const;

  // Lists and maps.
  std::size_t size() const;
  Result<Value> item(std::size_t index) const;
  // The value of a key; nothing when there is none. Keys of different number types may be equal.
  Result<std::optional<Value>> find(const Value& key) const;
  Result<std::optional<Value>> find(std::string_view key) const;
  std::vector<Value> keys() const;
  // How a JSON list compares and merges; Atomic for all else.
  const Type* list_type() const;

  // Numbers of different types compare by value; NaN equals nothing. An error only for what cannot
  // be compared.
  friend bool operator==(const Value& a, const Value& b);
  // Of numbers, texts, bytes, booleans, moments and spans of one kind; nothing otherwise.
  static std::optional<std::partial_ordering> compare(const Value& a, const Value& b);

  // What the program's answer looks like as JSON, for reports: bytes as base64, moments and spans
  // as text.
  json::Value to_json() const;

  std::string_view type_name() const;

 private:
  struct Text {
    json::Value value;
  };
  struct Bytes {
    json::Value value;
  };
  struct Json {
    json::Value value;
    const Type* type = nullptr;
  };
  struct Maybe {
    std::shared_ptr<const Value> value;
  };
  using Storage =
      std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, Text, Bytes, Json,
                   std::shared_ptr<const ListData>, std::shared_ptr<const MapData>, Moment, Span,
                   TypeRef, Maybe, std::shared_ptr<const OpaqueData>>;
  explicit Value(Storage storage) : storage_(std::move(storage)) {}

  const Type* member_type(std::string_view name, std::string_view& raw) const;

  Storage storage_;
};

struct ListData {
  std::vector<Value> items;
};
struct MapData {
  std::vector<std::pair<Value, Value>> entries;
};

// "2024-01-01T00:00:00+14:00"; "-90s", "1.5s".
std::string moment_text(const Moment& moment);
std::string span_text(Span span);
Result<Moment> read_moment(std::string_view text);
Result<Span> read_span(std::string_view text);

// The value of a library's type T, which names itself T::kName; null for all else.
template <class T>
const T* opaque_as(const Value& value) {
  if (!value.is(Kind::Opaque) || value.type_name() != T::kName) return nullptr;
  return static_cast<const T*>(&value.opaque_data());
}

inline std::unexpected<Error> eval_error(std::string text) {
  return fail(Code::Invalid, std::move(text));
}

}  // namespace lesto::cel
