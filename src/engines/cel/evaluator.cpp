#include "engines/cel/evaluator.h"

#include <cmath>

#include "engines/cel/limits.h"
#include "foundation/json/text.h"

namespace lesto::cel {
namespace {

class Evaluator {
 public:
  Evaluator(std::vector<Value> stack, Budget& budget) : stack_(std::move(stack)), budget_(budget) {}

  Result<Value> run(const Expr& expr) {
    if (!budget_.spend(1)) return too_costly();
    switch (expr.kind) {
      case ExprKind::Literal:
        return expr.literal;
      case ExprKind::Ident:
        return stack_[static_cast<std::size_t>(expr.slot)];
      case ExprKind::Select:
        return select(expr);
      case ExprKind::Call:
        return call(expr);
      case ExprKind::List:
        return list(expr);
      case ExprKind::Map:
        return map(expr);
      case ExprKind::Comprehension:
        return comprehension(expr);
    }
    return eval_error("internal error");
  }

 private:
  Result<Value> select(const Expr& expr) {
    TRY_ASSIGN(Value target, run(*expr.target));
    bool optional = expr.optional;
    if (target.is(Kind::Optional)) {
      std::optional<Value> inner = target.optional();
      if (expr.presence && !inner) return Value::of(false);
      if (!inner) return Value::none();
      optional = !expr.presence;
      target = std::move(*inner);
    }
    if (!target.is(Kind::Map)) {
      if (target.is(Kind::List)) return eval_error("unsupported index type 'string' in list");
      if (optional && target.is(Kind::Null)) return Value::none();
      return eval_error("no such key: " + expr.name);
    }
    TRY_ASSIGN(std::optional<Value> found, target.find(expr.name));
    if (expr.presence) return Value::of(found.has_value());
    if (optional) return found ? Value::some(std::move(*found)) : Value::none();
    if (!found) return eval_error("no such key: " + expr.name);
    return std::move(*found);
  }

  Result<Value> call(const Expr& expr) {
    if (expr.name == "_&&_") return logical(expr, false);
    if (expr.name == "_||_") return logical(expr, true);
    if (expr.name == "_?_:_") {
      TRY_ASSIGN(Value condition, run(*expr.args[0]));
      if (!condition.is(Kind::Bool)) return eval_error("no such overload");
      return run(*expr.args[condition.boolean() ? 1 : 2]);
    }
    if (expr.target && (expr.name == "or" || expr.name == "orValue") && expr.args.size() == 1)
      return alternative(expr);
    std::vector<Value> args;
    args.reserve(expr.args.size() + 1);
    if (expr.target) {
      TRY_ASSIGN(Value target, run(*expr.target));
      args.push_back(std::move(target));
    }
    for (const ExprRef& arg : expr.args) {
      TRY_ASSIGN(Value value, run(*arg));
      args.push_back(std::move(value));
    }
    return expr.function->implementation({expr.name, args, expr, budget_});
  }

  // The value that decides wins over errors to its left.
  Result<Value> logical(const Expr& expr, bool decides) {
    std::optional<Error> error;
    for (const ExprRef& arg : expr.args) {
      Result<Value> value = run(*arg);
      if (!value) {
        if (value.error().code() == Code::TooLarge) return value;
        if (!error) error = std::move(value.error());
      } else if (!value->is(Kind::Bool)) {
        if (!error) error = Error(Code::Invalid, "no such overload");
      } else if (value->boolean() == decides) {
        return Value::of(decides);
      }
    }
    if (error) return std::unexpected(std::move(*error));
    return Value::of(!decides);
  }

  // optional.or(other) looks at the other only when it must.
  Result<Value> alternative(const Expr& expr) {
    TRY_ASSIGN(Value target, run(*expr.target));
    if (!target.is(Kind::Optional)) return eval_error("no such overload: " + expr.name);
    std::optional<Value> inner = target.optional();
    if (!inner) return run(*expr.args[0]);
    return expr.name == "or" ? target : *inner;
  }

  Result<Value> list(const Expr& expr) {
    std::vector<Value> items;
    items.reserve(expr.args.size());
    for (std::size_t i = 0; i < expr.args.size(); ++i) {
      TRY_ASSIGN(Value item, run(*expr.args[i]));
      if (expr.optional_entries[i]) {
        if (!item.is(Kind::Optional))
          return eval_error("cannot initialize optional list element from non-optional value");
        std::optional<Value> inner = item.optional();
        if (!inner) continue;
        item = std::move(*inner);
      }
      items.push_back(std::move(item));
    }
    return Value::list(std::move(items));
  }

  static bool can_be_key(const Value& key) {
    return key.is(Kind::String) || key.is(Kind::Bool) || key.is_number();
  }

  Result<Value> map(const Expr& expr) {
    std::vector<std::pair<Value, Value>> entries;
    for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2) {
      TRY_ASSIGN(Value key, run(*expr.args[i]));
      TRY_ASSIGN(Value value, run(*expr.args[i + 1]));
      if (expr.optional_entries[i / 2]) {
        if (!value.is(Kind::Optional))
          return eval_error("cannot initialize optional entry from non-optional value");
        std::optional<Value> inner = value.optional();
        if (!inner) continue;
        value = std::move(*inner);
      }
      if (!can_be_key(key))
        return eval_error("unsupported key type: " + std::string(key.type_name()));
      if (!budget_.spend(static_cast<std::int64_t>(entries.size() / 8))) return too_costly();
      entries.emplace_back(std::move(key), std::move(value));
    }
    return Value::map(std::move(entries));
  }

  // One turn of a comprehension: its variables on the stack.
  class Turn {
   public:
    Turn(std::vector<Value>& stack, std::size_t count) : stack_(stack), count_(count) {
      stack_.resize(stack_.size() + count);
    }
    ~Turn() { stack_.resize(stack_.size() - count_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void set(std::size_t i, Value value) { stack_[stack_.size() - count_ + i] = std::move(value); }

   private:
    std::vector<Value>& stack_;
    std::size_t count_;
  };

  Result<Value> optional_macro(const Expr& expr, const Value& range) {
    if (!range.is(Kind::Optional)) return eval_error("no such overload: hasValue");
    std::optional<Value> inner = range.optional();
    if (!inner) return Value::none();
    Turn turn(stack_, 1);
    turn.set(0, std::move(*inner));
    TRY_ASSIGN(Value result, run(*expr.args[0]));
    return expr.macro == Macro::OptMap ? Value::some(std::move(result)) : result;
  }

  Result<Value> comprehension(const Expr& expr) {
    TRY_ASSIGN(Value range, run(*expr.target));
    if (expr.macro == Macro::OptMap || expr.macro == Macro::OptFlatMap)
      return optional_macro(expr, range);
    if (!range.is(Kind::List) && !range.is(Kind::Map)) return eval_error("no such overload");
    std::vector<Value> keys;
    if (range.is(Kind::Map)) keys = range.keys();
    bool two = !expr.second_variable.empty();
    Turn turn(stack_, two ? 2 : 1);
    Gathered gathered;
    for (std::size_t i = 0; i < range.size(); ++i) {
      if (!budget_.spend(1)) return too_costly();
      TRY(enter(turn, range, keys, i, two));
      TRY_ASSIGN(bool done, step(expr, gathered));
      if (done) break;
    }
    return finish(expr, std::move(gathered));
  }

  Result<void> enter(Turn& turn, const Value& range, const std::vector<Value>& keys, std::size_t i,
                     bool two) {
    if (range.is(Kind::Map)) {
      turn.set(0, keys[i]);
      if (two) {
        TRY_ASSIGN(std::optional<Value> value, range.find(keys[i]));
        turn.set(1, value ? std::move(*value) : Value());
      }
      return {};
    }
    TRY_ASSIGN(Value item, range.item(i));
    turn.set(two ? 1 : 0, std::move(item));
    if (two) turn.set(0, Value::of(static_cast<std::int64_t>(i)));
    return {};
  }

  struct Gathered {
    std::vector<Value> items;
    std::vector<std::pair<Value, Value>> entries;
    std::optional<Error> error;
    bool decided = false;
    int count = 0;
  };

  // Whether the loop is over.
  Result<bool> step(const Expr& expr, Gathered& gathered) {
    if (expr.args.size() == 2) {
      TRY_ASSIGN(Value wanted, run(*expr.args[0]));
      if (!wanted.is(Kind::Bool)) return eval_error("no such overload");
      if (!wanted.boolean()) return false;
    }
    if (expr.macro == Macro::All || expr.macro == Macro::Exists) return quantify(expr, gathered);
    Value first = stack_.back();
    TRY_ASSIGN(Value value, run(*expr.args.back()));
    switch (expr.macro) {
      case Macro::ExistsOne:
        if (!value.is(Kind::Bool)) return eval_error("no such overload");
        if (value.boolean()) ++gathered.count;
        break;
      case Macro::Filter:
        if (!value.is(Kind::Bool)) return eval_error("no such overload");
        if (value.boolean()) gathered.items.push_back(std::move(first));
        break;
      case Macro::TransformMap:
        gathered.entries.emplace_back(stack_[stack_.size() - 2], std::move(value));
        break;
      case Macro::TransformMapEntry:
        if (!value.is(Kind::Map)) return eval_error("no such overload");
        for (const Value& key : value.keys()) {
          TRY_ASSIGN(std::optional<Value> entry, value.find(key));
          for (const auto& known : gathered.entries) {
            if (known.first == key)
              return eval_error("insert failed: key " + key_text(key) + " already exists");
          }
          gathered.entries.emplace_back(key, entry ? std::move(*entry) : Value());
        }
        break;
      default:
        gathered.items.push_back(std::move(value));
    }
    return false;
  }

  // As logical(): one that decides wins over errors before it.
  Result<bool> quantify(const Expr& expr, Gathered& gathered) {
    bool decides = expr.macro == Macro::Exists;
    Result<Value> value = run(*expr.args.back());
    if (!value) {
      if (value.error().code() == Code::TooLarge) return std::unexpected(std::move(value.error()));
      if (!gathered.error) gathered.error = std::move(value.error());
    } else if (!value->is(Kind::Bool)) {
      if (!gathered.error) gathered.error = Error(Code::Invalid, "no such overload");
    } else if (value->boolean() == decides) {
      gathered.decided = true;
    }
    return gathered.decided;
  }

  static Result<Value> finish(const Expr& expr, Gathered gathered) {
    switch (expr.macro) {
      case Macro::All:
      case Macro::Exists: {
        bool decides = expr.macro == Macro::Exists;
        if (gathered.decided) return Value::of(decides);
        if (gathered.error) return std::unexpected(std::move(*gathered.error));
        return Value::of(!decides);
      }
      case Macro::ExistsOne:
        return Value::of(gathered.count == 1);
      case Macro::TransformMap:
      case Macro::TransformMapEntry:
        return Value::map(std::move(gathered.entries));
      default:
        return Value::list(std::move(gathered.items));
    }
  }

  std::vector<Value> stack_;
  Budget& budget_;
};

// An index as a whole number; nothing when it is none.
std::optional<std::int64_t> whole_index(const Value& index) {
  switch (index.kind()) {
    case Kind::Int:
      return index.integer();
    case Kind::Uint:
      if (index.unsigned_integer() > INT64_MAX) return std::nullopt;
      return static_cast<std::int64_t>(index.unsigned_integer());
    case Kind::Double:
      if (std::trunc(index.real()) != index.real() || std::abs(index.real()) >= 0x1p63)
        return std::nullopt;
      return static_cast<std::int64_t>(index.real());
    default:
      return std::nullopt;
  }
}

}  // namespace

std::string key_text(const Value& key) {
  if (key.is(Kind::String)) return key.string();
  if (key.is(Kind::Double)) {
    std::string text = json::write(json::Value(key.real()));
    return text;
  }
  return json::write(key.to_json());
}

Result<std::optional<Value>> look_up(const Value& target, const Value& index) {
  if (target.is(Kind::List)) {
    if (!index.is_number())
      return eval_error("unsupported index type '" + std::string(index.type_name()) + "' in list");
    std::optional<std::int64_t> at = whole_index(index);
    if (!at) return eval_error("unsupported index value " + key_text(index) + " in list");
    if (*at < 0 || static_cast<std::size_t>(*at) >= target.size()) return std::optional<Value>();
    TRY_ASSIGN(Value item, target.item(static_cast<std::size_t>(*at)));
    return std::optional<Value>(std::move(item));
  }
  if (target.is(Kind::Map)) {
    if (!index.is_number() && !index.is(Kind::String) && !index.is(Kind::Bool)) {
      return eval_error("unsupported key type: " + std::string(index.type_name()));
    }
    return target.find(index);
  }
  return eval_error("no such overload");
}

Result<Value> evaluate(const Expr& root, std::vector<Value> stack, Budget& budget) {
  return Evaluator(std::move(stack), budget).run(root);
}

}  // namespace lesto::cel
