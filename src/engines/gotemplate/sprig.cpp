#include "engines/gotemplate/sprig.h"

#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

// cast's trimDecimal: "1.9" is "1", ".5" is "0"; what is no such number stays.
std::string without_fraction(std::string_view text) {
  std::size_t point = text.find('.');
  if (point == text.npos) return std::string(text);
  std::size_t digits = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  for (std::size_t i = digits; i < text.size(); ++i) {
    if (i != point && (text[i] < '0' || text[i] > '9')) return std::string(text);
  }
  if (point < digits) return std::string(text);
  std::string whole(text.substr(0, point));
  if (whole.empty() || whole == "-" || whole == "+") whole += '0';
  return whole;
}

using Truth = std::expected<bool, Failure>;

class Comparison {
 public:
  explicit Comparison(Call& call) : call_(call) {}

  Truth equal(const Value& a, const Value& b, std::size_t depth) {
    if (Outcome spent = call_.context.spend(1); !spent) return std::unexpected(spent.error());
    if (depth > kValueDepth) return call_.context.limit("depth of values", kValueDepth);
    if (a.nothing() || b.nothing()) return a.nothing() && b.nothing();
    if (a.type != b.type) return false;
    switch (kind_of(a.type)) {
      case ValueKind::Bool: return a.boolean == b.boolean;
      case ValueKind::Int:
      case ValueKind::Uint: return a.integer == b.integer;
      case ValueKind::Float: return a.number == b.number;
      case ValueKind::Complex:
        return a.complex->real == b.complex->real && a.complex->imaginary == b.complex->imaginary;
      case ValueKind::String: return a.text() == b.text();
      case ValueKind::Slice: return lists(a, b, depth);
      case ValueKind::Map: return maps(a, b, depth);
      default: return others(a, b);
    }
  }

 private:
  Truth lists(const Value& a, const Value& b, std::size_t depth) {
    if (is_nil(a) != is_nil(b)) return false;
    if (a.type == Type::Bytes) return a.text() == b.text();
    std::size_t size = slice_size(a);
    if (size != slice_size(b)) return false;
    for (std::size_t i = 0; i < size; ++i) {
      Truth same = equal(slice_item(a, i), slice_item(b, i), depth + 1);
      if (!same || !*same) return same;
    }
    return true;
  }

  Truth maps(const Value& a, const Value& b, std::size_t depth) {
    if (is_nil(a) != is_nil(b)) return false;
    MapView left = call_.heap().open(a);
    MapView right = call_.heap().open(b);
    if (left.size() != right.size()) return false;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left.key(i) != right.key(i)) return false;
      Truth same = equal(left.value(i), right.value(i), depth + 1);
      if (!same || !*same) return same;
    }
    return true;
  }

  static bool others(const Value& a, const Value& b) {
    switch (a.type) {
      case Type::Time:
        return a.moment->seconds == b.moment->seconds &&
               a.moment->nanoseconds == b.moment->nanoseconds && a.moment->zone == b.moment->zone;
      case Type::Version:
      case Type::VersionCopy:
        return a.version == b.version ||
               (a.version && b.version && a.version->original() == b.version->original() &&
                a.version->text() == b.version->text());
      case Type::Certificate:
        return a.certificate->certificate == b.certificate->certificate &&
               a.certificate->key == b.certificate->key;
      case Type::Record: return *a.record->json == *b.record->json;
      default: return a.address == b.address;
    }
  }

  Call& call_;
};

}  // namespace

std::expected<std::string_view, Failure> string_of(Call& call, const Value& value) {
  if (value.is_text() || value.type == Type::Bytes) return value.text();
  std::string out;
  Outcome printed = append_value(out, call.context, value);
  if (!printed) return std::unexpected(printed.error());
  return call.heap().copy(out);
}

Texts strings_of(Call& call, const Value& value) {
  std::vector<std::string_view> texts;
  if (value.nothing()) return texts;
  if (!is_slice(value)) {
    auto text = string_of(call, value);
    if (!text) return std::unexpected(text.error());
    texts.push_back(*text);
    return texts;
  }
  std::size_t size = slice_size(value);
  if (Outcome spent = call.context.spend(size); !spent) return std::unexpected(spent.error());
  texts.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    Value item = slice_item(value, i);
    if (item.nothing()) continue;
    auto text = string_of(call, item);
    if (!text) return std::unexpected(text.error());
    texts.push_back(*text);
  }
  return texts;
}

bool is_empty(const Value& value, const Heap& heap) {
  switch (kind_of(value.type)) {
    case ValueKind::Invalid:
    case ValueKind::Interface: return true;
    case ValueKind::Bool: return !value.boolean;
    case ValueKind::Int:
    case ValueKind::Uint: return value.integer == 0;
    case ValueKind::Float: return value.number == 0;
    case ValueKind::Complex: return value.complex->real == 0 && value.complex->imaginary == 0;
    case ValueKind::String: return value.size == 0;
    case ValueKind::Slice: return slice_size(value) == 0;
    case ValueKind::Map: return heap.open(value).size() == 0;
    case ValueKind::Pointer: return !value.address;
    case ValueKind::Struct: return false;
  }
  return true;
}

std::int64_t to_int64(const Value& value) {
  switch (value.type) {
    case Type::Bool: return value.boolean ? 1 : 0;
    case Type::Float64: return truncate(value.number);
    case Type::String: {
      if (value.size == 0) return 0;
      ParsedInt parsed = parse_int(without_fraction(value.text()), 0);
      return parsed.ok() ? parsed.value : 0;
    }
    case Type::Int:
    case Type::Int32:
    case Type::Int64:
    case Type::Uint8:
    case Type::Uint32:
    case Type::Uint64:
    case Type::Month:
    case Type::Weekday:
    case Type::Duration: return value.integer;
    default: return 0;
  }
}

double to_float64(const Value& value) {
  switch (value.type) {
    case Type::Bool: return value.boolean ? 1 : 0;
    case Type::Float64: return value.number;
    case Type::String: {
      ParsedFloat parsed = parse_float(value.text());
      return parsed.ok() ? parsed.value : 0;
    }
    case Type::Uint64: return static_cast<double>(static_cast<std::uint64_t>(value.integer));
    case Type::Int:
    case Type::Int32:
    case Type::Int64:
    case Type::Uint8:
    case Type::Uint32:
    case Type::Month:
    case Type::Weekday:
    case Type::Duration: return static_cast<double>(value.integer);
    default: return 0;
  }
}

std::size_t slice_size(const Value& value) {
  if (is_nil(value)) return 0;
  return value.type == Type::Bytes ? value.size : list_size(value);
}

Value slice_item(const Value& value, std::size_t index) {
  if (value.type == Type::Bytes) {
    return Value::of_integer(Type::Uint8, static_cast<unsigned char>(value.chars[index]));
  }
  Value item = list_item(value, index);
  if (item.type != Type::Nil) item.boxed = false;
  return item;
}

std::expected<std::string_view, Failure> kind_of_list(Call& call, const Value& list) {
  if (list.nothing()) return call.fail(kNilPointer);
  return kind_name(list);
}

std::expected<std::vector<Value>, Failure> elements(Call& call, const Value& list) {
  std::size_t size = slice_size(list);
  if (Outcome reserved = call.context.reserve(size * sizeof(Value)); !reserved) {
    return std::unexpected(reserved.error());
  }
  if (Outcome spent = call.context.spend(size / 4); !spent) return std::unexpected(spent.error());
  std::vector<Value> items(size);
  for (std::size_t i = 0; i < size; ++i) items[i] = slice_item(list, i);
  return items;
}

std::expected<bool, Failure> deep_equal(Call& call, const Value& a, const Value& b) {
  return Comparison(call).equal(a, b, 0);
}

}  // namespace lesto::gotemplate
