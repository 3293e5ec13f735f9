// x-kubernetes-validations: CEL rules of a schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engines/cel/cel.h"
#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

struct Rule {
  json::Value written;  // as in the schema
  std::shared_ptr<const cel::Program> program;
  std::shared_ptr<const cel::Program> message;  // of messageExpression
  std::string error;                            // why the rule does not compile
  std::string message_error;                    // why its messageExpression does not
  std::string field_path;                       // where its problems stand, below the node
  bool uses_old_self = false;
  bool optional_old_self = false;
};

// The compiled rules of one node. `type` is what self is.
struct RuleSet {
  cel::TypeRef type;
  std::vector<Rule> rules;
};

enum class Position : bool { Inside, ResourceRoot };

// Compiles the rules of a tree.
void compile_rules(Node& root);

// What is wrong with the rules of one node, as a CRD's author is told; `path` is that of
// x-kubernetes-validations. `uncorrelatable` is the place because of which oldSelf cannot be used;
// empty when it can.
Problems check_node_rules(const Node& node, const std::string& path,
                          const std::string& uncorrelatable);

// Runs the rules of a value and of what is below it.
Problems run_rules(const json::Value& value, const Node& node, const json::Value* old,
                   std::string_view path);

}  // namespace lesto::apiserver::schema
