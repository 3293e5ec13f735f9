#include "kube/apiserver/types.h"

#include <algorithm>

#include "foundation/json/text.h"
#include "kube/apiserver/data.h"
#include "kube/apiserver/scalars.h"

namespace lesto::apiserver {
namespace {

using json::Value;

// "apps.v1.Deployment" is v1.Deployment in Go's texts.
std::string go_name(std::string_view name) {
  std::size_t last = name.rfind('.');
  std::size_t before = name.rfind('.', last - 1);
  return std::string(name.substr(before == std::string_view::npos ? 0 : before + 1));
}

Field read_field(const Value& row,
                 const std::unordered_map<std::string, std::unique_ptr<Message>>& messages) {
  Field field;
  field.number = static_cast<std::uint32_t>(row[std::size_t{0}].integer());
  field.name = row[1].string();
  field.type = row[2].string();
  std::string_view flags = row[3].text();
  field.go_name = row[4].string();
  field.pointer = flags.find('p') != std::string_view::npos;
  field.omit_empty = flags.find('o') != std::string_view::npos;
  field.omit_zero = flags.find('z') != std::string_view::npos;
  field.repeated = flags.find('r') != std::string_view::npos;
  field.map = flags.find('m') != std::string_view::npos;
  field.inlined = flags.find('i') != std::string_view::npos;
  if (field.type.starts_with('@')) {
    auto found = messages.find(field.type.substr(1));
    if (found != messages.end()) field.message = found->second.get();
    field.type.clear();
  }
  return field;
}

void index_fields(Message& into, const Message& from) {
  for (const Field& field : from.fields) {
    if (field.inlined && field.message) {
      index_fields(into, *field.message);
    } else {
      into.by_name.emplace(field.name, &field);
    }
  }
}

// A walk down one object. An error of the wrong kind is kept and the walk goes on, as Go's decoder
// does; an error of a type that decodes itself ends it.
class Walk {
 public:
  std::optional<std::string> saved;  // the first type error
  std::optional<std::string> fatal;  // a time or quantity that does not parse
  std::vector<std::string> unknown;

  Value read_struct(const Message& message, const Value& value, bool embedded = false);

 private:
  Value read_field(const Message& owner, const Field& field, const Value& value);
  Value read_one(const Message& owner, const Field& field, const Value& value);
  void report_unknown(const Message& message, const Value& value);
  void wrong(const Message* owner, const Value& value, const std::string& type);
  Value zero(const Field& field);

  struct Step {
    std::string text;   // ".name" or "[0]"
    std::string plain;  // the name, or empty for an index
  };
  std::vector<Step> path_;
};

std::string_view go_kind(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Bool:
      return "bool";
    case json::Kind::Int:
    case json::Kind::Double:
      return "number";
    case json::Kind::String:
      return "string";
    case json::Kind::Array:
      return "array";
    default:
      return "object";
  }
}

void Walk::wrong(const Message* owner, const Value& value, const std::string& type) {
  if (saved) return;
  std::string what(go_kind(value));
  bool wide = type.starts_with("int") || type == "float64";
  if (value.is_number() && wide) what += " " + json::write(value);
  std::string text = "json: cannot unmarshal " + what + " into Go ";
  std::string fields;
  for (const Step& step : path_) {
    if (!step.plain.empty()) fields += "." + step.plain;
  }
  if (owner && !fields.empty()) {
    std::string_view name = owner->go_name;
    text += "struct field " + std::string(name.substr(name.rfind('.') + 1)) + fields + " of type " +
            type;
  } else {
    text += "value of type " + type;
  }
  saved = text;
}

std::string go_type(const Field& field) {
  std::string name = field.message ? field.message->go_name : go_scalar(field.type);
  if (field.repeated) return "[]" + name;
  if (field.map) return "map[string]" + name;
  return name;
}

bool empty_value(const Field& field, const Value& value) {
  // A time that is no pointer is a struct to Go, and structs are never empty: it shows as null.
  bool plain_time = !field.pointer && !field.repeated && !field.map && (field.type == "time" || field.type == "microTime");
  if (plain_time) return false;
  if (value.is_null()) return true;
  if (field.repeated || field.map || field.type == "strings") return value.empty();
  if (field.type == "bytes") return value.text().empty();
  if (field.pointer) return false;
  if (field.message) return false;
  return zero_scalar(field.type, value);
}

Value Walk::zero(const Field& field) {
  if (field.pointer || field.repeated || field.map) return nullptr;
  if (field.message) return read_struct(*field.message, Value::object());
  return scalar_zero(field.type);
}

// What a struct looks like when everything in it is zero and has omitempty: nothing.
bool zero_struct(const Value& value) {
  for (const auto& member : value.members()) {
    if (member.value.is_object() ? !zero_struct(member.value) : !member.value.is_null())
      return false;
  }
  return true;
}

Value Walk::read_struct(const Message& message, const Value& value, bool embedded) {
  Value out = Value::object();
  if (!embedded) report_unknown(message, value);
  for (const Field& field : message.fields) {
    if (fatal) return out;
    if (field.inlined && field.message) {
      Value inner = read_struct(*field.message, value, true);
      for (const auto& member : inner.members()) out.set(member.name(), member.value);
      continue;
    }
    const Value* found = value.find(field.name);
    Value result;
    if (found && !found->is_null()) {
      path_.push_back({"." + field.name, field.name});
      result = read_field(message, field, *found);
      path_.pop_back();
    } else {
      result = zero(field);
    }
    if (field.omit_empty && empty_value(field, result)) continue;
    if (field.omit_zero && (result.is_null() || (field.message && zero_struct(result)))) continue;
    if (field.name.empty()) continue;
    out.set(field.name, std::move(result));
  }
  return out;
}

void Walk::report_unknown(const Message& message, const Value& value) {
  for (const auto& member : value.members()) {
    if (message.by_name.contains(member.name())) continue;
    std::string text;
    for (const Step& step : path_) text += step.text;
    text += "." + std::string(member.name());
    unknown.push_back(text.substr(1));
  }
}

Value Walk::read_field(const Message& owner, const Field& field, const Value& value) {
  if (field.repeated) {
    if (!value.is_array()) {
      wrong(&owner, value, go_type(field));
      return nullptr;
    }
    std::vector<Value> items;
    items.reserve(value.size());
    for (std::size_t i = 0; i < value.size() && !fatal; ++i) {
      path_.push_back({"[" + std::to_string(i) + "]", ""});
      items.push_back(read_one(owner, field, value[i]));
      path_.pop_back();
    }
    return Value::array(std::move(items));
  }
  if (field.map) {
    if (!value.is_object()) {
      wrong(&owner, value, go_type(field));
      return nullptr;
    }
    Value out = Value::object();
    for (const auto& member : value.members()) {
      path_.push_back({"." + std::string(member.name()), ""});
      out.set(member.name(), read_one(owner, field, member.value));
      path_.pop_back();
      if (fatal) break;
    }
    return out;
  }
  return read_one(owner, field, value);
}

Value Walk::read_one(const Message& owner, const Field& field, const Value& value) {
  if (field.message) {
    if (value.is_null()) return read_struct(*field.message, Value::object());
    if (!value.is_object()) {
      wrong(&owner, value, field.message->go_name);
      return nullptr;
    }
    return read_struct(*field.message, value);
  }
  if (value.is_null()) return scalar_zero(field.type);
  Scalar scalar = read_scalar(field.type, value);
  if (scalar.fatal) {
    fatal = std::move(scalar.text);
    return nullptr;
  }
  if (!scalar.text.empty()) {
    wrong(&owner, value, scalar.text);
    return nullptr;
  }
  return std::move(scalar.value);
}

}  // namespace

Result<std::shared_ptr<const Types>> Types::load() {
  TRY_ASSIGN(Value table, json::parse(embedded("protobuf.json")));
  auto types = std::make_shared<Types>();
  for (const auto& row : table["messages"].members()) {
    auto message = std::make_unique<Message>();
    message->name = row.name();
    message->go_name = go_name(row.name());
    types->messages_.emplace(row.name(), std::move(message));
  }
  for (const auto& row : table["messages"].members()) {
    Message& message = *types->messages_.at(std::string(row.name()));
    for (const Value& field : row.value.items())
      message.fields.push_back(read_field(field, types->messages_));
  }
  for (auto& [name, message] : types->messages_) index_fields(*message, *message);
  for (const auto& row : table["kinds"].members()) {
    types->kinds_.emplace(row.name(), types->message(row.value.text()));
  }
  return types;
}

const Message* Types::message(std::string_view name) const {
  auto found = messages_.find(std::string(name));
  return found == messages_.end() ? nullptr : found->second.get();
}

const Message* Types::kind(std::string_view api_version, std::string_view kind) const {
  auto found = kinds_.find(std::string(api_version) + "/" + std::string(kind));
  return found == kinds_.end() ? nullptr : found->second;
}

Result<Typed> Types::read(const Message& message, const Value& value) const {
  if (!value.is_object() && !value.is_null()) {
    return fail(Code::Invalid, "json: cannot unmarshal " + std::string(go_kind(value)) +
                                   " into Go value of type " + message.go_name);
  }
  Walk walk;
  Value out = walk.read_struct(message, value);
  if (walk.fatal) return fail(Code::Invalid, *walk.fatal);
  if (walk.saved) return fail(Code::Invalid, *walk.saved);
  return Typed{std::move(out), std::move(walk.unknown)};
}

}  // namespace lesto::apiserver
