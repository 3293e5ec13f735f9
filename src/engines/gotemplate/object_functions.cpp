// Sveltos' functions on Kubernetes objects. All work on copies. In EventTrigger templates they take
// the object, in ClusterProfile templates an identifier of .MgmtResources; an unknown one is an
// empty value.
#include "engines/gotemplate/data.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

using Path = std::vector<std::string_view>;

Path path_of(std::string_view text) {
  Path path;
  for (;;) {
    std::size_t dot = text.find('.');
    path.push_back(text.substr(0, dot));
    if (dot == text.npos) return path;
    text.remove_prefix(dot + 1);
  }
}

// The object that a function is asked about: its argument, or the resource of that identifier; a
// nil map when there is none.
Value object_of(Call& call) {
  Value none = Value::of(Type::Map);
  none.map = nullptr;
  if (call.at(0).type == Type::Map) return call.at(0);
  Value resources;
  Value found;
  if (!call.context.root.is_map()) return none;
  if (!call.heap().open(call.context.root).find("MgmtResources", resources) || !resources.is_map())
    return none;
  if (!call.heap().open(resources).find(call.text(0), found) || found.type != Type::Map)
    return none;
  return found;
}

Answer refused(Call& call, Json& json) {
  return call.context.fail(json.error().text, json.error().code);
}

// Without what a copy must not carry.
void strip(json::Value& object) {
  json::Value* metadata = object.edit("metadata");
  if (!metadata || !metadata->is_object()) return;
  for (const char* key : {"managedFields", "resourceVersion", "uid"}) metadata->erase(key);
}

enum class Strip : bool { No, Yes };

Json copy_of(Call& call, const Value& object, Strip stripped) {
  Json json = to_json(call.context, object);
  if (json && json->is_object() && stripped == Strip::Yes) strip(*json);
  return json;
}

// A copy shares its parts with the object until something may change them.
Answer apart(Call& call, const Value& value) {
  return call.context.may_change ? deep_copy_of(call, value) : Answer(value);
}

Answer give_object(Call& call, json::Value object) {
  if (object.is_null()) {
    Value none = Value::of(Type::Map);
    none.map = nullptr;
    return none;
  }
  return apart(call, call.heap().keep(std::move(object)).unbox());
}

Answer get_resource(Call& call) {
  Json json = copy_of(call, object_of(call), Strip::Yes);
  return json ? give_object(call, std::move(*json)) : refused(call, json);
}

Answer give_yaml(Call& call, json::Value object) {
  if (object.is_null()) return call.lend("");
  return yaml_text(call.context, call.heap().keep(std::move(object)));
}

Answer copy(Call& call) {
  Json json = copy_of(call, object_of(call), Strip::Yes);
  return json ? give_yaml(call, std::move(*json)) : refused(call, json);
}

Answer get_field(Call& call) {
  Value at = object_of(call);
  for (std::string_view key : path_of(call.text(1))) {
    Value next;
    if (at.type != Type::Map || !call.heap().open(at).find(key, next)) return call.lend("");
    at = next;
  }
  return apart(call, at);
}

// False when something on the way is no object.
bool set_at(json::Value& object, std::span<const std::string_view> path, json::Value value) {
  if (path.size() == 1) {
    object.set(path[0], std::move(value));
    return true;
  }
  if (!object.contains(path[0])) object.set(path[0], json::Value::object());
  json::Value* next = object.edit(path[0]);
  return next->is_object() && set_at(*next, path.subspan(1), std::move(value));
}

void remove_at(json::Value& object, std::span<const std::string_view> path) {
  if (path.size() == 1) {
    object.erase(path[0]);
    return;
  }
  json::Value* next = object.edit(path[0]);
  if (next && next->is_object()) remove_at(*next, path.subspan(1));
}

// The object with the field set; null when there is no object or no way to the field.
Json with_field(Call& call) {
  Json json = copy_of(call, object_of(call), Strip::No);
  if (!json || json->is_null()) return json;
  Json value = to_json(call.context, call.at(2));
  if (!value) return value;
  Path path = path_of(call.text(1));
  if (path.size() > kValueDepth) return call.context.limit("depth of values", kValueDepth);
  if (!set_at(*json, path, std::move(*value))) return json::Value();
  return json;
}

Json without_field(Call& call, Strip stripped) {
  Json json = copy_of(call, object_of(call), stripped);
  if (!json || json->is_null()) return json;
  Path path = path_of(call.text(1));
  if (path.size() > kValueDepth) return call.context.limit("depth of values", kValueDepth);
  remove_at(*json, path);
  return json;
}

Answer set_field(Call& call) {
  Json json = with_field(call);
  if (json && json->is_object()) strip(*json);
  return json ? give_yaml(call, std::move(*json)) : refused(call, json);
}
Answer remove_field(Call& call) {
  Json json = without_field(call, Strip::Yes);
  return json ? give_yaml(call, std::move(*json)) : refused(call, json);
}
Answer chain_set_field(Call& call) {
  Json json = with_field(call);
  return json ? give_object(call, std::move(*json)) : refused(call, json);
}
Answer chain_remove_field(Call& call) {
  Json json = without_field(call, Strip::No);
  return json ? give_object(call, std::move(*json)) : refused(call, json);
}

constexpr Function kByMap[] = {
    {"getResource", Group::Objects, "m>m", get_resource},
    {"copy", Group::Objects, "m>s", copy},
    {"getField", Group::Objects, "ms>a", get_field},
    {"setField", Group::Objects, "msa>s", set_field},
    {"removeField", Group::Objects, "ms>s", remove_field},
    {"chainSetField", Group::Objects, "msa>m", chain_set_field},
    {"chainRemoveField", Group::Objects, "ms>m", chain_remove_field},
};

constexpr Function kById[] = {
    {"getResource", Group::Objects, "s>m", get_resource},
    {"copy", Group::Objects, "s>s", copy},
    {"getField", Group::Objects, "ss>a", get_field},
    {"setField", Group::Objects, "ssa>s", set_field},
    {"removeField", Group::Objects, "ss>s", remove_field},
    {"chainSetField", Group::Objects, "msa>m", chain_set_field},
    {"chainRemoveField", Group::Objects, "ms>m", chain_remove_field},
};

}  // namespace

std::span<const Function> object_functions(Dialect dialect) {
  if (dialect == Dialect::ByMap) return kByMap;
  return kById;
}

}  // namespace lesto::gotemplate
