#include "engines/gotemplate/nodes.h"

#include "engines/gotemplate/quote.h"
#include "engines/gotemplate/unicode.h"

namespace lesto::gotemplate {
namespace {

void append_names(std::string& out, std::span<const std::string_view> names) {
  for (std::string_view name : names) {
    out += '.';
    out += name;
  }
}

void append_argument(std::string& out, const Node& node) {
  if (node.kind == NodeKind::Pipe) {
    out += '(';
    append_node(out, node);
    out += ')';
  } else {
    append_node(out, node);
  }
}

void append_pipe(std::string& out, const PipeNode& pipe) {
  const char* separator = "";
  for (const VariableNode* variable : pipe.variables) {
    out += separator;
    append_node(out, *variable);
    separator = ", ";
  }
  if (!pipe.variables.empty()) out += pipe.assigns ? " = " : " := ";
  separator = "";
  for (const CommandNode* command : pipe.commands) {
    out += separator;
    append_node(out, *command);
    separator = " | ";
  }
}

void append_branch(std::string& out, const BranchNode& branch, const char* name) {
  out += "{{";
  out += name;
  append_pipe(out, *branch.pipe);
  out += "}}";
  append_node(out, *branch.list);
  if (branch.else_list) {
    out += "{{else}}";
    append_node(out, *branch.else_list);
  }
  out += "{{end}}";
}

}  // namespace

void append_node(std::string& out, const Node& node) {
  switch (node.kind) {
    case NodeKind::Text: out += static_cast<const TextNode&>(node).text; break;
    case NodeKind::Action:
      out += "{{";
      append_pipe(out, *static_cast<const ActionNode&>(node).pipe);
      out += "}}";
      break;
    case NodeKind::Bool:
    case NodeKind::Number:
    case NodeKind::String: out += static_cast<const ConstantNode&>(node).literal; break;
    case NodeKind::Chain: {
      const auto& chain = static_cast<const ChainNode&>(node);
      append_argument(out, *chain.node);
      append_names(out, chain.names);
      break;
    }
    case NodeKind::Command: {
      const char* separator = "";
      for (const Node* argument : static_cast<const CommandNode&>(node).arguments) {
        out += separator;
        append_argument(out, *argument);
        separator = " ";
      }
      break;
    }
    case NodeKind::Dot: out += '.'; break;
    case NodeKind::Field: append_names(out, static_cast<const FieldNode&>(node).names); break;
    case NodeKind::Identifier: out += static_cast<const IdentifierNode&>(node).name; break;
    case NodeKind::If: append_branch(out, static_cast<const BranchNode&>(node), "if "); break;
    case NodeKind::Range: append_branch(out, static_cast<const BranchNode&>(node), "range "); break;
    case NodeKind::With: append_branch(out, static_cast<const BranchNode&>(node), "with "); break;
    case NodeKind::List:
      for (const Node* each : static_cast<const ListNode&>(node).nodes) append_node(out, *each);
      break;
    case NodeKind::Nil: out += "nil"; break;
    case NodeKind::Pipe: append_pipe(out, static_cast<const PipeNode&>(node)); break;
    case NodeKind::Template: {
      const auto& call = static_cast<const TemplateNode&>(node);
      out += "{{template ";
      append_quoted(out, call.name);
      if (call.pipe) {
        out += ' ';
        append_pipe(out, *call.pipe);
      }
      out += "}}";
      break;
    }
    case NodeKind::Variable: {
      const auto& variable = static_cast<const VariableNode&>(node);
      out += variable.name;
      append_names(out, variable.names);
      break;
    }
    case NodeKind::Break: out += "{{break}}"; break;
    case NodeKind::Continue: out += "{{continue}}"; break;
    case NodeKind::End: out += "{{end}}"; break;
    case NodeKind::Else: out += "{{else}}"; break;
  }
}

std::string node_text(const Node& node) {
  std::string out;
  append_node(out, node);
  return out;
}

bool is_empty_tree(const Node* node) {
  if (!node) return true;
  if (node->kind == NodeKind::Text)
    return trim_space(static_cast<const TextNode*>(node)->text).empty();
  if (node->kind != NodeKind::List) return false;
  for (const Node* each : static_cast<const ListNode*>(node)->nodes) {
    if (!is_empty_tree(each)) return false;
  }
  return true;
}

}  // namespace lesto::gotemplate
