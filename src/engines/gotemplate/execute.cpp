#include "engines/gotemplate/execute.h"

#include "engines/gotemplate/builtins.h"
#include "engines/gotemplate/data.h"
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/numbers.h"
#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

// Blocks, parentheses and calls inside each other while running.
constexpr std::size_t kRunDepth = kNestingDepth + kCallDepth;

}  // namespace

Outcome Execution::run(const Definition& definition, const Value& data) {
  context_.root = data;
  running_ = definition.name;
  variables_.reserve(16);
  push(0, data);
  Walked walked = walk_list(data, *definition.root);
  if (!walked) return std::unexpected(walked.error());
  return {};
}

std::unexpected<Failure> Execution::fail(std::string_view message, Code code) {
  std::string text = "template: ";
  text += name_;
  std::string_view before = text_.substr(0, node_->position);
  std::size_t line_start = before.rfind('\n');
  std::size_t column = line_start == before.npos ? before.size() : before.size() - line_start - 1;
  text += ':';
  append_int(text, 1 + std::count(before.begin(), before.end(), '\n'));
  text += ':';
  append_int(text, static_cast<std::int64_t>(column));
  text += ": executing ";
  append_quoted(text, running_);
  text += " at <";
  append_node(text, *node_);
  text += ">: ";
  text += message;
  return context_.fail(text, code);
}

void Execution::blame(std::string what, const Value& value) {
  if (!fault_ || !fault_->what.empty()) return;
  fault_->what = std::move(what);
  fault_->type = type_name(value);
  auto json = to_json(context_, value.unbox());
  if (json) fault_->value = std::move(*json);
}

Outcome Execution::step() {
  if (context_.steps == 0) {
    auto failed = context_.out_of_steps();
    return fail(failed.error().text, failed.error().code);
  }
  --context_.steps;
  if (context_.heap.exhausted()) {
    auto failed = context_.out_of_memory();
    return fail(failed.error().text, failed.error().code);
  }
  if (out_.size() > context_.options.limits.output_bytes) {
    auto failed = context_.limit("bytes of output", context_.options.limits.output_bytes);
    return fail(failed.error().text, failed.error().code);
  }
  return {};
}

Execution::Walked Execution::walk_list(const Value& dot, const ListNode& list) {
  at(list);
  if (nesting_ >= kRunDepth) {
    auto failed = context_.limit("depth of blocks and calls", kRunDepth);
    return fail(failed.error().text, failed.error().code);
  }
  ++nesting_;
  for (const Node* node : list.nodes) {
    if (node->kind == NodeKind::Text) {
      at(*node);
      out_ += static_cast<const TextNode*>(node)->text;
      continue;
    }
    Walked walked = walk(dot, *node);
    if (!walked || *walked != Flow::On) {
      --nesting_;
      return walked;
    }
  }
  --nesting_;
  return Flow::On;
}

Execution::Walked Execution::walk(const Value& dot, const Node& node) {
  at(node);
  if (Outcome stepped = step(); !stepped) return std::unexpected(stepped.error());
  Heap::Mark mark;
  if (node.leaves_nothing) mark = context_.heap.mark();
  Walked walked = Flow::On;
  switch (node.kind) {
    case NodeKind::Action: {
      const PipeNode& pipe = *static_cast<const ActionNode&>(node).pipe;
      Answer value = pipeline(dot, pipe);
      if (!value) return std::unexpected(value.error());
      if (pipe.variables.empty()) {
        Outcome printed = print(node, *value);
        if (!printed) return std::unexpected(printed.error());
      }
      break;
    }
    case NodeKind::Break: return Flow::Break;
    case NodeKind::Continue: return Flow::Continue;
    case NodeKind::If:
    case NodeKind::With: walked = walk_if_or_with(dot, static_cast<const BranchNode&>(node)); break;
    case NodeKind::Range: walked = walk_range(dot, static_cast<const BranchNode&>(node)); break;
    case NodeKind::Template:
      walked = walk_template(dot, static_cast<const TemplateNode&>(node));
      break;
    case NodeKind::List: return walk_list(dot, static_cast<const ListNode&>(node));
    default: break;
  }
  // Errors live in the heap too.
  if (node.leaves_nothing && walked) context_.heap.rewind(mark);
  return walked;
}

Execution::Walked Execution::walk_if_or_with(const Value& dot, const BranchNode& branch) {
  std::size_t variables = variables_.size();
  Answer value = pipeline(dot, *branch.pipe);
  if (!value) return std::unexpected(value.error());
  Walked walked = Flow::On;
  if (is_true(value->unbox(), context_.heap)) {
    walked = walk_list(branch.kind == NodeKind::With ? *value : dot, *branch.list);
  } else if (branch.else_list) {
    walked = walk_list(dot, *branch.else_list);
  }
  variables_.resize(variables);
  return walked;
}

Execution::Walked Execution::walk_range(const Value& dot, const BranchNode& branch) {
  std::size_t variables = variables_.size();
  Answer value = pipeline(dot, *branch.pipe);
  if (!value) return std::unexpected(value.error());
  Value over = value->unbox();
  bool ran = false;
  Walked walked = Flow::On;
  switch (kind_of(over.type)) {
    case ValueKind::Int:
    case ValueKind::Uint: walked = range_integer(branch, over, ran); break;
    case ValueKind::Slice: walked = range_list(branch, over, ran); break;
    case ValueKind::Map: walked = range_map(branch, over, ran); break;
    case ValueKind::Invalid: break;
    default: {
      blame(node_text(*branch.pipe), over);
      std::string text = "range can't iterate over ";
      Outcome printed = append_value(text, context_, over);
      return fail(printed ? std::string_view(text) : printed.error().text);
    }
  }
  if (walked && !ran && branch.else_list) walked = walk_list(dot, *branch.else_list);
  // Go ends the range at a break in its else branch too.
  if (walked && (ran || *walked == Flow::Break)) walked = Flow::On;
  variables_.resize(variables);
  return walked;
}

Execution::Walked Execution::range_integer(const BranchNode& branch, const Value& value,
                                           bool& ran) {
  if (branch.pipe->variables.size() > 1) {
    std::string text = "can't use ";
    append_int(text, value.integer);
    return fail(text + " to iterate over more than one variable");
  }
  Value item = value;
  for (std::int64_t i = 0; i < value.integer; ++i) {
    ran = true;
    item.integer = i;
    Walked walked = iteration(branch, {}, item);
    if (!walked || *walked == Flow::Break) return walked;
  }
  return Flow::On;
}

Execution::Walked Execution::range_list(const BranchNode& branch, const Value& value, bool& ran) {
  std::size_t size = is_nil(value) ? 0 : value.type == Type::Bytes ? value.size : list_size(value);
  for (std::size_t i = 0; i < size; ++i) {
    ran = true;
    Value item = value.type == Type::Bytes
                     ? Value::of_integer(Type::Uint8, static_cast<unsigned char>(value.chars[i]))
                     : list_item(value, i);
    Walked walked = iteration(branch, Value::of_int(static_cast<std::int64_t>(i)), item);
    if (!walked || *walked == Flow::Break) return walked;
  }
  return Flow::On;
}

Execution::Walked Execution::range_map(const BranchNode& branch, const Value& value, bool& ran) {
  MapView view = context_.heap.open(value);
  std::size_t size = view.size();
  // The entries as they are now, when the body may change the map.
  bool copies = !branch.leaves_nothing;
  std::vector<MapEntry> entries;
  if (copies) {
    if (Outcome reserved = context_.reserve(size * sizeof(MapEntry)); !reserved) {
      return fail(reserved.error().text, reserved.error().code);
    }
    entries.reserve(size);
    for (std::size_t i = 0; i < size; ++i) entries.push_back({view.key(i), view.value(i)});
  }
  for (std::size_t i = 0; i < size; ++i) {
    ran = true;
    Value key = Value::of_text(copies ? entries[i].key : view.key(i));
    Walked walked = iteration(branch, key, copies ? entries[i].value : view.value(i));
    if (!walked || *walked == Flow::Break) return walked;
  }
  return Flow::On;
}

Execution::Walked Execution::iteration(const BranchNode& branch, const Value& index,
                                       const Value& item) {
  const auto& declared = branch.pipe->variables;
  std::size_t variables = variables_.size();
  if (!declared.empty()) {
    bool two = declared.size() > 1;
    if (branch.pipe->assigns) {
      if (Outcome set = set_variable(*declared[0], two ? index : item); !set)
        return std::unexpected(set.error());
      if (two) {
        if (Outcome set = set_variable(*declared[1], item); !set)
          return std::unexpected(set.error());
      }
    } else {
      variables_[variables - 1].value = item;
      if (two) variables_[variables - 2].value = index;
    }
  }
  if (Outcome stepped = step(); !stepped) return std::unexpected(stepped.error());
  Heap::Mark mark;
  if (branch.leaves_nothing) mark = context_.heap.mark();
  Walked walked = walk_list(item, *branch.list);
  if (branch.leaves_nothing && walked) context_.heap.rewind(mark);
  variables_.resize(variables);
  return walked;
}

Execution::Walked Execution::walk_template(const Value& dot, const TemplateNode& call) {
  if (!call.target) return fail("template " + quoted(call.name) + " not defined");
  if (depth_ >= context_.options.limits.call_depth) {
    // Go's words; its limit is 100,000.
    return fail("exceeded maximum template depth (" +
                    std::to_string(context_.options.limits.call_depth) + ")",
                Code::TooLarge);
  }
  Value data;
  if (call.pipe) {
    Answer value = pipeline(dot, *call.pipe);
    if (!value) return std::unexpected(value.error());
    data = *value;
  }
  std::size_t variables = variables_.size();
  std::size_t base = base_;
  std::string_view running = running_;
  ++depth_;
  base_ = variables;
  running_ = call.target->name;
  push(0, data);
  Walked walked = walk_list(data, *call.target->root);
  running_ = running;
  base_ = base;
  --depth_;
  variables_.resize(variables);
  return walked;
}

Outcome Execution::print(const Node& node, const Value& value) {
  at(node);
  if (!value.valid()) {
    out_ += "<no value>";
    return {};
  }
  Outcome printed = append_value(out_, context_, value);
  if (!printed) return fail(printed.error().text, printed.error().code);
  return {};
}

Outcome Execution::set_variable(const VariableNode& variable, const Value& value) {
  for (std::size_t i = variables_.size(); i > base_; --i) {
    if (variables_[i - 1].id == variable.id) {
      variables_[i - 1].value = value;
      return {};
    }
  }
  return fail("undefined variable: " + std::string(variable.name));
}

}  // namespace lesto::gotemplate
