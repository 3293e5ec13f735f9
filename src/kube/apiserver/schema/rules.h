// x-kubernetes-validations: CEL rules of a schema.
#pragma once

#include "foundation/json/value.h"
#include "kube/apiserver/schema/node.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {

// The compiled rules of one node.
struct RuleSet {};

// Compiles the rules of a tree.
void compile_rules(Node& root);

// What is wrong with the rules of one node, as a CRD's author is told; `path` is that of x-kubernetes-validations.
// `uncorrelatable` is the place because of which oldSelf cannot be used; empty when it can.
Problems check_node_rules(const Node& node, bool root, const std::string& path, const std::string& uncorrelatable);

// Runs the rules of a value and of what is below it.
Problems run_rules(const json::Value& value, const Node& node, const json::Value* old, std::string_view path);

}  // namespace lesto::apiserver::schema
