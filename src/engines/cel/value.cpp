#include "engines/cel/value.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

namespace lesto::cel {
namespace {

bool is_kind(const Type* type, TypeKind kind) { return type && type->kind == kind; }

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto at = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u;
    };
    unsigned group = at(0) << 16 | at(1) << 8 | at(2);
    for (unsigned k = 0; k < 4; ++k) {
      out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
    }
  }
  return out;
}

Result<std::string> unbase64(std::string_view text) {
  std::string out;
  unsigned group = 0;
  int bits = 0;
  for (char c : text) {
    if (c == '=') break;
    int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                : c >= 'a' && c <= 'z' ? c - 'a' + 26
                : c >= '0' && c <= '9' ? c - '0' + 52
                : c == '+' || c == '-' ? 62
                : c == '/' || c == '_' ? 63
                                       : -1;
    if (digit < 0) return eval_error("illegal base64 data");
    group = group << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 255);
  }
  return out;
}

std::optional<double> number_of(const Value& value) {
  switch (value.kind()) {
    case Kind::Int:
      return static_cast<double>(value.integer());
    case Kind::Uint:
      return static_cast<double>(value.unsigned_integer());
    case Kind::Double:
      return value.real();
    default:
      return std::nullopt;
  }
}

std::partial_ordering compare_whole(const Value& a, const Value& b) {
  if (a.is(Kind::Int) && b.is(Kind::Int)) return a.integer() <=> b.integer();
  if (a.is(Kind::Uint) && b.is(Kind::Uint)) return a.unsigned_integer() <=> b.unsigned_integer();
  if (a.is(Kind::Int)) {
    if (a.integer() < 0) return std::partial_ordering::less;
    return static_cast<std::uint64_t>(a.integer()) <=> b.unsigned_integer();
  }
  if (b.integer() < 0) return std::partial_ordering::greater;
  return a.unsigned_integer() <=> static_cast<std::uint64_t>(b.integer());
}

// As doubles once both are in range, as cel-go does.
std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  if (!a.is(Kind::Double) && !b.is(Kind::Double)) return compare_whole(a, b);
  if (a.is(Kind::Double) && b.is(Kind::Double)) return a.real() <=> b.real();
  if (b.is(Kind::Double)) {
    auto turned = compare_numbers(b, a);
    return turned == std::partial_ordering::less      ? std::partial_ordering::greater
           : turned == std::partial_ordering::greater ? std::partial_ordering::less
                                                      : turned;
  }
  double real = a.real();
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (b.is(Kind::Int)) {
    if (real < -0x1p63) return std::partial_ordering::less;
    if (real > 0x1p63) return std::partial_ordering::greater;
  } else {
    if (real < 0) return std::partial_ordering::less;
    if (real > 0x1p64) return std::partial_ordering::greater;
  }
  return real <=> *number_of(b);
}

bool equal_lists(const Value& a, const Value& b) {
  if (a.size() != b.size()) return false;
  const Type* type = a.list_type() ? a.list_type() : b.list_type();
  std::vector<bool> used(b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto left = a.item(i);
    if (!left) return false;
    bool found = false;
    // Sets and keyed lists are equal in any order.
    for (std::size_t j = type ? 0 : i; j < b.size() && !found; ++j) {
      if (used[j]) continue;
      auto right = b.item(j);
      found = right && *left == *right;
      if (found) used[j] = true;
      if (!type) break;
    }
    if (!found) return false;
  }
  return true;
}

bool equal_maps(const Value& a, const Value& b) {
  if (a.size() != b.size()) return false;
  for (const Value& key : a.keys()) {
    auto left = a.find(key);
    auto right = b.find(key);
    if (!left || !right || !*left || !*right || !(**left == **right)) return false;
  }
  return true;
}

}  // namespace

Value Value::list(std::vector<Value> items) {
  return Value(Storage(std::make_shared<const ListData>(ListData{std::move(items)})));
}

Value Value::map(std::vector<std::pair<Value, Value>> entries) {
  MapData data;
  data.entries.reserve(entries.size());
  for (auto& entry : entries) {
    auto same = [&](const auto& known) {
      return known.first.kind() == entry.first.kind() && known.first == entry.first;
    };
    auto known = std::find_if(data.entries.begin(), data.entries.end(), same);
    if (known != data.entries.end()) {
      known->second = std::move(entry.second);
    } else {
      data.entries.push_back(std::move(entry));
    }
  }
  return Value(Storage(std::make_shared<const MapData>(std::move(data))));
}

Value Value::some(Value value) {
  return Value(Storage(Maybe{std::make_shared<const Value>(std::move(value))}));
}
Value Value::none() { return Value(Storage(Maybe{})); }

Result<Value> Value::from_json(const json::Value& value, const Type* type) {
  switch (value.kind()) {
    case json::Kind::Null:
      return Value();
    case json::Kind::Bool:
      return of(value.boolean());
    case json::Kind::Int:
      if (is_kind(type, TypeKind::Double)) return of(value.number());
      return of(value.integer());
    case json::Kind::Double:
      if (is_kind(type, TypeKind::Int) && std::abs(value.number()) < 0x1p63)
        return of(static_cast<std::int64_t>(value.number()));
      return of(value.number());
    case json::Kind::String: {
      if (is_kind(type, TypeKind::Bytes)) {
        TRY_ASSIGN(std::string raw, unbase64(value.text()));
        return bytes(raw);
      }
      if (is_kind(type, TypeKind::Duration)) {
        TRY_ASSIGN(Span span, read_span(value.text()));
        return of(span);
      }
      if (is_kind(type, TypeKind::Timestamp)) {
        std::string text = value.string();
        if (text.size() == 10) text += "T00:00:00Z";
        TRY_ASSIGN(Moment moment, read_moment(text));
        return of(moment);
      }
      return Value(Storage(Text{value}));
    }
    case json::Kind::Array:
    case json::Kind::Object: {
      bool fits = type && (value.is_array()
                               ? type->kind == TypeKind::List
                               : type->kind == TypeKind::Map || type->kind == TypeKind::Object);
      return Value(Storage(Json{value, fits ? type : nullptr}));
    }
  }
  return Value();
}

Kind Value::kind() const {
  static constexpr Kind kKinds[] = {Kind::Null,   Kind::Bool,     Kind::Int,       Kind::Uint,
                                    Kind::Double, Kind::String,   Kind::Bytes,     Kind::Map,
                                    Kind::List,   Kind::Map,      Kind::Timestamp, Kind::Duration,
                                    Kind::Type,   Kind::Optional, Kind::Opaque};
  if (const Json* json = std::get_if<Json>(&storage_))
    return json->value.is_array() ? Kind::List : Kind::Map;
  return kKinds[storage_.index()];
}

std::string_view Value::view() const {
  if (const Bytes* bytes = std::get_if<Bytes>(&storage_)) return bytes->value.text();
  return std::get<Text>(storage_).value.text();
}

std::optional<Value> Value::optional() const {
  const auto& maybe = std::get<Maybe>(storage_).value;
  return maybe ? std::optional<Value>(*maybe) : std::nullopt;
}

std::size_t Value::size() const {
  if (const Json* json = std::get_if<Json>(&storage_)) return json->value.size();
  if (is(Kind::List)) return std::get<std::shared_ptr<const ListData>>(storage_)->items.size();
  if (is(Kind::Map)) return std::get<std::shared_ptr<const MapData>>(storage_)->entries.size();
  return 0;
}

Result<Value> Value::item(std::size_t index) const {
  if (const Json* json = std::get_if<Json>(&storage_)) {
    return from_json(json->value[index], json->type ? json->type->params[0].get() : nullptr);
  }
  return std::get<std::shared_ptr<const ListData>>(storage_)->items[index];
}

const Type* Value::member_type(std::string_view name, std::string_view& raw) const {
  const Type* type = std::get<Json>(storage_).type;
  raw = name;
  if (!type) return nullptr;
  if (type->kind == TypeKind::Map) return type->params[1].get();
  auto member = type->members.find(name);
  if (member == type->members.end()) return nullptr;
  raw = member->second.name;
  return member->second.type.get();
}

Result<std::optional<Value>> Value::find(std::string_view key) const {
  if (const Json* json = std::get_if<Json>(&storage_)) {
    std::string_view raw;
    const Type* type = member_type(key, raw);
    const json::Value* found = json->value.find(raw);
    // Where a schema gives the type, a null is as good as absent.
    if (!found || (json->type && found->is_null())) return std::optional<Value>();
    TRY_ASSIGN(Value value, from_json(*found, type));
    return std::optional<Value>(std::move(value));
  }
  return find(text(key));
}

Result<std::optional<Value>> Value::find(const Value& key) const {
  if (std::holds_alternative<Json>(storage_)) {
    if (!key.is(Kind::String)) return std::optional<Value>();
    return find(key.view());
  }
  const auto& entries = std::get<std::shared_ptr<const MapData>>(storage_)->entries;
  for (const auto& entry : entries) {
    if (entry.first.kind() == key.kind() && entry.first == key)
      return std::optional<Value>(entry.second);
  }
  if (!key.is_number()) return std::optional<Value>();
  for (const auto& entry : entries) {
    if (entry.first == key) return std::optional<Value>(entry.second);
  }
  return std::optional<Value>();
}

std::vector<Value> Value::keys() const {
  std::vector<Value> out;
  out.reserve(size());
  if (const Json* json = std::get_if<Json>(&storage_)) {
    for (const auto& member : json->value.members())
      out.push_back(Value(Storage(Text{member.key})));
    return out;
  }
  for (const auto& entry : std::get<std::shared_ptr<const MapData>>(storage_)->entries)
    out.push_back(entry.first);
  return out;
}

const Type* Value::list_type() const {
  const Json* json = std::get_if<Json>(&storage_);
  return json && json->type && json->type->kind == TypeKind::List &&
                 json->type->list != ListKind::Atomic
             ? json->type
             : nullptr;
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number())
    return compare_numbers(a, b) == std::partial_ordering::equivalent;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::Null:
      return true;
    case Kind::Bool:
      return a.boolean() == b.boolean();
    case Kind::String:
    case Kind::Bytes:
      return a.view() == b.view();
    case Kind::List:
      return equal_lists(a, b);
    case Kind::Map:
      return equal_maps(a, b);
    case Kind::Timestamp:
      return a.moment() == b.moment();
    case Kind::Duration:
      return a.span() == b.span();
    case Kind::Type:
      return a.type_name() == b.type_name() &&
             to_string(*a.type_value()) == to_string(*b.type_value());
    case Kind::Optional:
      return a.optional() == b.optional();
    case Kind::Opaque:
      return a.opaque_data().equals(b.opaque_data());
    default:
      return false;
  }
}

std::optional<std::partial_ordering> Value::compare(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return compare_numbers(a, b);
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::Bool:
      return static_cast<int>(a.boolean()) <=> static_cast<int>(b.boolean());
    case Kind::String:
    case Kind::Bytes:
      return a.view() <=> b.view();
    case Kind::Duration:
      return a.span().nanos <=> b.span().nanos;
    case Kind::Timestamp:
      if (auto order = a.moment().seconds <=> b.moment().seconds; order != 0) return order;
      return a.moment().nanos <=> b.moment().nanos;
    default:
      return std::nullopt;
  }
}

json::Value Value::to_json() const {
  switch (kind()) {
    case Kind::Bool:
      return boolean();
    case Kind::Int:
      return integer();
    case Kind::Uint:
      return unsigned_integer() <= INT64_MAX
                 ? json::Value(static_cast<std::int64_t>(unsigned_integer()))
                 : json::Value(static_cast<double>(unsigned_integer()));
    case Kind::Double:
      return real();
    case Kind::String:
      return view();
    case Kind::Bytes:
      return base64(view());
    case Kind::Timestamp:
      return moment_text(moment());
    case Kind::Duration:
      return span_text(span());
    case Kind::Type:
      return to_string(*type_value());
    case Kind::Optional:
      return optional() ? optional()->to_json() : json::Value();
    case Kind::List: {
      json::Value out = json::Value::array();
      for (std::size_t i = 0; i < size(); ++i) {
        auto value = item(i);
        out.push(value ? value->to_json() : json::Value());
      }
      return out;
    }
    case Kind::Map: {
      if (const Json* json = std::get_if<Json>(&storage_)) return json->value;
      json::Value out = json::Value::object();
      for (const auto& entry : std::get<std::shared_ptr<const MapData>>(storage_)->entries) {
        const Value& key = entry.first;
        std::string name = key.is(Kind::String) ? key.string()
                           : key.is(Kind::Bool) ? (key.boolean() ? "true" : "false")
                           : key.is(Kind::Int)  ? std::to_string(key.integer())
                           : key.is(Kind::Uint) ? std::to_string(key.unsigned_integer())
                                                : std::string();
        out.set(name, entry.second.to_json());
      }
      return out;
    }
    default:
      return nullptr;
  }
}

std::string_view Value::type_name() const {
  switch (kind()) {
    case Kind::Null:
      return "null_type";
    case Kind::Bool:
      return "bool";
    case Kind::Int:
      return "int";
    case Kind::Uint:
      return "uint";
    case Kind::Double:
      return "double";
    case Kind::String:
      return "string";
    case Kind::Bytes:
      return "bytes";
    case Kind::List:
      return "list";
    case Kind::Map:
      return "map";
    case Kind::Timestamp:
      return "google.protobuf.Timestamp";
    case Kind::Duration:
      return "google.protobuf.Duration";
    case Kind::Type:
      return "type";
    case Kind::Optional:
      return "optional_type";
    case Kind::Opaque:
      return opaque_data().type_name();
  }
  return {};
}

}  // namespace lesto::cel
