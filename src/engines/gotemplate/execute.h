// Walks a parsed template over data and writes its output.
#pragma once

#include <string>
#include <vector>

#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/nodes.h"
#include "engines/gotemplate/parser.h"
#include "engines/gotemplate/template.h"

namespace lesto::gotemplate {

// One execution. Works as Go's text/template does, including which node an error names.
class Execution {
 public:
  // All borrowed. `fault` may be null; it is filled when the execution fails at some value.
  Execution(std::string_view name, std::string_view text, Context& context, std::string& out,
            Fault* fault = nullptr)
      : name_(name), text_(text), context_(context), out_(out), fault_(fault) {}

  Outcome run(const Definition& definition, const Value& data);

 private:
  enum class Flow : std::uint8_t { On, Break, Continue };
  using Walked = std::expected<Flow, Failure>;
  struct Variable {
    std::uint32_t id = 0;
    Value value;
  };
  // The value that a pipeline hands to its next command; null when there is none.
  using Final = const Value*;
  using Arguments = std::span<Node* const>;

  Walked walk(const Value& dot, const Node& node);
  Walked walk_list(const Value& dot, const ListNode& list);
  Walked walk_if_or_with(const Value& dot, const BranchNode& branch);
  Walked walk_range(const Value& dot, const BranchNode& branch);
  Walked range_integer(const BranchNode& branch, const Value& value, bool& ran);
  Walked range_list(const BranchNode& branch, const Value& value, bool& ran);
  Walked range_map(const BranchNode& branch, const Value& value, bool& ran);
  Walked iteration(const BranchNode& branch, const Value& index, const Value& item);
  Walked walk_template(const Value& dot, const TemplateNode& call);
  Outcome print(const Node& node, const Value& value);

  Answer pipeline(const Value& dot, const PipeNode& pipe);
  Answer command(const Value& dot, const CommandNode& command, Final final);
  Answer constant(const NumberNode& number);
  Answer fields(const Value& dot, const Value& receiver, const Node& node,
                std::span<const std::string_view> names, Arguments arguments, Final final);
  Answer field(const Value& dot, std::string_view name, const Node& node, Arguments arguments,
               Final final, const Value& receiver);
  Answer map_field(std::string_view name, const Value& map, bool has_arguments);
  Answer struct_field(std::string_view name, const Value& receiver, const Value& content,
                      bool has_arguments);
  Answer chain(const Value& dot, const ChainNode& chain, Arguments arguments, Final final);
  Answer variable(const Value& dot, const VariableNode& variable, Arguments arguments, Final final);
  Answer function(const Value& dot, const IdentifierNode& identifier, const Node& command,
                  Arguments arguments, Final final);
  Answer call(const Value& dot, const Function& function, const Node& node, std::string_view name,
              Arguments arguments, Final final, const Value* receiver);
  Answer invoke(const Function& function, const Node& node, std::string_view name,
                std::span<const Value> arguments);
  Answer and_or(const Value& dot, const Function& function, Arguments arguments, Final final);
  Answer call_builtin(const Value& dot, const Node& node, Arguments arguments, Final final);
  // The argument for a parameter of the given type; letter 0 takes whatever comes.
  Answer argument(const Value& dot, char letter, const Node& node);
  Answer literal(const Value& dot, char letter, const Node& node);
  Answer any_literal(const Value& dot, const Node& node);
  Answer validate(const Value& value, char letter);

  Outcome set_variable(const VariableNode& variable, const Value& value);
  void push(std::uint32_t id, const Value& value) { variables_.push_back({id, value}); }

  void at(const Node& node) { node_ = &node; }
  // The error at the current node, as Go words it.
  std::unexpected<Failure> fail(std::string_view message, Code code = Code::Invalid);
  Outcome step();
  // Notes the value that the failure is about.
  void blame(std::string what, const Value& value);
  void blame_arguments(std::string_view name, std::span<const Value> arguments);

  std::string_view name_;
  std::string_view text_;
  Context& context_;
  std::string& out_;
  Fault* fault_;
  const Node* node_ = nullptr;
  // Name of the template that runs.
  std::string_view running_;
  // Variables of the running template; those of its callers lie below base_.
  std::vector<Variable> variables_;
  std::size_t base_ = 0;
  std::size_t depth_ = 0;
  std::size_t nesting_ = 0;
};

}  // namespace lesto::gotemplate
