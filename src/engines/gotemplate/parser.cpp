#include "engines/gotemplate/parser.h"

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/tree_parser.h"

namespace lesto::gotemplate {

Item TreeParser::next() {
  if (peeked_ > 0) {
    --peeked_;
  } else {
    tokens_[0] = shared_.lexer.next();
  }
  return tokens_[peeked_];
}

Item TreeParser::peek() {
  if (peeked_ > 0) return tokens_[peeked_ - 1];
  peeked_ = 1;
  tokens_[0] = shared_.lexer.next();
  return tokens_[0];
}

Item TreeParser::next_non_space() {
  Item item = next();
  while (item.type == ItemType::Space) item = next();
  return item;
}

Item TreeParser::peek_non_space() {
  Item item = next_non_space();
  back();
  return item;
}

void TreeParser::back(const Item& first) {
  tokens_[1] = first;
  peeked_ = 2;
}

void TreeParser::back(const Item& second, const Item& first) {
  tokens_[1] = first;
  tokens_[2] = second;
  peeked_ = 3;
}

std::nullptr_t TreeParser::fail(std::string message) {
  if (shared_.failed) return nullptr;
  shared_.failed = true;
  shared_.error = "template: " + std::string(shared_.name) + ":" + std::to_string(tokens_[0].line) +
                  ": " + message;
  return nullptr;
}

std::nullptr_t TreeParser::unexpected(const Item& item, std::string_view context) {
  if (item.type != ItemType::Error)
    return fail("unexpected " + item.describe() + " in " + std::string(context));
  std::string message = item.describe();
  if (action_line_ != 0 && action_line_ != item.line) {
    // Not "action in action".
    message += message.ends_with(" action") ? "" : " in action";
    message += " started at " + std::string(shared_.name) + ":" + std::to_string(action_line_);
  }
  return fail(std::move(message));
}

Item TreeParser::expect(ItemType type, std::string_view context) {
  Item item = next_non_space();
  if (item.type != type) unexpected(item, context);
  return item;
}

ListNode* TreeParser::list(std::uint32_t position, const std::vector<Node*>& nodes) {
  auto* made = shared_.node<ListNode>(NodeKind::List, position);
  made->nodes = shared_.keep(nodes);
  return made;
}

void TreeParser::parse() {
  std::uint32_t position = peek().position;
  std::vector<Node*> nodes;
  while (peek().type != ItemType::Eof) {
    if (peek().type == ItemType::LeftDelim) {
      Item delim = next();
      if (next_non_space().type == ItemType::Define) {
        TreeParser definition(shared_, "definition");
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

void TreeParser::parse_definition() {
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

void TreeParser::add(ListNode* root) {
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

ListNode* TreeParser::item_list(Node*& end) {
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

Node* TreeParser::text_or_action() {
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

Node* TreeParser::action() {
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

Node* TreeParser::loop_control(NodeKind kind, const Item& item, std::string_view context) {
  Item end = next_non_space();
  if (end.type != ItemType::RightDelim) return unexpected(end, context);
  if (range_depth_ == 0) return fail(std::string(context) + " outside {{range}}");
  return shared_.node<Node>(kind, item.position);
}

Node* TreeParser::else_control() {
  Item following = peek_non_space();
  if (following.type == ItemType::If || following.type == ItemType::With) {
    return shared_.node<Node>(NodeKind::Else, following.position);
  }
  Item end = expect(ItemType::RightDelim, "else");
  return failed() ? nullptr : shared_.node<Node>(NodeKind::Else, end.position);
}

bool TreeParser::template_name(const Item& item, std::string_view context, std::string_view& name) {
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

Node* TreeParser::block_control() {
  constexpr std::string_view kContext = "block clause";
  Item item = next_non_space();
  std::string_view name;
  if (!template_name(item, kContext, name)) return nullptr;
  auto* call = shared_.node<TemplateNode>(NodeKind::Template, item.position);
  call->name = name;
  call->pipe = pipeline(kContext, ItemType::RightDelim);
  if (!call->pipe) return nullptr;
  TreeParser block(shared_, name);
  Node* end = nullptr;
  ListNode* root = block.item_list(end);
  if (!root) return nullptr;
  if (end->kind != NodeKind::End)
    return fail("unexpected " + node_text(*end) + " in " + std::string(kContext));
  block.add(root);
  if (failed()) return nullptr;
  shared_.calls.push_back(call);
  ++shared_.escaped;
  return call;
}

Node* TreeParser::template_control() {
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

Node* TreeParser::branch(NodeKind kind, std::string_view context) {
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

const Definition* ParsedTemplate::find(std::string_view name) const {
  for (const Definition& definition : definitions) {
    if (definition.name == name) return &definition;
  }
  return nullptr;
}

Result<ParsedTemplate> parse_template(std::string_view name, std::string_view text, Dialect dialect,
                                      Heap& heap) {
  ParserState shared(name, text, dialect, heap);
  // "$" has the first id.
  shared.variable_id("$");
  TreeParser tree(shared, name);
  tree.parse();
  if (shared.failed) return fail(shared.code, std::move(shared.error));
  for (TemplateNode* call : shared.calls) call->target = shared.parsed.find(call->name);
  return std::move(shared.parsed);
}

}  // namespace lesto::gotemplate
