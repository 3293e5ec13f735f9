// Sprig's functions on dictionaries.
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

// Sets and charges what the insertion moved.
Outcome put(Call& call, MapNode* map, std::string_view key, const Value& value) {
  std::size_t moved = call.heap().set(map, key, value);
  return call.context.spend(1 + moved / 16);
}

Answer dict(Call& call) {
  MapNode* map = call.heap().new_map(call.count() / 2 + 1);
  for (std::size_t i = 0; i < call.count(); i += 2) {
    auto key = string_of(call, call.at(i));
    if (!key) return std::unexpected(key.error());
    Value value = i + 1 < call.count() ? call.at(i + 1) : Value::of_text("");
    if (Outcome set = put(call, map, *key, value); !set) return std::unexpected(set.error());
  }
  return Value::of_map(map);
}

Answer get(Call& call) {
  Value found;
  if (call.heap().open(call.at(0)).find(call.text(1), found)) return found;
  return Value::of_text("");
}

Answer set(Call& call) {
  if (!call.at(0).address) return call.fail("assignment to entry in nil map");
  MapNode* map = call.heap().edit(call.at(0));
  if (Outcome done = put(call, map, call.text(1), call.at(2)); !done)
    return std::unexpected(done.error());
  return call.at(0);
}

Answer unset(Call& call) {
  if (call.at(0).address) call.heap().erase(call.heap().edit(call.at(0)), call.text(1));
  return call.at(0);
}

Answer has_key(Call& call) {
  Value found;
  return Value::of_bool(call.heap().open(call.at(0)).find(call.text(1), found));
}

Answer pluck(Call& call) {
  std::vector<Value> found;
  for (std::size_t i = 1; i < call.count(); ++i) {
    Value value;
    if (call.heap().open(call.at(i)).find(call.text(0), value)) found.push_back(value);
  }
  return call.heap().list(found);
}

// In order, where Go has none.
Answer keys(Call& call) {
  std::vector<Value> names;
  for (const Value& map : call.arguments) {
    MapView view = call.heap().open(map);
    if (Outcome spent = call.context.spend(view.size()); !spent)
      return std::unexpected(spent.error());
    for (std::size_t i = 0; i < view.size(); ++i) names.push_back(Value::of_text(view.key(i)));
  }
  if (Outcome reserved = call.context.reserve(names.size() * sizeof(Value)); !reserved) {
    return std::unexpected(reserved.error());
  }
  return call.heap().list(names, Type::Strings);
}

Answer values(Call& call) {
  MapView view = call.heap().open(call.at(0));
  if (Outcome reserved = call.context.reserve(view.size() * sizeof(Value)); !reserved) {
    return std::unexpected(reserved.error());
  }
  std::vector<Value> all;
  for (std::size_t i = 0; i < view.size(); ++i) all.push_back(view.value(i));
  return call.heap().list(all);
}

Answer pick(Call& call) {
  MapView view = call.heap().open(call.at(0));
  MapNode* map = call.heap().new_map(call.count());
  for (std::size_t i = 1; i < call.count(); ++i) {
    Value value;
    if (!view.find(call.text(i), value)) continue;
    if (Outcome done = put(call, map, call.text(i), value); !done)
      return std::unexpected(done.error());
  }
  return Value::of_map(map);
}

Answer omit(Call& call) {
  MapView view = call.heap().open(call.at(0));
  std::vector<std::string_view> omitted;
  for (std::size_t i = 1; i < call.count(); ++i) omitted.push_back(call.text(i));
  std::sort(omitted.begin(), omitted.end());
  if (Outcome reserved = call.context.reserve(view.size() * sizeof(MapEntry)); !reserved) {
    return std::unexpected(reserved.error());
  }
  MapNode* map = call.heap().new_map(view.size());
  for (std::size_t i = 0; i < view.size(); ++i) {
    if (std::binary_search(omitted.begin(), omitted.end(), view.key(i))) continue;
    if (Outcome done = put(call, map, view.key(i), view.value(i)); !done)
      return std::unexpected(done.error());
  }
  return Value::of_map(map);
}

// Go's text for a failed type assertion.
std::unexpected<Failure> wrong_type(Call& call, const Value& value, std::string_view wanted) {
  std::string text = "interface conversion: interface {} is ";
  text += value.nothing() ? std::string_view("nil") : type_name(value);
  text += ", not ";
  text += wanted;
  return call.fail(text);
}

Answer dig(Call& call) {
  if (call.count() < 3) return call.fail("dig needs at least three arguments");
  Value at = call.at(call.count() - 1);
  const Value& otherwise = call.at(call.count() - 2);
  std::size_t keys = call.count() - 2;
  if (at.type != Type::Map) return wrong_type(call, at, "map[string]interface {}");
  for (std::size_t i = 0; i < keys; ++i) {
    if (!call.at(i).is_text()) return wrong_type(call, call.at(i), "string");
  }
  for (std::size_t i = 0; i < keys; ++i) {
    if (at.type != Type::Map) return wrong_type(call, at, "map[string]interface {}");
    Value found;
    if (!call.heap().open(at).find(call.text(i), found)) return otherwise;
    at = found;
  }
  return at;
}

constexpr Function kFunctions[] = {
    {"dict", Group::Dicts, "a*>m", dict},      {"get", Group::Dicts, "ms>a", get},
    {"set", Group::Dicts, "msa>m", set, true}, {"unset", Group::Dicts, "ms>m", unset, true},
    {"hasKey", Group::Dicts, "ms>b", has_key}, {"pluck", Group::Dicts, "sm*>L", pluck},
    {"keys", Group::Dicts, "m*>S", keys},      {"values", Group::Dicts, "m>L", values},
    {"pick", Group::Dicts, "ms*>m", pick},     {"omit", Group::Dicts, "ms*>m", omit},
    {"dig", Group::Dicts, "a*>a", dig},
};

}  // namespace

std::span<const Function> dict_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
