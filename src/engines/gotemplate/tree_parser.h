// The parser of one text and its named trees. Private to parser*.cpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/gotemplate/lexer.h"
#include "engines/gotemplate/parser.h"

namespace lesto::gotemplate {

// What all the trees of one text share.
struct ParserState {
  ParserState(std::string_view template_name, std::string_view text, Dialect functions, Heap& nodes)
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
  // Marks of what outlives an action (declarations) or a block (assignments, changes of maps,
  // calls).
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
class TreeParser {
 public:
  TreeParser(ParserState& shared, std::string_view name) : shared_(shared), name_(name) {
    variables_.push_back("$");
  }

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

  ParserState& shared_;
  std::string_view name_;
  Item tokens_[3];
  int peeked_ = 0;
  std::vector<std::string_view> variables_;
  std::uint32_t action_line_ = 0;
  int range_depth_ = 0;
};

}  // namespace lesto::gotemplate
