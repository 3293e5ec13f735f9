#include "engines/gotemplate/parser.h"

#include "engines/gotemplate/constants.h"
#include "engines/gotemplate/lexer.h"
#include "engines/gotemplate/quote.h"

namespace lesto::gotemplate {
namespace {

// What all the trees of one text share.
struct Shared {
  Shared(std::string_view template_name, std::string_view text, Dialect functions, Heap& nodes)
      : name(template_name), dialect(functions), heap(nodes), lexer(text) {}

  std::string_view name;
  Dialect dialect;
  Heap& heap;
  Lexer lexer;
  ParsedTemplate parsed;
  std::vector<TemplateNode*> calls;
  std::vector<std::string_view> variables;
  std::string error;
  Code code = Code::Invalid;
  bool failed = false;
  std::size_t depth = 0;
  // Marks of what outlives an action (declarations) or a block (assignments, changes of maps, calls).
  std::size_t declared = 0;
  std::size_t escaped = 0;

  template <class T>
  T* node(NodeKind kind, std::uint32_t position) {
    T made;
    made.kind = kind;
    made.position = position;
    return heap.make(made);
  }
  template <class T>
  std::span<T const> keep(const std::vector<T>& items) {
    if (items.empty()) return {};
    char* memory = heap.bytes(items.size() * sizeof(T) + alignof(T));
    auto gap = (0 - reinterpret_cast<std::uintptr_t>(memory)) & (alignof(T) - 1);
    T* first = reinterpret_cast<T*>(memory + gap);
    std::uninitialized_copy(items.begin(), items.end(), first);
    return {first, items.size()};
  }
  std::uint32_t variable_id(std::string_view variable) {
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (variables[i] == variable) return static_cast<std::uint32_t>(i);
    }
    variables.push_back(variable);
    return static_cast<std::uint32_t>(variables.size() - 1);
  }
};

// One named tree of the text. Whatever fails sets shared_.failed and returns null.
class Tree {
 public:
  Tree(Shared& shared, std::string_view name) : shared_(shared), name_(name) { variables_.push_back("$"); }

  void parse();

 private:
  Item next();
  Item peek();
  Item next_non_space();
  Item peek_non_space();
  void back() { ++peeked_; }
  void back(const Item& first);
  void back(const Item& second, const Item& first);
  Item expect(ItemType type, std::string_view context);

  bool failed() const { return shared_.failed; }
  std::nullptr_t fail(std::string message);
  std::nullptr_t unexpected(const Item& item, std::string_view context);

  void parse_definition();
  void add(ListNode* root);
  ListNode* item_list(Node*& end);
  Node* text_or_action();
  Node* action();
  Node* loop_control(NodeKind kind, const Item& item, std::string_view context);
  Node* block_control();
  Node* else_control();
  Node* template_control();
  Node* branch(NodeKind kind, std::string_view context);
  bool template_name(const Item& item, std::string_view context, std::string_view& name);
  PipeNode* pipeline(std::string_view context, ItemType end);
  bool declarations(PipeNode* pipe, std::vector<VariableNode*>& declared, std::string_view context);
  bool check_pipeline(const PipeNode& pipe, std::string_view context);
  CommandNode* command();
  Node* operand();
  Node* term();
  Node* identifier(const Item& item);
  Node* chained(Node* node);
  VariableNode* variable(std::uint32_t position, std::string_view name);
  ListNode* list(std::uint32_t position, const std::vector<Node*>& nodes);

  Shared& shared_;
  std::string_view name_;
  Item tokens_[3];
  int peeked_ = 0;
  std::vector<std::string_view> variables_;
  std::uint32_t action_line_ = 0;
  int range_depth_ = 0;
};

Item Tree::next() {
  if (peeked_ > 0) {
    --peeked_;
  } else {
    tokens_[0] = shared_.lexer.next();
  }
  return tokens_[peeked_];
}

Item Tree::peek() {
  if (peeked_ > 0) return tokens_[peeked_ - 1];
  peeked_ = 1;
  tokens_[0] = shared_.lexer.next();
  return tokens_[0];
}

Item Tree::next_non_space() {
  Item item = next();
  while (item.type == ItemType::Space) item = next();
  return item;
}

Item Tree::peek_non_space() {
  Item item = next_non_space();
  back();
  return item;
}

void Tree::back(const Item& first) {
  tokens_[1] = first;
  peeked_ = 2;
}

void Tree::back(const Item& second, const Item& first) {
  tokens_[1] = first;
  tokens_[2] = second;
  peeked_ = 3;
}

std::nullptr_t Tree::fail(std::string message) {
  if (shared_.failed) return nullptr;
  shared_.failed = true;
  shared_.error = "template: " + std::string(shared_.name) + ":" + std::to_string(tokens_[0].line) + ": " + message;
  return nullptr;
}

std::nullptr_t Tree::unexpected(const Item& item, std::string_view context) {
  if (item.type != ItemType::Error) return fail("unexpected " + item.describe() + " in " + std::string(context));
  std::string message = item.describe();
  if (action_line_ != 0 && action_line_ != item.line) {
    // Not "action in action".
    message += message.ends_with(" action") ? "" : " in action";
    message += " started at " + std::string(shared_.name) + ":" + std::to_string(action_line_);
  }
  return fail(std::move(message));
}

Item Tree::expect(ItemType type, std::string_view context) {
  Item item = next_non_space();
  if (item.type != type) unexpected(item, context);
  return item;
}

ListNode* Tree::list(std::uint32_t position, const std::vector<Node*>& nodes) {
  auto* made = shared_.node<ListNode>(NodeKind::List, position);
  made->nodes = shared_.keep(nodes);
  return made;
}

void Tree::parse() {
  std::uint32_t position = peek().position;
  std::vector<Node*> nodes;
  while (peek().type != ItemType::Eof) {
    if (peek().type == ItemType::LeftDelim) {
      Item delim = next();
      if (next_non_space().type == ItemType::Define) {
        Tree definition(shared_, "definition");
        definition.parse_definition();
        if (failed()) return;
        continue;
      }
      back(delim);
    }
    Node* node = text_or_action();
    if (!node) return;
    if (node->kind == NodeKind::End || node->kind == NodeKind::Else) {
      fail("unexpected " + node_text(*node));
      return;
    }
    nodes.push_back(node);
  }
  add(list(position, nodes));
}

void Tree::parse_definition() {
  constexpr std::string_view kContext = "define clause";
  Item name = next_non_space();
  if (!template_name(name, kContext, name_)) return;
  expect(ItemType::RightDelim, kContext);
  if (failed()) return;
  Node* end = nullptr;
  ListNode* root = item_list(end);
  if (!root) return;
  if (end->kind != NodeKind::End) {
    fail("unexpected " + node_text(*end) + " in " + std::string(kContext));
    return;
  }
  add(root);
}

void Tree::add(ListNode* root) {
  for (Definition& known : shared_.parsed.definitions) {
    if (known.name != name_) continue;
    if (is_empty_tree(known.root)) {
      known.root = root;
    } else if (!is_empty_tree(root)) {
      fail("template: multiple definition of template " + quoted(name_));
    }
    return;
  }
  shared_.parsed.definitions.push_back({name_, root});
}

ListNode* Tree::item_list(Node*& end) {
  if (++shared_.depth > kNestingDepth) {
    shared_.code = Code::TooLarge;
    return fail("blocks are nested deeper than the limit of " + std::to_string(kNestingDepth));
  }
  std::uint32_t position = peek_non_space().position;
  std::vector<Node*> nodes;
  while (peek_non_space().type != ItemType::Eof) {
    Node* node = text_or_action();
    if (!node) return nullptr;
    if (node->kind == NodeKind::End || node->kind == NodeKind::Else) {
      end = node;
      --shared_.depth;
      return list(position, nodes);
    }
    nodes.push_back(node);
  }
  return fail("unexpected EOF");
}

Node* Tree::text_or_action() {
  Item item = next_non_space();
  if (item.type == ItemType::Text) {
    auto* node = shared_.node<TextNode>(NodeKind::Text, item.position);
    node->text = item.text;
    return node;
  }
  if (item.type != ItemType::LeftDelim) return unexpected(item, "input");
  action_line_ = item.line;
  std::size_t declared = shared_.declared;
  std::size_t escaped = shared_.escaped;
  Node* node = action();
  action_line_ = 0;
  if (!node) return nullptr;
  bool keeps = node->kind == NodeKind::Action && declared != shared_.declared;
  node->leaves_nothing = !keeps && escaped == shared_.escaped;
  return node;
}

Node* Tree::action() {
  Item item = next_non_space();
  switch (item.type) {
    case ItemType::Block: return block_control();
    case ItemType::Break: return loop_control(NodeKind::Break, item, "{{break}}");
    case ItemType::Continue: return loop_control(NodeKind::Continue, item, "{{continue}}");
    case ItemType::Else: return else_control();
    case ItemType::End: {
      Item end = expect(ItemType::RightDelim, "end");
      return failed() ? nullptr : shared_.node<Node>(NodeKind::End, end.position);
    }
    case ItemType::If: return branch(NodeKind::If, "if");
    case ItemType::Range: return branch(NodeKind::Range, "range");
    case ItemType::With: return branch(NodeKind::With, "with");
    case ItemType::Template: return template_control();
    default: break;
  }
  back();
  auto* node = shared_.node<ActionNode>(NodeKind::Action, peek().position);
  node->pipe = pipeline("command", ItemType::RightDelim);
  return node->pipe ? node : nullptr;
}

Node* Tree::loop_control(NodeKind kind, const Item& item, std::string_view context) {
  Item end = next_non_space();
  if (end.type != ItemType::RightDelim) return unexpected(end, context);
  if (range_depth_ == 0) return fail(std::string(context) + " outside {{range}}");
  return shared_.node<Node>(kind, item.position);
}

Node* Tree::else_control() {
  Item following = peek_non_space();
  if (following.type == ItemType::If || following.type == ItemType::With) {
    return shared_.node<Node>(NodeKind::Else, following.position);
  }
  Item end = expect(ItemType::RightDelim, "else");
  return failed() ? nullptr : shared_.node<Node>(NodeKind::Else, end.position);
}

bool Tree::template_name(const Item& item, std::string_view context, std::string_view& name) {
  if (item.type != ItemType::String && item.type != ItemType::RawString) {
    unexpected(item, context);
    return false;
  }
  auto text = unquote(item.text);
  if (!text) {
    fail("invalid syntax");
    return false;
  }
  name = shared_.heap.copy(*text);
  return true;
}

Node* Tree::block_control() {
  constexpr std::string_view kContext = "block clause";
  Item item = next_non_space();
  std::string_view name;
  if (!template_name(item, kContext, name)) return nullptr;
  auto* call = shared_.node<TemplateNode>(NodeKind::Template, item.position);
  call->name = name;
  call->pipe = pipeline(kContext, ItemType::RightDelim);
  if (!call->pipe) return nullptr;
  Tree block(shared_, name);
  Node* end = nullptr;
  ListNode* root = block.item_list(end);
  if (!root) return nullptr;
  if (end->kind != NodeKind::End) return fail("unexpected " + node_text(*end) + " in " + std::string(kContext));
  block.add(root);
  if (failed()) return nullptr;
  shared_.calls.push_back(call);
  ++shared_.escaped;
  return call;
}

Node* Tree::template_control() {
  constexpr std::string_view kContext = "template clause";
  Item item = next_non_space();
  std::string_view name;
  if (!template_name(item, kContext, name)) return nullptr;
  auto* call = shared_.node<TemplateNode>(NodeKind::Template, item.position);
  call->name = name;
  if (next_non_space().type != ItemType::RightDelim) {
    back();
    call->pipe = pipeline(kContext, ItemType::RightDelim);
    if (!call->pipe) return nullptr;
  }
  shared_.calls.push_back(call);
  ++shared_.escaped;
  return call;
}

Node* Tree::branch(NodeKind kind, std::string_view context) {
  std::size_t variables = variables_.size();
  auto* node = shared_.node<BranchNode>(kind, 0);
  node->pipe = pipeline(context, ItemType::RightDelim);
  if (!node->pipe) return nullptr;
  node->position = node->pipe->position;
  if (kind == NodeKind::Range) ++range_depth_;
  Node* end = nullptr;
  node->list = item_list(end);
  if (!node->list) return nullptr;
  if (kind == NodeKind::Range) --range_depth_;
  if (end->kind == NodeKind::Else) {
    ItemType following = peek().type;
    bool chained_if = kind == NodeKind::If && following == ItemType::If;
    if (chained_if || (kind == NodeKind::With && following == ItemType::With)) {
      next();
      if (++shared_.depth > kNestingDepth) {
        shared_.code = Code::TooLarge;
        return fail("blocks are nested deeper than the limit of " + std::to_string(kNestingDepth));
      }
      Node* chained_branch = branch(kind, context);
      --shared_.depth;
      if (!chained_branch) return nullptr;
      node->else_list = list(end->position, {chained_branch});
    } else {
      Node* last = nullptr;
      node->else_list = item_list(last);
      if (!node->else_list) return nullptr;
      if (last->kind != NodeKind::End) return fail("expected end; found " + node_text(*last));
    }
  }
  variables_.resize(variables);
  return node;
}

bool Tree::declarations(PipeNode* pipe, std::vector<VariableNode*>& declared, std::string_view context) {
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
      if (type == ItemType::Variable || type == ItemType::RightDelim || type == ItemType::RightParen) continue;
      fail("range can only initialize variables");
      return false;
    }
    fail("too many declarations in " + std::string(context));
    return false;
  }
}

PipeNode* Tree::pipeline(std::string_view context, ItemType end) {
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
      case ItemType::Bool: case ItemType::CharConstant: case ItemType::Complex: case ItemType::Dot:
      case ItemType::Field: case ItemType::Identifier: case ItemType::Number: case ItemType::Nil:
      case ItemType::RawString: case ItemType::String: case ItemType::Variable: case ItemType::LeftParen: {
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

bool Tree::check_pipeline(const PipeNode& pipe, std::string_view context) {
  if (pipe.commands.empty()) {
    fail("missing value for " + std::string(context));
    return false;
  }
  for (std::size_t i = 1; i < pipe.commands.size(); ++i) {
    switch (pipe.commands[i]->arguments[0]->kind) {
      case NodeKind::Bool: case NodeKind::Dot: case NodeKind::Nil: case NodeKind::Number: case NodeKind::String:
        fail("non executable command in pipeline stage " + std::to_string(i + 1));
        return false;
      default: break;
    }
  }
  return true;
}

CommandNode* Tree::command() {
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

Node* Tree::operand() {
  Node* node = term();
  if (!node || peek().type != ItemType::Field) return node;
  return chained(node);
}

Node* Tree::chained(Node* node) {
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
    case NodeKind::Bool: case NodeKind::String: case NodeKind::Number: case NodeKind::Nil: case NodeKind::Dot:
      return fail("unexpected . after term " + quoted(node_text(*node)));
    default: {
      auto* made = shared_.node<ChainNode>(NodeKind::Chain, position);
      made->node = node;
      made->names = shared_.keep(names);
      return made;
    }
  }
}

VariableNode* Tree::variable(std::uint32_t position, std::string_view name) {
  auto* made = shared_.node<VariableNode>(NodeKind::Variable, position);
  made->name = name;
  made->id = shared_.variable_id(name);
  return made;
}

Node* Tree::identifier(const Item& item) {
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

Node* Tree::term() {
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
    case ItemType::Bool: case ItemType::CharConstant: case ItemType::Complex: case ItemType::Number:
    case ItemType::String: case ItemType::RawString: {
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

}  // namespace

const Definition* ParsedTemplate::find(std::string_view name) const {
  for (const Definition& definition : definitions) {
    if (definition.name == name) return &definition;
  }
  return nullptr;
}

Result<ParsedTemplate> parse_template(std::string_view name, std::string_view text, Dialect dialect, Heap& heap) {
  Shared shared(name, text, dialect, heap);
  // "$" has the first id.
  shared.variable_id("$");
  Tree tree(shared, name);
  tree.parse();
  if (shared.failed) return fail(shared.code, std::move(shared.error));
  for (TemplateNode* call : shared.calls) call->target = shared.parsed.find(call->name);
  return std::move(shared.parsed);
}

}  // namespace lesto::gotemplate
