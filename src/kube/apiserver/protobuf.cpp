#include "kube/apiserver/protobuf.h"

#include <bit>
#include <map>

#include "foundation/base/time.h"
#include "foundation/json/text.h"
#include "kube/apiserver/wire.h"

namespace lesto::apiserver {
namespace {

using json::Value;

std::unexpected<Error> broken(std::string_view what) {
  return fail(Code::Invalid, "proto: " + std::string(what));
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    auto at = [&](std::size_t k) {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u;
    };
    unsigned group = at(0) << 16 | at(1) << 8 | at(2);
    for (unsigned k = 0; k < 4; ++k)
      out += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 63];
  }
  return out;
}

// The numbers and bytes of a small message, by field; later ones win.
struct Parts {
  std::map<std::uint32_t, std::uint64_t> numbers;
  std::map<std::uint32_t, std::string_view> bytes;

  static Result<Parts> read(std::string_view message) {
    Parts parts;
    WireReader reader(message);
    while (!reader.done()) {
      TRY_ASSIGN(WireField field, reader.next());
      if (field.type == 2) {
        parts.bytes[field.number] = field.bytes;
      } else {
        parts.numbers[field.number] = field.value;
      }
    }
    return parts;
  }
  std::int64_t number(std::uint32_t field) const {
    auto found = numbers.find(field);
    return found == numbers.end() ? 0 : static_cast<std::int64_t>(found->second);
  }
  std::string_view text(std::uint32_t field) const {
    auto found = bytes.find(field);
    return found == bytes.end() ? std::string_view() : found->second;
  }
};

class Decoder {
 public:
  explicit Decoder(const Types& types) : types_(types) {}

  Result<Value> message(const Message& type, std::string_view bytes) {
    if (++depth_ > kProtobufDepthMax) return broken("message is nested too deeply");
    Value out = Value::object();
    std::map<std::uint32_t, const Field*> fields;
    for (const Field& field : type.fields) {
      if (field.number != 0) fields[field.number] = &field;
    }
    WireReader reader(bytes);
    while (!reader.done()) {
      TRY_ASSIGN(WireField wire, reader.next());
      auto found = fields.find(wire.number);
      if (found == fields.end()) continue;  // of a newer version
      TRY(add(out, *found->second, wire));
    }
    --depth_;
    return out;
  }

 private:
  Result<void> add(Value& out, const Field& field, const WireField& wire) {
    if (field.inlined && field.message) {
      if (wire.type != 2) return broken("wrong wire type for field " + field.go_name);
      TRY_ASSIGN(Value inner, message(*field.message, wire.bytes));
      for (const auto& member : inner.members()) out.set(member.name(), member.value);
      return {};
    }
    if (field.map) return add_entry(out.at(field.name), field, wire);
    if (field.repeated) return add_items(out.at(field.name), field, wire);
    TRY_ASSIGN(Value value, one(field, wire));
    if (value.is_null()) return {};
    if (!field.pointer && is_zero(value)) {
      out.erase(field.name);
    } else {
      out.set(field.name, std::move(value));
    }
    return {};
  }

  static bool is_zero(const Value& value) {
    return (value.is_string() && value.text().empty()) || (value.is_bool() && !value.boolean()) ||
           (value.is_number() && value.number() == 0);
  }

  Result<void> add_entry(Value& map, const Field& field, const WireField& wire) {
    if (!map.is_object()) map = Value::object();
    if (wire.type != 2) return broken("wrong wire type for field " + field.go_name);
    std::string_view name;
    std::optional<WireField> content;
    WireReader reader(wire.bytes);
    while (!reader.done()) {
      TRY_ASSIGN(WireField part, reader.next());
      if (part.number == 1) name = part.bytes;
      if (part.number == 2) content = part;
    }
    Value value;
    if (content) {
      TRY_ASSIGN(value, one(field, *content));
    } else {
      value = empty(field);
    }
    map.set(name, std::move(value));
    return {};
  }

  // What an absent value of a map's entry is.
  static Value empty(const Field& field) {
    if (field.message) return Value::object();
    if (field.type == "strings") return Value::array();
    if (field.type == "string" || field.type == "bytes") return "";
    if (field.type == "bool") return false;
    if (field.type == "quantity") return "0";
    return 0;
  }

  Result<void> add_items(Value& list, const Field& field, const WireField& wire) {
    if (!list.is_array()) list = Value::array();
    bool number =
        !field.message && (field.type == "int32" || field.type == "int64" || field.type == "bool");
    if (number && wire.type == 2) {
      WireReader reader(wire.bytes);
      while (!reader.done()) {
        WireField packed{wire.number, 0, 0, {}};
        TRY_ASSIGN(packed.value, reader.varint());
        TRY_ASSIGN(Value value, one(field, packed));
        list.push(std::move(value));
      }
      return {};
    }
    TRY_ASSIGN(Value value, one(field, wire));
    list.push(std::move(value));
    return {};
  }

  Result<Value> one(const Field& field, const WireField& wire) {
    const std::string& type = field.type;
    bool scalar = !field.message &&
                  (type == "bool" || type == "int32" || type == "int64" || type == "float64");
    if (scalar != (wire.type != 2)) return broken("wrong wire type for field " + field.go_name);
    if (field.message) return message(*field.message, wire.bytes);
    if (type == "bool") return Value(wire.value != 0);
    if (type == "int32")
      return Value(static_cast<std::int64_t>(static_cast<std::int32_t>(wire.value)));
    if (type == "int64") return Value(static_cast<std::int64_t>(wire.value));
    if (type == "float64") return Value(std::bit_cast<double>(wire.value));
    if (type == "string") return Value(wire.bytes);
    if (type == "bytes") return Value(base64(wire.bytes));
    return special(type, wire.bytes);
  }

  Result<Value> special(const std::string& type, std::string_view bytes) {
    if (type == "schemaOrBool" || type == "schemaOrArray" || type == "schemaOrStrings")
      return schema_or(type, bytes);
    if (type == "strings") {
      Value out = Value::array();
      WireReader reader(bytes);
      while (!reader.done()) {
        TRY_ASSIGN(WireField item, reader.next());
        if (item.number == 1) out.push(Value(item.bytes));
      }
      return out;
    }
    TRY_ASSIGN(Parts parts, Parts::read(bytes));
    if (type == "time" || type == "microTime") return time(bytes, parts, type == "microTime");
    if (type == "duration") return Value(duration_text(Duration(parts.number(1))));
    if (type == "quantity")
      return Value(parts.text(1).empty() ? std::string_view("0") : parts.text(1));
    if (type == "intOrString") {
      if (parts.number(1) == 1) return Value(parts.text(3));
      return Value(static_cast<std::int64_t>(static_cast<std::int32_t>(parts.number(2))));
    }
    // Raw JSON: fieldsV1, raw, json.
    if (parts.text(1).empty()) return Value();
    return during(json::parse(parts.text(1)), "raw JSON");
  }

  static Result<Value> time(std::string_view bytes, const Parts& parts, bool micro) {
    // Nothing stands for Go's zero time, which JSON shows as null.
    if (bytes.empty()) return Value();
    constexpr std::int64_t kSecondsMost = 9'000'000'000;  // within the range of Time
    std::int64_t seconds = parts.number(1);
    if (seconds > kSecondsMost || seconds < -kSecondsMost) return Value();
    Time at{std::chrono::seconds(seconds) +
            std::chrono::nanoseconds(static_cast<std::int32_t>(parts.number(2)))};
    return Value(micro ? rfc3339_micro(at) : rfc3339(at));
  }

  // The unions of OpenAPI schemas: a schema, or something simpler.
  Result<Value> schema_or(const std::string& type, std::string_view bytes) {
    const Message* schema = types_.message("apiextensions.v1.JSONSchemaProps");
    if (!schema) return broken("no message for schemas");
    bool allows = false;
    std::optional<Value> single;
    Value list = Value::array();
    WireReader reader(bytes);
    std::uint32_t schema_field = type == "schemaOrBool" ? 2 : 1;
    while (!reader.done()) {
      TRY_ASSIGN(WireField field, reader.next());
      if (field.type == 0) {
        allows = field.value != 0;
      } else if (field.type == 2 && field.number == schema_field) {
        TRY_ASSIGN(single, message(*schema, field.bytes));
      } else if (field.type == 2 && type == "schemaOrStrings") {
        list.push(Value(field.bytes));
      } else if (field.type == 2) {
        TRY_ASSIGN(Value item, message(*schema, field.bytes));
        list.push(std::move(item));
      }
    }
    if (single) return std::move(*single);
    if (type == "schemaOrBool") return Value(allows);
    return list;
  }

  const Types& types_;
  int depth_ = 0;
};

}  // namespace

Result<Value> read_protobuf(std::string_view body, const Types& types) {
  constexpr std::string_view kMagic{"k8s\0", 4};
  if (!body.starts_with(kMagic))
    return fail(
        Code::Invalid,
        "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  TRY_ASSIGN(Parts unknown, Parts::read(body.substr(kMagic.size())));
  TRY_ASSIGN(Parts type_meta, Parts::read(unknown.text(1)));
  std::string api_version(type_meta.text(1)), kind(type_meta.text(2));
  if (kind.empty()) return fail(Code::Invalid, "Object 'Kind' is missing in protobuf body");
  const Message* message = types.kind(api_version, kind);
  if (!message) message = types.message("meta.v1." + kind);
  if (!message)
    return fail(Code::Invalid,
                "no kind \"" + kind + "\" is registered for version \"" + api_version + "\"");
  TRY_ASSIGN(Value value, Decoder(types).message(*message, unknown.text(2)));
  value.set("apiVersion", api_version);
  value.set("kind", kind);
  return value;
}

}  // namespace lesto::apiserver
