#include "engines/lua/sprig_call.h"

#include <algorithm>

#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/heap.h"

namespace lesto::lua {
namespace {

using gotemplate::MapView;
using gotemplate::Type;
using gotemplate::Value;
using Kind = SprigArgument::Kind;

Value scalar(const SprigArgument& argument) {
  switch (argument.kind) {
    case Kind::Integer: return Value::of_int(argument.integer);
    case Kind::Counter: return Value::of_integer(Type::Uint32, argument.integer);
    case Kind::Number: return Value::of_float(argument.number);
    case Kind::Bool: return Value::of_bool(argument.boolean);
    default: return Value::of_text(argument.text);
  }
}

json::Value to_json(const Value& value);

json::Value list_to_json(const Value& value) {
  std::vector<json::Value> items;
  std::size_t size = gotemplate::list_size(value);
  for (std::size_t i = 0; i < size; ++i) items.push_back(to_json(gotemplate::list_item(value, i)));
  return json::Value::array(std::move(items));
}

json::Value to_json(const Value& value) {
  if (value.is_list()) return list_to_json(value);
  switch (value.type) {
    case Type::Bool: return json::Value(value.boolean);
    case Type::Int:
    case Type::Int32:
    case Type::Int64:
    case Type::Uint8:
    case Type::Uint32: return json::Value(value.integer);
    case Type::Float64: return json::Value(value.number);
    case Type::String: return json::Value(value.text());
    default: return {};
  }
}

json::Value map_to_json(const gotemplate::Heap& heap, const Value& value) {
  std::vector<json::Member> members;
  MapView view = heap.open(value);
  for (std::size_t i = 0; i < view.size(); ++i) {
    members.emplace_back(json::Value(view.key(i)), to_json(view.value(i).unbox()));
  }
  return json::Value::object(std::move(members));
}

}  // namespace

SprigAnswer call_sprig(std::string_view function, std::span<const SprigArgument> arguments,
                       std::span<const SprigArgument> list, const SprigHost& host) {
  gotemplate::Heap heap;
  gotemplate::ExecuteOptions options;
  options.now = host.now;
  options.rng = host.rng;
  options.limits.steps = host.steps;
  gotemplate::Context context(heap, options);

  std::vector<Value> values;
  std::vector<Value> items;
  json::Value pairs;
  for (const SprigArgument& argument : arguments) {
    switch (argument.kind) {
      case Kind::Texts:
        for (const SprigArgument& item : list) items.push_back(scalar(item));
        values.push_back(Value::of_items(Type::Strings, items));
        break;
      case Kind::Any:
        // A list that is spread out over the arguments.
        for (const SprigArgument& item : list) values.push_back(scalar(item));
        break;
      case Kind::Pairs:
        pairs = json::Value::object();
        for (std::size_t i = 0; i + 1 < list.size(); i += 2)
          pairs.set(list[i].text, json::Value(list[i + 1].text));
        values.push_back(Value::of_json(pairs));
        break;
      default: values.push_back(scalar(argument));
    }
  }
  SprigAnswer answer;
  auto result = gotemplate::call_function(function, values, context);
  answer.steps_used = host.steps - std::min(host.steps, context.steps);
  if (!result) {
    answer.problem = result.error().message();
    answer.too_large = result.error().code() == Code::TooLarge;
    return answer;
  }
  answer.fine = true;
  answer.value = result->is_map() ? map_to_json(heap, result->unbox())
                                  : to_json(result->boxed ? result->unbox() : *result);
  return answer;
}

}  // namespace lesto::lua
