#include "kube/apiserver/schema/rules.h"

#include "foundation/json/text.h"
#include "kube/apiserver/schema/limits.h"
#include "kube/apiserver/schema/openapi_rules.h"
#include "kube/apiserver/schema/rule_types.h"
#include "kube/apiserver/schema/validate.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n\v\f\r";
  std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1));
}

// How a rule names itself: by its message, else by its text.
std::string rule_text(const Value& written) {
  const Value& message = written["message"];
  return trimmed(message.text().empty() ? written["rule"].text() : message.text());
}

Rule compile_rule(const Value& written, const Node& node, const cel::TypeRef& type) {
  Rule rule;
  rule.written = written;
  rule.optional_old_self = written["optionalOldSelf"].boolean();
  cel::TypeRef old_type = rule.optional_old_self ? cel::optional_of(type) : type;
  cel::Environment environment{cel::Library::Kubernetes, {{"self", type}, {"oldSelf", old_type}}};
  auto program = cel::Program::compile(written["rule"].text(), environment);
  if (!program) {
    rule.error = "compilation failed: " + program.error().text;
    return rule;
  }
  if ((*program)->type().kind != cel::TypeKind::Bool) {
    rule.error = "cel expression must evaluate to a bool";
    return rule;
  }
  rule.program = *program;
  rule.uses_old_self = rule.program->mentions("oldSelf");
  std::string_view expression = written["messageExpression"].text();
  if (!expression.empty()) {
    auto message = cel::Program::compile(expression, environment);
    if (!message) {
      rule.message_error = "messageExpression compilation failed: " + message.error().text;
      return rule;
    }
    if ((*message)->type().kind != cel::TypeKind::String) {
      rule.message_error = "messageExpression must evaluate to a string";
      return rule;
    }
    rule.message = *message;
  }
  std::string_view field_path = written["fieldPath"].text();
  if (!field_path.empty()) {
    FieldPath found = resolve_path(field_path, node, Brackets::Allow);
    if (found.error.empty()) rule.field_path = found.canonical;
  }
  return rule;
}

void compile_node(Node& node, Position position) {
  if (!node.rules_below) return;
  if (!node.rules_written.empty()) {
    auto set = std::make_unique<RuleSet>();
    set->type = rule_type(node, position);
    for (const Value& written : node.rules_written.items()) {
      if (trimmed(written["rule"].text()).empty()) {
        set->rules.push_back({.written = written,
                              .program = {},
                              .message = {},
                              .error = {},
                              .message_error = {},
                              .field_path = {}});
      } else if (!set->type) {
        set->rules.push_back({.written = written,
                              .program = {},
                              .message = {},
                              .error = "rules cannot see values without a type",
                              .message_error = {},
                              .field_path = {}});
      } else {
        set->rules.push_back(compile_rule(written, node, set->type));
      }
    }
    node.rules = std::move(set);
  }
  auto below = [](Node& child) {
    compile_node(child, child.embedded ? Position::ResourceRoot : Position::Inside);
  };
  if (node.items) below(*node.items);
  if (node.additional) below(*node.additional);
  for (Property& property : node.properties) below(property.node);
}

// A rule as Go prints the internal struct.
std::string shown_rule(const Value& written) {
  auto text = [&](std::string_view name) { return json::canonical(Value(written[name].text())); };
  return "{\"Rule\":" + text("rule") + ",\"Message\":" + text("message") +
         ",\"MessageExpression\":" + text("messageExpression") +
         ",\"Reason\":" + json::canonical(written["reason"]) +
         ",\"FieldPath\":" + text("fieldPath") +
         ",\"OptionalOldSelf\":" + json::canonical(written["optionalOldSelf"]) + "}";
}

// A place in the new and the old object that correspond, for ratcheting.
struct Pair {
  const Value* value = nullptr;
  const Value* old = nullptr;
  const Node* shape = nullptr;

  bool correlated() const { return old != nullptr; }
  bool same() const { return correlated() && unchanged(*value, *old, shape); }
};

struct Ratchet {
  Pair current;
  Pair parent;  // the nearest that corresponds

  bool forgives() const { return current.correlated() ? current.same() : parent.same(); }
};

class Runner {
 public:
  Runner() : budget_(kObjectCostMax) {}

  Problems out;

  void run(const Value& value, const Node& node, const Value* old, const std::string& path,
           const Ratchet& ratchet, bool root) {
    if (value.is_null() || !node.rules_below || stopped_) return;
    if (node.rules) run_set(value, node, old && !old->is_null() ? old : nullptr, path, ratchet);
    if (value.is_object()) {
      for (const auto& member : value.members()) {
        const Node* property = node.property(member.name());
        const Node* next = property ? property : node.additional.get();
        if (!next) continue;
        const Value* old_member = old && old->is_object() ? old->find(member.name()) : nullptr;
        bool type_meta = root && (member.name() == "apiVersion" || member.name() == "kind");
        run(member.value, *next, old_member,
            property ? child(path, member.name()) : key(path, member.name()),
            type_meta ? Ratchet{} : below(ratchet, member.value, old_member, *next), false);
      }
    }
    if (value.is_array() && node.items) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        const Value* old_item = old && old->is_array() ? same_item(*old, node, value[i]) : nullptr;
        run(value[i], *node.items, old_item, index(path, i),
            below(ratchet, value[i], old_item, *node.items), false);
      }
    }
  }

 private:
  static Ratchet below(const Ratchet& ratchet, const Value& value, const Value* old,
                       const Node& node) {
    if (!ratchet.current.correlated()) return ratchet;
    return {old ? Pair{&value, old, &node} : Pair{}, ratchet.current};
  }

  void fail_rule(const Node& node, const std::string& path, std::string_view detail) {
    out.push_back(invalid(path, Value(node.type), detail));
  }

  void run_set(const Value& value, const Node& node, const Value* old, const std::string& path,
               const Ratchet& ratchet) {
    if (!node.rules->type) {
      for (const Rule& rule : node.rules->rules)
        fail_rule(node, path, "rule compile error: " + rule.error);
      return;
    }
    auto self = cel::Value::from_json(value, node.rules->type.get());
    auto old_self = old ? cel::Value::from_json(*old, node.rules->type.get())
                        : Result<cel::Value>(cel::Value());
    if (!self || !old_self) {
      fail_rule(node, path, (self ? old_self : self).error().message());
      return;
    }
    for (const Rule& rule : node.rules->rules) {
      if (stopped_) return;
      if (!rule.error.empty()) {
        fail_rule(node, path, "rule compile error: " + rule.error);
        continue;
      }
      if (!rule.program || (rule.uses_old_self && !old && !rule.optional_old_self)) continue;
      cel::Value before = *old_self;
      if (rule.optional_old_self) before = old ? cel::Value::some(*old_self) : cel::Value::none();
      run_rule(rule, value, node, {*self, before}, path, ratchet);
    }
  }

  void run_rule(const Rule& rule, const Value& value, const Node& node,
                std::vector<cel::Value> values, const std::string& path, const Ratchet& ratchet) {
    std::string name = rule_text(rule.written);
    cel::Budget own(std::min(kRuleCostMax, budget_.left()));
    Result<cel::Value> answer = rule.program->run(values, own);
    spend(std::min(kRuleCostMax, budget_.left()) - own.left());
    if (!answer) {
      const std::string& text = answer.error().message();
      if (answer.error().code() == Code::TooLarge) {
        fail_rule(node, path,
                  "'" + text +
                      "': no further validation rules will be run due to call cost exceeds limit "
                      "for rule: " +
                      name);
        stopped_ = true;
      } else if (text.starts_with("no such overload")) {
        fail_rule(node, path,
                  "'no such overload': call arguments did not match a supported operator, function "
                  "or macro signature for rule: " +
                      name);
      } else {
        fail_rule(node, path, text + " evaluating rule: " + name);
      }
      return;
    }
    if (answer->is(cel::Kind::Bool) && answer->boolean()) return;
    // What did not change may stay as it is.
    if (!rule.uses_old_self && ratchet.forgives()) return;
    out.push_back(broken(rule, value, node, std::move(values), path));
  }

  void spend(std::int64_t cost) {
    if (!budget_.spend(cost)) stopped_ = true;
  }

  // messageExpression, when it gives one line of text; else message; else the rule.
  std::string message_of(const Rule& rule, std::vector<cel::Value> values) {
    if (rule.message) {
      cel::Budget own(std::min(kRuleCostMax, budget_.left()));
      auto text = rule.message->run(std::move(values), own);
      if (text && text->is(cel::Kind::String)) {
        std::string line = trimmed(text->view());
        if (!line.empty() && line.find('\n') == std::string::npos && line.size() <= kMessageMax)
          return line;
      }
    }
    bool said = !rule.written["message"].text().empty();
    return (said ? "" : "failed rule: ") + rule_text(rule.written);
  }

  Problem broken(const Rule& rule, const Value& value, const Node& node,
                 std::vector<cel::Value> values, const std::string& path) {
    std::string detail = message_of(rule, std::move(values));
    std::string at = rule.field_path.empty() ? path : child(path, rule.field_path);
    std::string_view reason = rule.written["reason"].text();
    if (reason == "FieldValueForbidden") return forbidden(at, detail);
    if (reason == "FieldValueRequired") return required(at, detail);
    // Objects and lists are not shown.
    bool hidden = node.type == "object" || node.type == "array";
    if (reason == "FieldValueDuplicate") {
      Problem problem = duplicate(at, value);
      if (hidden) problem.message = "Duplicate value";
      return problem;
    }
    if (!hidden) return invalid(at, value, detail);
    Problem problem = invalid(at, "", "");
    problem.message = "Invalid value: " + detail;
    return problem;
  }

  cel::Budget budget_;
  bool stopped_ = false;
};

}  // namespace

void compile_rules(Node& root) { compile_node(root, Position::ResourceRoot); }

Problems check_node_rules(const Node& node, const std::string& path,
                          const std::string& uncorrelatable) {
  Problems out;
  if (!node.rules) return out;
  for (std::size_t i = 0; i < node.rules->rules.size(); ++i) {
    const Rule& rule = node.rules->rules[i];
    std::string at = index(path, i);
    std::string rule_path = child(at, "rule");
    if (!rule.error.empty())
      out.push_back(invalid_shown(rule_path, shown_rule(rule.written), rule.error));
    if (!rule.message_error.empty()) {
      out.push_back(invalid_shown(child(at, "messageExpression"), shown_rule(rule.written),
                                  rule.message_error));
    }
    if (rule.uses_old_self && !uncorrelatable.empty()) {
      out.push_back(
          invalid(rule_path, rule.written["rule"],
                  "oldSelf cannot be used on the uncorrelatable portion of the schema within " +
                      uncorrelatable));
    } else if (!rule.uses_old_self && !rule.written["optionalOldSelf"].is_null()) {
      out.push_back(invalid(child(at, "optionalOldSelf"), rule.written["optionalOldSelf"],
                            "may not be set if oldSelf is not used in rule"));
    }
  }
  return out;
}

Problems run_rules(const Value& value, const Node& node, const Value* old, std::string_view path) {
  Runner runner;
  Pair pair{&value, old, &node};
  runner.run(value, node, old, std::string(path), {old ? pair : Pair{}, Pair{}}, path.empty());
  return std::move(runner.out);
}

}  // namespace lesto::apiserver::schema
