#include <cmath>

#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/layouts.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/toml.h"
#include "engines/gotemplate/toml_text.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

using Key = std::vector<std::string_view>;

enum class Inline : bool { No, Yes };

class Writer {
 public:
  Writer(std::string& out, Context& context) : out_(out), context_(context) {}

  Outcome encode(const Key& key, const Value& value);

 private:
  Outcome element(const Value& value, std::size_t depth);
  Outcome key_value(const Key& key, const Value& value, Inline how, std::size_t depth);
  Outcome tables(const Key& key, const Value& value);
  Outcome table(const Key& key, const Value& value);
  Outcome entries(const Key& key, const Value& value, Inline how, std::size_t depth);
  // Whether the value is written as a table or an array of tables; fails for arrays that hold nil.
  std::expected<bool, Failure> is_table(const Value& value, std::size_t depth);
  std::expected<bool, Failure> is_table_array(const Value& value, std::size_t depth);

  bool is_hash(const Value& value) const {
    return value.is_map() || value.type == Type::Certificate;
  }
  void new_line() {
    if (!out_.empty()) out_ += '\n';
  }
  void indent(const Key& key) { out_.append((key.size() - 1) * 2, ' '); }
  Outcome step(std::size_t depth) {
    if (depth > kTomlDepth) return context_.limit("depth of TOML", kTomlDepth);
    if (out_.size() > kOutputBytes) return context_.limit("bytes of TOML", kOutputBytes);
    return context_.spend(1);
  }

  std::string& out_;
  Context& context_;
};

std::string quoted_text(std::string_view text) {
  std::string out = "\"";
  append_toml_escaped(out, text);
  return out + '"';
}

std::string key_text(std::string_view key) {
  if (!key.empty() && is_bare_key(key)) return std::string(key);
  return quoted_text(key);
}

void append_toml_float(std::string& out, double number) {
  if (std::isnan(number)) {
    out += std::signbit(number) ? "-nan" : "nan";
    return;
  }
  if (std::isinf(number)) {
    out += number < 0 ? "-inf" : "inf";
    return;
  }
  std::string text;
  append_float(text, number, 'g', -1);
  if (text.find_first_of("e.") == text.npos) text += ".0";
  out += text;
}

void append_toml_time(std::string& out, const Moment& moment) {
  std::string_view layout = "2006-01-02T15:04:05.999999999Z07:00";
  if (moment.zone == &kTomlDatetime) layout = "2006-01-02T15:04:05.999999999";
  if (moment.zone == &kTomlDate) layout = "2006-01-02";
  if (moment.zone == &kTomlTime) layout = "15:04:05.999999999";
  append_formatted_time(out, moment, layout);
}

Outcome Writer::encode(const Key& key, const Value& value) {
  if (Outcome stepped = step(key.size()); !stepped) return stepped;
  switch (kind_of(value.type)) {
    case ValueKind::Slice: {
      auto table_array = is_table_array(value, 0);
      if (!table_array) return std::unexpected(table_array.error());
      return *table_array ? tables(key, value) : key_value(key, value, Inline::No, 0);
    }
    case ValueKind::Map: return value.address ? table(key, value) : Outcome();
    case ValueKind::Complex: {
      std::string path;
      for (std::string_view part : key) path += (path.empty() ? "" : ".") + key_text(part);
      return context_.fail("unsupported type for key '" + path + "': complex128");
    }
    default: break;
  }
  if (value.type == Type::Certificate) return table(key, value);
  return key_value(key, value, Inline::No, 0);
}

Outcome Writer::key_value(const Key& key, const Value& value, Inline how, std::size_t depth) {
  if (key.empty()) return element(value, depth);
  indent(key);
  out_ += key_text(key.back()) + " = ";
  if (Outcome written = element(value, depth); !written) return written;
  if (how == Inline::No) new_line();
  return {};
}

Outcome Writer::element(const Value& value, std::size_t depth) {
  if (Outcome stepped = step(depth); !stepped) return stepped;
  switch (value.type) {
    case Type::Time: append_toml_time(out_, *value.moment); return {};
    case Type::Version:
    case Type::VersionCopy: out_ += quoted_text(value.version->text()); return {};
    case Type::Duration: {
      std::string text;
      append_duration(text, value.integer);
      out_ += quoted_text(text);
      return {};
    }
    default: break;
  }
  switch (kind_of(value.type)) {
    case ValueKind::String: out_ += quoted_text(value.text()); return {};
    case ValueKind::Bool: out_ += value.boolean ? "true" : "false"; return {};
    case ValueKind::Int: append_int(out_, value.integer); return {};
    case ValueKind::Uint: append_uint(out_, static_cast<std::uint64_t>(value.integer)); return {};
    case ValueKind::Float: append_toml_float(out_, value.number); return {};
    case ValueKind::Slice: {
      out_ += '[';
      std::size_t size = slice_size(value);
      for (std::size_t i = 0; i < size; ++i) {
        if (i > 0) out_ += ", ";
        if (Outcome written = element(slice_item(value, i), depth + 1); !written) return written;
      }
      out_ += ']';
      return {};
    }
    case ValueKind::Map: return entries({}, value, Inline::Yes, depth);
    case ValueKind::Interface:
    case ValueKind::Invalid:
      return context_.fail("reflect: call of reflect.Value.Interface on zero Value");
    default: break;
  }
  if (value.type == Type::Certificate) return entries({}, value, Inline::Yes, depth);
  return context_.fail("unexpected type: " + std::string(type_name(value)));
}

std::expected<bool, Failure> Writer::is_table(const Value& value, std::size_t depth) {
  if (Outcome stepped = step(depth); !stepped) return std::unexpected(stepped.error());
  if (value.nothing() || is_nil(value)) return false;
  if (is_slice(value)) return is_table_array(value, depth + 1);
  if (value.type == Type::Complex) return context_.fail("unsupported type: complex128");
  return is_hash(value);
}

std::expected<bool, Failure> Writer::is_table_array(const Value& value, std::size_t depth) {
  std::size_t size = slice_size(value);
  bool all = size > 0;
  for (std::size_t i = 0; i < size; ++i) {
    Value item = slice_item(value, i);
    if (item.nothing() || is_nil(item))
      return context_.fail("toml: cannot encode array with nil element");
    auto inner = is_table(item, depth + 1);
    if (!inner) return inner;
    all = all && is_hash(item);
  }
  return all;
}

Outcome Writer::tables(const Key& key, const Value& value) {
  if (key.empty()) return context_.fail("toml: top-level values must be Go maps or structs");
  std::string path;
  for (std::string_view part : key) path += (path.empty() ? "" : ".") + key_text(part);
  std::size_t size = slice_size(value);
  for (std::size_t i = 0; i < size; ++i) {
    new_line();
    indent(key);
    out_ += "[[" + path + "]]\n";
    if (Outcome written = entries(key, slice_item(value, i), Inline::No, 0); !written)
      return written;
  }
  return {};
}

Outcome Writer::table(const Key& key, const Value& value) {
  if (key.size() == 1) new_line();
  if (!key.empty()) {
    std::string path;
    for (std::string_view part : key) path += (path.empty() ? "" : ".") + key_text(part);
    indent(key);
    out_ += "[" + path + "]\n";
  }
  return entries(key, value, Inline::No, 0);
}

Outcome Writer::entries(const Key& key, const Value& value, Inline how, std::size_t depth) {
  std::vector<MapEntry> all;
  if (value.type == Type::Certificate) {
    all.push_back({"Cert", Value::of_text(value.certificate->certificate)});
    all.push_back({"Key", Value::of_text(value.certificate->key)});
  } else {
    MapView map = context_.heap.open(value);
    for (std::size_t i = 0; i < map.size(); ++i) all.push_back({map.key(i), map.value(i)});
  }
  // Plain values first, tables after them.
  std::vector<MapEntry> plain;
  std::vector<MapEntry> below;
  for (const MapEntry& entry : all) {
    auto inner = is_table(entry.value, depth + 1);
    if (!inner) return std::unexpected(inner.error());
    (*inner ? below : plain).push_back(entry);
  }
  if (how == Inline::Yes) out_ += '{';
  for (auto* part : {&plain, &below}) {
    for (std::size_t i = 0; i < part->size(); ++i) {
      const MapEntry& entry = (*part)[i];
      if (is_nil(entry.value)) continue;
      if (how == Inline::No) {
        Key inner = key;
        inner.push_back(entry.key);
        if (Outcome written = encode(inner, entry.value); !written) return written;
        continue;
      }
      if (Outcome written = key_value({entry.key}, entry.value, how, depth + 1); !written)
        return written;
      bool more = part == &plain && !below.empty();
      if (more || i + 1 < part->size()) out_ += ", ";
    }
  }
  if (how == Inline::Yes) out_ += '}';
  return {};
}

}  // namespace

const Zone kTomlDatetime{"datetime-local", 0, "datetime-local", nullptr, 0};
const Zone kTomlDate{"date-local", 0, "date-local", nullptr, 0};
const Zone kTomlTime{"time-local", 0, "time-local", nullptr, 0};

bool is_bare_key(std::string_view key) {
  for (char c : key) {
    bool bare = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                c == '_' || c == '-';
    if (!bare) return false;
  }
  return true;
}

void append_toml_escaped(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; continue;
      case '\\': out += "\\\\"; continue;
      case '\b': out += "\\b"; continue;
      case '\t': out += "\\t"; continue;
      case '\n': out += "\\n"; continue;
      case '\f': out += "\\f"; continue;
      case '\r': out += "\\r"; continue;
      default: break;
    }
    auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte != 0x7F) {
      out += c;
      continue;
    }
    out += "\\u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 0xF];
  }
}

Outcome append_toml(std::string& out, Context& context, const Value& value) {
  return Writer(out, context).encode({}, value);
}

}  // namespace lesto::gotemplate
