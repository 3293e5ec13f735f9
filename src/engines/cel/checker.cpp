#include "engines/cel/checker.h"

#include <re2/re2.h>

#include <algorithm>

#include "engines/cel/limits.h"
#include "engines/cel/unify.h"

namespace lesto::cel {
namespace {

// Names that stand for types.
TypeRef named_type(std::string_view name) {
  if (name == "bool") return simple(TypeKind::Bool);
  if (name == "int") return simple(TypeKind::Int);
  if (name == "uint") return simple(TypeKind::Uint);
  if (name == "double") return simple(TypeKind::Double);
  if (name == "string") return simple(TypeKind::String);
  if (name == "bytes") return simple(TypeKind::Bytes);
  if (name == "list") return list_of(dyn());
  if (name == "map") return map_of(dyn(), dyn());
  if (name == "null_type") return simple(TypeKind::Null);
  if (name == "type") return type_of(nullptr);
  if (name == "google.protobuf.Timestamp") return simple(TypeKind::Timestamp);
  if (name == "google.protobuf.Duration") return simple(TypeKind::Duration);
  if (name == "optional_type") return optional_of(dyn());
  return nullptr;
}

TypeRef literal_type(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return simple(TypeKind::Null);
    case Kind::Bool:
      return simple(TypeKind::Bool);
    case Kind::Int:
      return simple(TypeKind::Int);
    case Kind::Uint:
      return simple(TypeKind::Uint);
    case Kind::Double:
      return simple(TypeKind::Double);
    case Kind::String:
      return simple(TypeKind::String);
    case Kind::Bytes:
      return simple(TypeKind::Bytes);
    default:
      return dyn();
  }
}

// "a.b.c" of a chain of selections that begins with a name; "" when it is none.
std::string qualified(const Expr& expr) {
  if (expr.kind == ExprKind::Ident) return expr.name;
  if (expr.kind != ExprKind::Select || expr.presence || expr.optional) return {};
  std::string prefix = qualified(*expr.target);
  return prefix.empty() ? prefix : prefix + "." + expr.name;
}

const Expr& root_of(const Expr& expr) {
  const Expr* at = &expr;
  while (at->kind == ExprKind::Select) at = at->target.get();
  return *at;
}

class Checker {
 public:
  Checker(std::span<const Variable> variables, const Functions& functions, CheckOptions options)
      : globals_(variables.size()), functions_(functions), options_(options) {
    for (const Variable& variable : variables) scope_.push_back(variable);
  }

  std::vector<Complaint> complaints;

  TypeRef check(Expr& expr) {
    TypeRef type = check_kind(expr);
    expr.type = substitution_.resolve(type);
    return type;
  }

 private:
  TypeRef complain(std::size_t position, std::string text) {
    if (complaints.size() < kErrorsMax) complaints.push_back({position, std::move(text)});
    return simple(TypeKind::Error);
  }

  TypeRef undeclared(std::size_t position, std::string_view name) {
    return complain(position,
                    "undeclared reference to '" + std::string(name) + "' (in container '')");
  }

  std::string shown(const TypeRef& type) const { return to_string(*substitution_.resolve(type)); }

  TypeRef check_kind(Expr& expr) {
    switch (expr.kind) {
      case ExprKind::Literal:
        return literal_type(expr.literal);
      case ExprKind::Ident:
        return check_name(expr, expr.name);
      case ExprKind::Select:
        return check_select(expr);
      case ExprKind::Call:
        return check_call(expr);
      case ExprKind::List:
        return check_list(expr);
      case ExprKind::Map:
        return check_map(expr);
      case ExprKind::Comprehension:
        return check_comprehension(expr);
    }
    return dyn();
  }

  // The innermost variable of that name; -1 when there is none. `.name` looks past local ones.
  int slot_of(std::string_view name, bool from_root) const {
    for (std::size_t i = from_root ? globals_ : scope_.size(); i-- > 0;) {
      if (scope_[i].name == name) return static_cast<int>(i);
    }
    return -1;
  }

  TypeRef check_name(Expr& expr, const std::string& name) {
    int slot = slot_of(name, expr.from_root);
    if (slot >= 0) {
      expr.slot = slot;
      return scope_[static_cast<std::size_t>(slot)].type;
    }
    if (TypeRef type = named_type(name)) {
      become_type(expr, type);
      return type_of(type);
    }
    return undeclared(expr.position, name);
  }

  static void become_type(Expr& expr, const TypeRef& type) {
    expr.kind = ExprKind::Literal;
    expr.literal = Value::type(type);
    expr.target.reset();
  }

  // A variable or type whose name has points. Local variables are never named so, and hide what
  // begins with their name.
  TypeRef check_qualified(Expr& expr) {
    std::string name = qualified(expr);
    if (name.empty()) return nullptr;
    const Expr& root = root_of(expr);
    int hidden = slot_of(root.name, root.from_root);
    if (hidden >= static_cast<int>(globals_)) return nullptr;
    if (int slot = slot_of(name, true); slot >= 0) {
      expr.kind = ExprKind::Ident;
      expr.slot = slot;
      expr.name = name;
      expr.target.reset();
      return scope_[static_cast<std::size_t>(slot)].type;
    }
    if (TypeRef type = named_type(name)) {
      become_type(expr, type);
      return type_of(type);
    }
    return nullptr;
  }

  TypeRef check_select(Expr& expr) {
    if (!expr.presence && !expr.optional) {
      if (TypeRef found = check_qualified(expr)) return found;
    }
    TypeRef target = substitution_.bound(check(*expr.target));
    bool optional = expr.optional;
    if (target->kind == TypeKind::Optional) {
      optional = !expr.presence;
      target = substitution_.bound(target->params[0]);
    }
    TypeRef field;
    switch (target->kind) {
      case TypeKind::Map:
        field = target->params[1];
        break;
      case TypeKind::Object: {
        auto member = target->members.find(expr.name);
        field = member == target->members.end()
                    ? complain(expr.position, "undefined field '" + expr.name + "'")
                    : member->second.type;
        break;
      }
      case TypeKind::Dyn:
      case TypeKind::Param:
        field = dyn();
        break;
      case TypeKind::Error:
        field = target;
        break;
      default:
        field = complain(expr.position,
                         "type '" + shown(target) + "' does not support field selection");
    }
    if (expr.presence) return simple(TypeKind::Bool);
    return optional ? optional_of(field) : field;
  }

  TypeRef check_call(Expr& expr) {
    if (expr.target) {
      // A function with points in its name, or a method.
      std::string prefix = qualified(*expr.target);
      const Expr& root = root_of(*expr.target);
      if (!prefix.empty() && slot_of(root.name, root.from_root) < 0) {
        std::string name = prefix + "." + expr.name;
        if (functions_.find(name)) {
          expr.name = name;
          expr.target.reset();
        }
      }
    }
    std::vector<TypeRef> args;
    if (expr.target) args.push_back(check(*expr.target));
    // What a format is given may be of any types.
    bool formatting = expr.target && expr.name == "format";
    loose_literals_ += formatting ? 1 : 0;
    for (ExprRef& arg : expr.args) args.push_back(check(*arg));
    loose_literals_ -= formatting ? 1 : 0;
    if (expr.name == "_&&_" || expr.name == "_||_") return check_logical(expr, args);
    const Function* function = functions_.find(expr.name);
    if (!function) return undeclared(expr.position, expr.name);
    expr.function = function;
    TypeRef result = choose(*function, expr, args);
    check_literal_argument(expr);
    return result;
  }

  TypeRef check_logical(Expr& expr, const std::vector<TypeRef>& args) {
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (substitution_.assign(args[i], simple(TypeKind::Bool))) continue;
      complain(expr.args[i]->position, "expected type 'bool' but found '" + shown(args[i]) + "'");
    }
    return simple(TypeKind::Bool);
  }

  // Of several overloads that fit, the result is dyn unless they agree.
  TypeRef choose(const Function& function, const Expr& expr, const std::vector<TypeRef>& args) {
    TypeRef result;
    Substitution before = substitution_;
    Substitution after = substitution_;
    for (const Overload& overload : function.overloads) {
      if (overload.member != (expr.target != nullptr) || overload.params.size() != args.size())
        continue;
      Substitution trial = before;
      std::map<std::string, TypeRef> names;
      bool fits = true;
      for (std::size_t i = 0; i < args.size() && fits; ++i) {
        fits = trial.assign(args[i], trial.instantiate(overload.params[i], names));
      }
      if (!fits) continue;
      TypeRef found = trial.bound(trial.instantiate(overload.result, names));
      if (!result) {
        result = found;
        after = trial;
      } else if (to_string(*trial.resolve(found)) != to_string(*after.resolve(result))) {
        result = dyn();
      }
    }
    if (result) {
      substitution_ = std::move(after);
      return result;
    }
    std::string list;
    for (std::size_t i = expr.target ? 1 : 0; i < args.size(); ++i)
      list += (list.empty() ? "" : ", ") + shown(args[i]);
    std::string given = (expr.target ? shown(args[0]) + "." : "") + "(" + list + ")";
    return complain(expr.position, "found no matching overload for '" + function.name +
                                       "' applied to '" + given + "'");
  }

  // Literal patterns are compiled here, once; with strict literals wrong ones are refused.
  void check_literal_argument(Expr& expr) {
    std::size_t count = expr.args.size() + (expr.target ? 1 : 0);
    if (expr.args.empty()) return;
    Expr& last = *expr.args.back();
    if (last.kind != ExprKind::Literal || !last.literal.is(Kind::String)) return;
    auto refuse = [&] {
      if (options_.strict_literals) complain(last.position, "invalid " + expr.name + " argument");
    };
    if (expr.name == "matches" && count == 2) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      auto regex = std::make_shared<const re2::RE2>(last.literal.string(), options);
      if (!regex->ok()) return refuse();
      expr.regex = std::move(regex);
    }
    if (expr.name == "timestamp" && count == 1 && !read_moment(last.literal.view())) refuse();
    if (expr.name == "duration" && count == 1 && !read_span(last.literal.view())) refuse();
  }

  // The common type of a literal's members.
  void join_member(TypeRef& joined, const TypeRef& type, std::size_t position) {
    if (!joined) {
      joined = type;
      return;
    }
    TypeRef both = substitution_.join(joined, type);
    if (!both && options_.strict_literals && loose_literals_ == 0) {
      complain(position, "expected type '" + shown(joined) + "' but found '" + shown(type) + "'");
    }
    joined = both ? both : dyn();
  }

  TypeRef entry_type(Expr& entry, bool optional) {
    TypeRef type = check(entry);
    if (!optional) return type;
    TypeRef inner = substitution_.fresh();
    if (!substitution_.assign(type, optional_of(inner))) {
      complain(entry.position,
               "expected type 'optional_type(dyn)' but found '" + shown(type) + "'");
    }
    return inner;
  }

  TypeRef check_list(Expr& expr) {
    TypeRef element;
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      TypeRef type = entry_type(*expr.args[i], expr.optional_entries[i]);
      join_member(element, type, expr.args[i]->position);
    }
    return list_of(element ? element : substitution_.fresh());
  }

  TypeRef check_map(Expr& expr) {
    TypeRef key, value;
    for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2) {
      TypeRef key_type = check(*expr.args[i]);
      join_member(key, key_type, expr.args[i]->position);
      TypeRef value_type = entry_type(*expr.args[i + 1], expr.optional_entries[i / 2]);
      join_member(value, value_type, expr.args[i + 1]->position);
    }
    return map_of(key ? key : substitution_.fresh(), value ? value : substitution_.fresh());
  }

  void expect(const Expr& expr, const TypeRef& type, const TypeRef& wanted) {
    if (substitution_.assign(type, wanted)) return;
    complain(expr.position,
             "expected type '" + shown(wanted) + "' but found '" + shown(type) + "'");
  }

  TypeRef check_optional_macro(Expr& expr) {
    TypeRef range = substitution_.bound(check(*expr.target));
    TypeRef inner = range->kind == TypeKind::Optional ? range->params[0] : dyn();
    if (range->kind != TypeKind::Optional && range->kind != TypeKind::Dyn &&
        range->kind != TypeKind::Error) {
      complain(expr.position,
               "found no matching overload for 'hasValue' applied to '" + shown(range) + ".()'");
    }
    scope_.push_back({expr.variable, inner});
    TypeRef result = check(*expr.args[0]);
    scope_.pop_back();
    return expr.macro == Macro::OptMap ? optional_of(result) : result;
  }

  TypeRef check_comprehension(Expr& expr) {
    if (expr.macro == Macro::OptMap || expr.macro == Macro::OptFlatMap)
      return check_optional_macro(expr);
    TypeRef range = substitution_.bound(check(*expr.target));
    TypeRef key = dyn(), value = dyn();
    bool two = !expr.second_variable.empty();
    switch (range->kind) {
      case TypeKind::List:
        key = two ? simple(TypeKind::Int) : range->params[0];
        value = range->params[0];
        break;
      case TypeKind::Map:
        key = range->params[0];
        value = range->params[1];
        break;
      case TypeKind::Dyn:
      case TypeKind::Error:
      case TypeKind::Param:
        break;
      default:
        complain(expr.target->position,
                 "expression of type '" + shown(range) +
                     "' cannot be range of a comprehension (must be list, map, or dynamic)");
    }
    scope_.push_back({expr.variable, key});
    if (two) scope_.push_back({expr.second_variable, value});
    TypeRef result = check_steps(expr, key, range);
    scope_.resize(scope_.size() - (two ? 2 : 1));
    return result;
  }

  TypeRef check_steps(Expr& expr, const TypeRef& element, const TypeRef& range) {
    TypeRef boolean = simple(TypeKind::Bool);
    bool filtered = expr.args.size() == 2;
    if (filtered) expect(*expr.args[0], check(*expr.args[0]), boolean);
    Expr& step = *expr.args.back();
    TypeRef type = check(step);
    switch (expr.macro) {
      case Macro::All:
      case Macro::Exists:
      case Macro::ExistsOne:
        expect(step, type, boolean);
        return boolean;
      case Macro::Filter:
        expect(step, type, boolean);
        return list_of(element);
      case Macro::Map:
      case Macro::TransformList:
        return list_of(type);
      case Macro::TransformMap:
        return map_of(range->kind == TypeKind::Map    ? range->params[0]
                      : range->kind == TypeKind::List ? simple(TypeKind::Int)
                                                      : dyn(),
                      type);
      case Macro::TransformMapEntry:
        expect(step, type, map_of(dyn(), dyn()));
        return type;
      default:
        return dyn();
    }
  }

  std::vector<Variable> scope_;
  std::size_t globals_;
  const Functions& functions_;
  CheckOptions options_;
  int loose_literals_ = 0;  // depth of calls in which literals may mix types
  Substitution substitution_;
};

}  // namespace

std::vector<Complaint> check(Expr& root, std::span<const Variable> variables,
                             const Functions& functions, CheckOptions options) {
  Checker checker(variables, functions, options);
  checker.check(root);
  std::stable_sort(checker.complaints.begin(), checker.complaints.end(),
                   [](const Complaint& a, const Complaint& b) { return a.position < b.position; });
  return std::move(checker.complaints);
}

}  // namespace lesto::cel
