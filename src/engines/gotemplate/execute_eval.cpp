// The part of an execution that computes values: pipelines, commands, fields, arguments, calls.
#include "engines/gotemplate/builtins.h"
#include "engines/gotemplate/execute.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/version.h"

namespace lesto::gotemplate {
namespace {

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

bool unexported_field(Type type, std::string_view name) {
  if (type == Type::Time) return name == "wall" || name == "ext" || name == "loc";
  if (type == Type::Version || type == Type::VersionCopy) {
    return name == "major" || name == "minor" || name == "patch" || name == "pre" ||
           name == "metadata" || name == "original";
  }
  return false;
}

// The part of a field access before its last names, as it is written.
std::string path_text(const Node& node, std::span<const std::string_view> names) {
  std::string text;
  if (node.kind == NodeKind::Variable) text = static_cast<const VariableNode&>(node).name;
  if (node.kind == NodeKind::Chain)
    text = "(" + node_text(*static_cast<const ChainNode&>(node).node) + ")";
  for (std::string_view name : names) {
    text += '.';
    text += name;
  }
  return text.empty() ? "." : text;
}

// As unbox(), in place.
void open_box(Value& value) {
  if (value.type == Type::Nil) value = Value();
  value.boxed = false;
}

}  // namespace

Answer Execution::pipeline(const Value& dot, const PipeNode& pipe) {
  at(pipe);
  if (nesting_ >= kNestingDepth + kCallDepth) {
    auto failed = context_.limit("depth of blocks and calls", kNestingDepth + kCallDepth);
    return fail(failed.error().text, failed.error().code);
  }
  ++nesting_;
  // The one value that is returned, and changed in place: a value that was just written in parts is
  // slow to copy.
  Answer value = command(dot, *pipe.commands[0], nullptr);
  if (value) open_box(*value);
  for (std::size_t i = 1; value && i < pipe.commands.size(); ++i) {
    Value last = *value;
    value = command(dot, *pipe.commands[i], &last);
    if (value) open_box(*value);
  }
  --nesting_;
  if (!value) return value;
  for (const VariableNode* declared : pipe.variables) {
    if (!pipe.assigns) {
      push(declared->id, *value);
    } else if (Outcome set = set_variable(*declared, *value); !set) {
      value = std::unexpected(set.error());
      return value;
    }
  }
  return value;
}

Answer Execution::command(const Value& dot, const CommandNode& command, Final final) {
  const Node& first = *command.arguments[0];
  switch (first.kind) {
    case NodeKind::Field:
      at(first);
      return fields(dot, dot, first, static_cast<const FieldNode&>(first).names, command.arguments,
                    final);
    case NodeKind::Chain:
      return chain(dot, static_cast<const ChainNode&>(first), command.arguments, final);
    case NodeKind::Identifier:
      return function(dot, static_cast<const IdentifierNode&>(first), command, command.arguments,
                      final);
    case NodeKind::Variable:
      return variable(dot, static_cast<const VariableNode&>(first), command.arguments, final);
    default: break;
  }
  if (first.kind != NodeKind::Pipe) at(first);
  if (command.arguments.size() > 1 || final) {
    return fail("can't give argument to non-function " + node_text(first));
  }
  switch (first.kind) {
    case NodeKind::Pipe: return pipeline(dot, static_cast<const PipeNode&>(first));
    case NodeKind::Bool:
    case NodeKind::String: return static_cast<const ConstantNode&>(first).value;
    case NodeKind::Dot: return dot;
    case NodeKind::Number: return constant(static_cast<const NumberNode&>(first));
    case NodeKind::Nil: return fail("nil is not a command");
    default: return fail("can't evaluate command " + quoted(node_text(first)));
  }
}

Answer Execution::constant(const NumberNode& number) {
  at(number);
  if (!number.value.valid() && number.is_uint)
    return fail(join({number.literal, " overflows int"}));
  return number.value;
}

Answer Execution::chain(const Value& dot, const ChainNode& chain, Arguments arguments,
                        Final final) {
  at(chain);
  Answer receiver = argument(dot, 0, *chain.node);
  if (!receiver) return receiver;
  return fields(dot, *receiver, chain, chain.names, arguments, final);
}

Answer Execution::variable(const Value& dot, const VariableNode& variable, Arguments arguments,
                           Final final) {
  at(variable);
  const Value* value = nullptr;
  for (std::size_t i = variables_.size(); i > base_; --i) {
    if (variables_[i - 1].id == variable.id) {
      value = &variables_[i - 1].value;
      break;
    }
  }
  if (!value) return fail(join({"undefined variable: ", variable.name}));
  if (variable.names.empty()) {
    if (arguments.size() > 1 || final) {
      return fail("can't give argument to non-function " + node_text(*arguments[0]));
    }
    return *value;
  }
  // A copy: the variables may move while arguments are evaluated.
  Value receiver = *value;
  return fields(dot, receiver, variable, variable.names, arguments, final);
}

Answer Execution::fields(const Value& dot, const Value& receiver, const Node& node,
                         std::span<const std::string_view> names, Arguments arguments,
                         Final final) {
  Value value = receiver;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    Answer next = field(dot, names[i], node, {}, nullptr, value);
    if (!next) {
      blame(path_text(node, names.first(i)), value);
      return next;
    }
    value = *next;
  }
  Answer last = field(dot, names.back(), node, arguments, final, value);
  if (!last) blame(path_text(node, names.first(names.size() - 1)), value);
  return last;
}

Answer Execution::field(const Value& dot, std::string_view name, const Node& node,
                        Arguments arguments, Final final, const Value& receiver) {
  if (!receiver.valid()) {
    if (context_.options.missing_key == MissingKey::Error)
      return fail("nil data; no entry for key " + quoted(name));
    return Value();
  }
  bool has_arguments = arguments.size() > 1 || final;
  if (receiver.is_map() && receiver.address) return map_field(name, receiver, has_arguments);
  if (receiver.type == Type::Nil) return fail(join({"nil pointer evaluating interface {}.", name}));
  if (const Function* method = find_method(receiver.type, name)) {
    Value content = receiver.unbox();
    return call(dot, *method, node, name, arguments, final, &content);
  }
  if (receiver.is_map()) return map_field(name, receiver, has_arguments);
  return struct_field(name, receiver, receiver.unbox(), has_arguments);
}

Answer Execution::map_field(std::string_view name, const Value& map, bool has_arguments) {
  if (has_arguments) return fail(join({name, " is not a method but has arguments"}));
  MapView view = context_.heap.open(map);
  std::size_t index = view.find(name);
  if (index < view.size()) return view.value(index);
  switch (context_.options.missing_key) {
    case MissingKey::Default: return Value();
    case MissingKey::Zero: return map.type == Type::Map ? Value::nil() : Value::of_text("");
    case MissingKey::Error: break;
  }
  return fail("map has no entry for key " + quoted(name));
}

Answer Execution::struct_field(std::string_view name, const Value& receiver, const Value& content,
                               bool has_arguments) {
  std::string_view type = static_type_name(receiver);
  if (content.type == Type::Version && !content.version) {
    return fail(join({"nil pointer evaluating ", type, ".", name}));
  }
  Value found;
  if (content.type == Type::Certificate) {
    if (name == "Cert") found = Value::of_text(content.certificate->certificate);
    if (name == "Key") found = Value::of_text(content.certificate->key);
  } else if (content.type == Type::Record) {
    for (const RecordField& each : content.record->type->fields) {
      if (each.name != name && each.key != name) continue;
      const json::Value& value = (*content.record->json)[each.key];
      found = value.is_null() ? Value::of_text("") : Value::of_json(value).unbox();
    }
  } else if (unexported_field(content.type, name)) {
    return fail(join({name, " is an unexported field of struct type ", type}));
  }
  if (!found.valid()) return fail(join({"can't evaluate field ", name, " in type ", type}));
  if (has_arguments) return fail(join({name, " has arguments but cannot be invoked as function"}));
  return found;
}

Answer Execution::function(const Value& dot, const IdentifierNode& identifier, const Node& command,
                           Arguments arguments, Final final) {
  at(identifier);
  return call(dot, *identifier.function, command, identifier.name, arguments, final, nullptr);
}

Answer Execution::call(const Value& dot, const Function& function, const Node& node,
                       std::string_view name, Arguments arguments, Final final,
                       const Value* receiver) {
  if (!arguments.empty()) arguments = arguments.subspan(1);
  // A method's first parameter is its receiver.
  std::size_t bound = receiver ? 1 : 0;
  std::size_t wanted = function.parameters.size() - bound;
  std::size_t given = arguments.size() + (final ? 1 : 0);
  if (function.variadic ? given < wanted - 1 : given != wanted) {
    std::string text = "wrong number of args for " + std::string(name) + ": want ";
    text += function.variadic ? "at least " + std::to_string(wanted - 1) : std::to_string(wanted);
    return fail(text + " got " + std::to_string(function.variadic ? arguments.size() : given));
  }
  if (function.group == Group::Builtin) {
    if (name == "and" || name == "or") return and_or(dot, function, arguments, final);
    if (name == "call") return call_builtin(dot, node, arguments, final);
  }
  Value small[6];
  Value* values = bound + given <= 6 ? small : context_.heap.values(bound + given);
  std::size_t count = 0;
  if (receiver) values[count++] = *receiver;
  for (const Node* each : arguments) {
    Answer value = argument(dot, function.parameter(count), *each);
    if (!value) return value;
    values[count++] = *value;
  }
  if (final) {
    Answer value = validate(*final, function.parameter(count));
    if (!value) return value;
    values[count++] = *value;
  }
  return invoke(function, node, name, {values, count});
}

Answer Execution::invoke(const Function& function, const Node& node, std::string_view name,
                         std::span<const Value> arguments) {
  if (Outcome stepped = step(); !stepped) return std::unexpected(stepped.error());
  Call call{context_, arguments, function};
  Answer result = function.handler(call);
  if (!result) {
    at(node);
    blame_arguments(name, arguments);
    return fail(join({"error calling ", name, ": ", result.error().text}), result.error().code);
  }
  if (function.result == 'a') {
    if (!result->valid()) *result = Value::nil();
    result->boxed = true;
  } else if (function.result != 'v') {
    result->boxed = false;
  }
  return result;
}

void Execution::blame_arguments(std::string_view name, std::span<const Value> arguments) {
  if (!fault_ || arguments.empty()) return;
  // One argument says it; of several the first container or else the last is what the others are
  // about.
  std::size_t chosen = arguments.size() - 1;
  for (std::size_t i = arguments.size(); i-- > 0;) {
    if (arguments[i].is_map() || arguments[i].is_list()) chosen = i;
  }
  blame(join({"argument ", std::to_string(chosen + 1), " of ", name}), arguments[chosen]);
}

Answer Execution::and_or(const Value& dot, const Function& function, Arguments arguments,
                         Final final) {
  bool wanted = function.name == "or";
  Value value;
  for (const Node* each : arguments) {
    Answer result = argument(dot, 'v', *each);
    if (!result) return result;
    value = *result;
    if (is_true(value.unbox(), context_.heap) == wanted) return value;
  }
  return final ? *final : value;
}

Answer Execution::call_builtin(const Value& dot, const Node& node, Arguments arguments,
                               Final final) {
  Value callee;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    Answer result = argument(dot, 'v', *arguments[i]);
    if (!result) return result;
    if (i == 0) callee = result->unbox();
  }
  std::string name;
  if (!arguments.empty()) {
    name = node_text(*arguments[0]);
  } else {
    callee = final->unbox();
    name =
        callee.is_text() ? std::string(callee.text()) : join({"<", type_name(callee), " Value>"});
  }
  at(node);
  // No value of ours is a function.
  if (!callee.valid()) return fail("error calling call: call of nil");
  return fail(join({"error calling call: non-function ", name, " of type ", type_name(callee)}));
}

Answer Execution::argument(const Value& dot, char letter, const Node& node) {
  at(node);
  switch (node.kind) {
    case NodeKind::Dot: return validate(dot, letter);
    case NodeKind::Nil: {
      Value value;
      if (nil_parameter(letter, value)) return value;
      return fail(join({"cannot assign nil to ", parameter_type_name(letter)}));
    }
    case NodeKind::Field: {
      Answer value = fields(dot, dot, node, static_cast<const FieldNode&>(node).names, {}, nullptr);
      return value ? validate(*value, letter) : value;
    }
    case NodeKind::Variable: {
      Answer value = variable(dot, static_cast<const VariableNode&>(node), {}, nullptr);
      return value ? validate(*value, letter) : value;
    }
    case NodeKind::Pipe: {
      Answer value = pipeline(dot, static_cast<const PipeNode&>(node));
      return value ? validate(*value, letter) : value;
    }
    case NodeKind::Identifier: {
      const auto& identifier = static_cast<const IdentifierNode&>(node);
      Answer value = function(dot, identifier, identifier, {}, nullptr);
      return value ? validate(*value, letter) : value;
    }
    case NodeKind::Chain: {
      Answer value = chain(dot, static_cast<const ChainNode&>(node), {}, nullptr);
      return value ? validate(*value, letter) : value;
    }
    default: return literal(dot, letter, node);
  }
}

Answer Execution::literal(const Value& dot, char letter, const Node& node) {
  const auto& constant = static_cast<const ConstantNode&>(node);
  const auto& number = static_cast<const NumberNode&>(node);
  bool is_number = node.kind == NodeKind::Number;
  std::string_view expected;
  switch (letter) {
    case 'a':
    case 'v': return any_literal(dot, node);
    case 'b':
      if (node.kind == NodeKind::Bool) return constant.value;
      expected = "bool";
      break;
    case 's':
      if (node.kind == NodeKind::String) return constant.value;
      expected = "string";
      break;
    case 'i':
    case 'l':
    case 'd':
      if (is_number && number.is_int) {
        Type type = letter == 'i' ? Type::Int : letter == 'l' ? Type::Int64 : Type::Duration;
        return Value::of_integer(type, number.integer);
      }
      expected = "integer";
      break;
    case 'u':
      if (is_number && number.is_uint) {
        return Value::of_integer(Type::Uint32, static_cast<std::uint32_t>(number.unsigned_integer));
      }
      expected = "unsigned integer";
      break;
    case 'f':
      if (is_number && number.is_float) return Value::of_float(number.number);
      expected = "float";
      break;
    default:
      return fail(join(
          {"can't handle ", node_text(node), " for arg of type ", parameter_type_name(letter)}));
  }
  return fail(join({"expected ", expected, "; found ", node_text(node)}));
}

Answer Execution::any_literal(const Value&, const Node& node) {
  if (node.kind == NodeKind::Number) return constant(static_cast<const NumberNode&>(node));
  return static_cast<const ConstantNode&>(node).value;
}

Answer Execution::validate(const Value& value, char letter) {
  if (letter == 'v' || letter == 0) return value;
  Value fitted = value;
  if (!value.valid()) {
    if (nil_parameter(letter, fitted)) return fitted;
    return fail(join({"invalid value; expected ", parameter_type_name(letter)}));
  }
  if (fits_parameter(fitted, letter)) return fitted;
  blame(node_text(*node_), value);
  std::string_view got =
      value.type == Type::Nil ? std::string_view("interface {}") : type_name(value);
  return fail(
      join({"wrong type for value; expected ", parameter_type_name(letter), "; got ", got}));
}

}  // namespace lesto::gotemplate
