#include "engines/gotemplate/data.h"

#include <cmath>

#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/sprig.h"
#include "engines/gotemplate/version.h"
#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"

namespace lesto::gotemplate {
namespace {

class Conversion {
 public:
  explicit Conversion(Context& context) : context_(context) {}

  Json convert(const Value& value, std::size_t depth) {
    if (Outcome spent = context_.spend(1); !spent) return std::unexpected(spent.error());
    if (depth > kValueDepth) return context_.limit("depth of values", kValueDepth);
    if (is_nil(value)) return json::Value();
    if (Outcome counted = count(kNodeBytes); !counted) return std::unexpected(counted.error());
    // What nobody changed is taken as it is.
    if (value.view && !context_.heap.has_changes()) {
      if (Outcome weighed = weigh(*value.json); !weighed) return std::unexpected(weighed.error());
      return *value.json;
    }
    switch (kind_of(value.type)) {
      case ValueKind::Bool: return json::Value(value.boolean);
      case ValueKind::Int: return json::Value(value.integer);
      case ValueKind::Uint:
        if (value.integer < 0)
          return json::Value(static_cast<double>(static_cast<std::uint64_t>(value.integer)));
        return json::Value(value.integer);
      case ValueKind::Float: return number(value.number);
      case ValueKind::Complex: return context_.fail("json: unsupported type: complex128");
      case ValueKind::String: return text(value.text());
      case ValueKind::Slice: return list(value, depth);
      case ValueKind::Map: return map(value, depth);
      default: return other(value);
    }
  }

 private:
  // About what a value takes in memory and in writing.
  static constexpr std::size_t kNodeBytes = 96;

  Outcome count(std::size_t bytes) {
    bytes_ += bytes;
    if (bytes_ > kHeapBytes) return context_.out_of_memory();
    return {};
  }

  // One object may be here many times: each counts, as each is written.
  Outcome weigh(const json::Value& json) {
    if (Outcome counted = count(8 + json.text().size()); !counted) return counted;
    for (const json::Value& item : json.items()) {
      if (Outcome weighed = weigh(item); !weighed) return weighed;
    }
    for (const json::Member& member : json.members()) {
      if (Outcome counted = count(member.name().size()); !counted) return counted;
      if (Outcome weighed = weigh(member.value); !weighed) return weighed;
    }
    return context_.spend(1);
  }

  Json text(std::string_view text) {
    if (Outcome counted = count(text.size()); !counted) return std::unexpected(counted.error());
    if (Outcome spent = context_.spend_bytes(text.size()); !spent)
      return std::unexpected(spent.error());
    return json::Value(text);
  }

  Json number(double number) {
    if (std::isnan(number)) return context_.fail("json: unsupported value: NaN");
    if (std::isinf(number))
      return context_.fail(number > 0 ? "json: unsupported value: +Inf"
                                      : "json: unsupported value: -Inf");
    return json::Value(number);
  }

  Json list(const Value& value, std::size_t depth) {
    if (value.type == Type::Bytes) return text(base64_encode(value.text()));
    std::vector<json::Value> items;
    std::size_t size = slice_size(value);
    for (std::size_t i = 0; i < size; ++i) {
      Json item = convert(slice_item(value, i), depth + 1);
      if (!item) return item;
      items.push_back(std::move(*item));
    }
    return json::Value::array(std::move(items));
  }

  Json map(const Value& value, std::size_t depth) {
    std::vector<json::Member> members;
    MapView view = context_.heap.open(value);
    for (std::size_t i = 0; i < view.size(); ++i) {
      Json item = convert(view.value(i), depth + 1);
      if (!item) return item;
      members.emplace_back(json::Value(view.key(i)), std::move(*item));
    }
    return json::Value::object(std::move(members));
  }

  Json other(const Value& value) {
    switch (value.type) {
      case Type::Version:
      case Type::VersionCopy: return json::Value(value.version->text());
      case Type::Time: {
        std::string out;
        append_json_time(out, *value.moment);
        return json::Value(out);
      }
      case Type::Certificate:
        return json::object(
            {{"Cert", value.certificate->certificate}, {"Key", value.certificate->key}});
      case Type::Record: return *value.record->json;
      default: return json::Value::object();
    }
  }

  Context& context_;
  std::size_t bytes_ = 0;
};

// Written YAML has escapes for the characters that JSON text holds raw but YAML text must not.
bool has_odd_characters(std::string_view yaml) {
  for (std::string_view escape :
       {"\\x7F", "\\x8", "\\x9", "\\N", "\\uFEFF", "\\uFFFE", "\\uFFFF"}) {
    if (yaml.find(escape) != yaml.npos) return true;
  }
  return yaml.find('\x7F') != yaml.npos;
}

json::Value with_floats(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::Int: return json::Value(static_cast<double>(value.integer()));
    case json::Kind::Array: {
      std::vector<json::Value> items;
      items.reserve(value.size());
      for (const json::Value& item : value.items()) items.push_back(with_floats(item));
      return json::Value::array(std::move(items));
    }
    case json::Kind::Object: {
      std::vector<json::Member> members;
      members.reserve(value.size());
      for (const json::Member& member : value.members())
        members.emplace_back(member.key, with_floats(member.value));
      return json::Value::object(std::move(members));
    }
    default: return value;
  }
}

}  // namespace

Json to_json(Context& context, const Value& value) { return Conversion(context).convert(value, 0); }

Answer from_json(Context& context, const json::Value& value) {
  Value kept = context.heap.keep(with_floats(value));
  return kept.type == Type::Nil ? Value::nil() : kept.unbox();
}

std::string wrong_kind_text(const json::Value& value, std::string_view go_type) {
  std::string_view kind = "object";
  if (value.is_array()) kind = "array";
  if (value.is_string()) kind = "string";
  if (value.is_bool()) kind = "bool";
  if (value.is_number()) kind = "number";
  return "json: cannot unmarshal " + std::string(kind) + " into Go value of type " +
         std::string(go_type);
}

Answer yaml_text(Context& context, const Value& value) {
  Json json = to_json(context, value);
  if (!json) {
    if (json.error().code == Code::TooLarge) return std::unexpected(json.error());
    return Value::of_text("");
  }
  std::string out = json::write_yaml(*json);
  if (has_odd_characters(out)) {
    // sigs.k8s.io/yaml reads the JSON text as YAML, which refuses some characters or folds them as
    // line breaks.
    auto read = json::parse_yaml(json::write(*json, {.escape_html = json::EscapeHtml::Yes}),
                                 {.numbers = json::YamlNumbers::AsYaml});
    if (!read) return Value::of_text("");
    out = json::write_yaml(*read, json::YamlNumbers::AsYaml);
  }
  if (out.ends_with('\n')) out.pop_back();
  if (Outcome spent = context.spend_bytes(out.size() * 4); !spent)
    return std::unexpected(spent.error());
  return context.heap.text(out);
}

}  // namespace lesto::gotemplate
