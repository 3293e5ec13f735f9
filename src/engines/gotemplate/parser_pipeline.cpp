// Pipelines: declarations, commands, operands.
#include "engines/gotemplate/constants.h"
#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/tree_parser.h"

namespace lesto::gotemplate {

bool TreeParser::declarations(PipeNode* pipe, std::vector<VariableNode*>& declared,
                              std::string_view context) {
  for (;;) {
    Item name = peek_non_space();
    if (name.type != ItemType::Variable) return true;
    next();
    // A blank after the variable matters only when it is an operand: keep it for going back.
    Item after = peek();
    Item following = peek_non_space();
    bool sets = following.type == ItemType::Assign || following.type == ItemType::Declare;
    if (sets) pipe->assigns = following.type == ItemType::Assign;
    bool comma = following.type == ItemType::Char && following.text == ",";
    if (!sets && !comma) {
      if (after.type == ItemType::Space) {
        back(name, after);
      } else {
        back(name);
      }
      return true;
    }
    next_non_space();
    declared.push_back(variable(name.position, name.text));
    variables_.push_back(name.text);
    ++shared_.declared;
    if (sets) {
      if (pipe->assigns) ++shared_.escaped;
      return true;
    }
    if (context == "range" && declared.size() < 2) {
      ItemType type = peek_non_space().type;
      if (type == ItemType::Variable || type == ItemType::RightDelim ||
          type == ItemType::RightParen)
        continue;
      fail("range can only initialize variables");
      return false;
    }
    fail("too many declarations in " + std::string(context));
    return false;
  }
}

PipeNode* TreeParser::pipeline(std::string_view context, ItemType end) {
  auto* pipe = shared_.node<PipeNode>(NodeKind::Pipe, peek_non_space().position);
  std::vector<VariableNode*> declared;
  if (!declarations(pipe, declared, context)) return nullptr;
  pipe->variables = shared_.keep(declared);
  std::vector<CommandNode*> commands;
  for (;;) {
    Item item = next_non_space();
    if (item.type == end) {
      pipe->commands = shared_.keep(commands);
      return check_pipeline(*pipe, context) ? pipe : nullptr;
    }
    switch (item.type) {
      case ItemType::Bool:
      case ItemType::CharConstant:
      case ItemType::Complex:
      case ItemType::Dot:
      case ItemType::Field:
      case ItemType::Identifier:
      case ItemType::Number:
      case ItemType::Nil:
      case ItemType::RawString:
      case ItemType::String:
      case ItemType::Variable:
      case ItemType::LeftParen: {
        back();
        CommandNode* made = command();
        if (!made) return nullptr;
        commands.push_back(made);
        break;
      }
      default: return unexpected(item, context);
    }
  }
}

bool TreeParser::check_pipeline(const PipeNode& pipe, std::string_view context) {
  if (pipe.commands.empty()) {
    fail("missing value for " + std::string(context));
    return false;
  }
  for (std::size_t i = 1; i < pipe.commands.size(); ++i) {
    switch (pipe.commands[i]->arguments[0]->kind) {
      case NodeKind::Bool:
      case NodeKind::Dot:
      case NodeKind::Nil:
      case NodeKind::Number:
      case NodeKind::String:
        fail("non executable command in pipeline stage " + std::to_string(i + 1));
        return false;
      default: break;
    }
  }
  return true;
}

CommandNode* TreeParser::command() {
  auto* made = shared_.node<CommandNode>(NodeKind::Command, peek_non_space().position);
  std::vector<Node*> arguments;
  for (;;) {
    peek_non_space();
    Node* argument = operand();
    if (failed()) return nullptr;
    if (argument) arguments.push_back(argument);
    Item item = next();
    if (item.type == ItemType::Space) continue;
    if (item.type == ItemType::RightDelim || item.type == ItemType::RightParen) {
      back();
    } else if (item.type != ItemType::Pipe) {
      return unexpected(item, "operand");
    }
    break;
  }
  if (arguments.empty()) return fail("empty command");
  made->arguments = shared_.keep(arguments);
  return made;
}

Node* TreeParser::operand() {
  Node* node = term();
  if (!node || peek().type != ItemType::Field) return node;
  return chained(node);
}

Node* TreeParser::chained(Node* node) {
  std::uint32_t position = peek().position;
  std::vector<std::string_view> names;
  if (node->kind == NodeKind::Field) {
    auto known = static_cast<FieldNode*>(node)->names;
    names.assign(known.begin(), known.end());
  }
  while (peek().type == ItemType::Field) names.push_back(next().text.substr(1));
  switch (node->kind) {
    case NodeKind::Field: {
      auto* made = shared_.node<FieldNode>(NodeKind::Field, position);
      made->names = shared_.keep(names);
      return made;
    }
    case NodeKind::Variable: {
      auto* made = static_cast<VariableNode*>(node);
      made->position = position;
      made->names = shared_.keep(names);
      return made;
    }
    case NodeKind::Bool:
    case NodeKind::String:
    case NodeKind::Number:
    case NodeKind::Nil:
    case NodeKind::Dot: return fail("unexpected . after term " + quoted(node_text(*node)));
    default: {
      auto* made = shared_.node<ChainNode>(NodeKind::Chain, position);
      made->node = node;
      made->names = shared_.keep(names);
      return made;
    }
  }
}

VariableNode* TreeParser::variable(std::uint32_t position, std::string_view name) {
  auto* made = shared_.node<VariableNode>(NodeKind::Variable, position);
  made->name = name;
  made->id = shared_.variable_id(name);
  return made;
}

Node* TreeParser::identifier(const Item& item) {
  const Function* function = find_function(item.text, shared_.dialect);
  if (!function) return fail("function " + quoted(item.text) + " not defined");
  if (function->changes) {
    ++shared_.escaped;
    shared_.parsed.changes = true;
  }
  auto* made = shared_.node<IdentifierNode>(NodeKind::Identifier, item.position);
  made->name = item.text;
  made->function = function;
  return made;
}

Node* TreeParser::term() {
  Item item = next_non_space();
  switch (item.type) {
    case ItemType::Identifier: return identifier(item);
    case ItemType::Dot: return shared_.node<Node>(NodeKind::Dot, item.position);
    case ItemType::Nil: return shared_.node<Node>(NodeKind::Nil, item.position);
    case ItemType::Variable:
      if (std::find(variables_.begin(), variables_.end(), item.text) == variables_.end()) {
        return fail("undefined variable " + quoted(item.text));
      }
      return variable(item.position, item.text);
    case ItemType::Field: {
      auto* node = shared_.node<FieldNode>(NodeKind::Field, item.position);
      node->names = shared_.keep(std::vector<std::string_view>{item.text.substr(1)});
      return node;
    }
    case ItemType::Bool:
    case ItemType::CharConstant:
    case ItemType::Complex:
    case ItemType::Number:
    case ItemType::String:
    case ItemType::RawString: {
      auto made = make_constant(item, shared_.heap);
      if (!made) return fail(std::move(made.error()));
      return *made;
    }
    case ItemType::LeftParen: {
      if (++shared_.depth > kNestingDepth) {
        shared_.code = Code::TooLarge;
        return fail("max expression depth exceeded");
      }
      PipeNode* pipe = pipeline("parenthesized pipeline", ItemType::RightParen);
      --shared_.depth;
      return pipe;
    }
    default: break;
  }
  back();
  return nullptr;
}

}  // namespace lesto::gotemplate
