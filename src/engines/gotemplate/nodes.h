// The parsed form of a template. Nodes are plain, immutable after parsing, and live in the
// template's heap.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engines/gotemplate/value.h"

namespace lesto::gotemplate {

struct Function;
struct Definition;

enum class NodeKind : std::uint8_t {
  Text,
  Action,
  Bool,
  Chain,
  Command,
  Dot,
  Field,
  Identifier,
  If,
  List,
  Nil,
  Number,
  Pipe,
  Range,
  String,
  Template,
  Variable,
  With,
  Break,
  Continue,
  End,
  Else,
};

struct Node {
  NodeKind kind = NodeKind::Nil;
  // Nothing that is made while this node runs is needed after it: memory can be given back.
  bool leaves_nothing = false;
  std::uint32_t position = 0;
};

struct ListNode : Node {
  std::span<Node* const> nodes;
};

struct TextNode : Node {
  std::string_view text;
};

struct PipeNode;

struct ActionNode : Node {
  PipeNode* pipe = nullptr;
};

// A constant: bool, string, number.
struct ConstantNode : Node {
  Value value;
  // As it was written.
  std::string_view literal;
};

struct NumberNode : ConstantNode {
  bool is_int = false;
  bool is_uint = false;
  bool is_float = false;
  bool is_complex = false;
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double number = 0;
};

struct IdentifierNode : Node {
  std::string_view name;
  const Function* function = nullptr;
};

// .a.b: the names; $x.a.b: the names after the variable.
struct FieldNode : Node {
  std::span<const std::string_view> names;
};
struct VariableNode : Node {
  std::string_view name;
  // Equal for equal names of one template.
  std::uint32_t id = 0;
  std::span<const std::string_view> names;
};
// (pipeline).a.b
struct ChainNode : Node {
  Node* node = nullptr;
  std::span<const std::string_view> names;
};

struct CommandNode : Node {
  std::span<Node* const> arguments;
};

struct PipeNode : Node {
  bool assigns = false;
  std::span<VariableNode* const> variables;
  std::span<CommandNode* const> commands;
};

// if, range, with
struct BranchNode : Node {
  PipeNode* pipe = nullptr;
  ListNode* list = nullptr;
  ListNode* else_list = nullptr;
};

struct TemplateNode : Node {
  std::string_view name;
  PipeNode* pipe = nullptr;
  // Null when no template of this name is defined.
  const Definition* target = nullptr;
};

// A named template of a text.
struct Definition {
  std::string_view name;
  ListNode* root = nullptr;
};

// The node as Go writes it in errors.
void append_node(std::string& out, const Node& node);
std::string node_text(const Node& node);

// Only blanks, comments and definitions.
bool is_empty_tree(const Node* node);

}  // namespace lesto::gotemplate
