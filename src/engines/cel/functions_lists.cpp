// Lists and sets: Kubernetes' library, cel-go's lists extension (version 3) and sets extension.
#include <algorithm>

#include "engines/cel/declarations.h"

namespace lesto::cel {
namespace {

Result<std::vector<Value>> items_of(const Call& call, const Value& list) {
  if (!list.is(Kind::List)) return call.no_overload();
  if (!call.budget.spend(static_cast<std::int64_t>(list.size()))) return too_costly();
  std::vector<Value> out;
  out.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) {
    TRY_ASSIGN(Value item, list.item(i));
    out.push_back(std::move(item));
  }
  return out;
}

Result<Value> is_sorted(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  for (std::size_t i = 1; i < items.size(); ++i) {
    auto order = Value::compare(items[i - 1], items[i]);
    if (!order) return call.no_overload();
    if (*order > 0) return Value::of(false);
  }
  return Value::of(true);
}

Result<Value> extreme(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  if (items.empty()) return eval_error(std::string(call.name) + " called on empty list");
  Value best = items[0];
  for (const Value& item : items) {
    auto order = Value::compare(item, best);
    if (!order) return call.no_overload();
    if (call.name == "min" ? *order < 0 : *order > 0) best = item;
  }
  return best;
}

// The zero of an empty list's sum is that of its declared type, which only the checker knows.
Result<Value> empty_sum(const Call& call) {
  const Expr* target = call.expr.target.get();
  TypeKind kind = target && target->type->kind == TypeKind::List ? target->type->params[0]->kind
                                                                 : TypeKind::Int;
  if (kind == TypeKind::Uint) return Value::of(std::uint64_t{0});
  if (kind == TypeKind::Double) return Value::of(0.0);
  if (kind == TypeKind::Duration) return Value::of(Span{});
  return Value::of(std::int64_t{0});
}

Result<Value> sum(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  if (items.empty()) return empty_sum(call);
  static const std::span<const Declaration> kOperators = operator_declarations();
  Implementation add = kOperators[0].implementation;
  Value total = items[0];
  for (std::size_t i = 1; i < items.size(); ++i) {
    const Value pair[] = {total, items[i]};
    TRY_ASSIGN(total, add({"_+_", pair, call.expr, call.budget}));
  }
  return total;
}

Result<Value> slice(const Call& call) {
  if (!call.is({Kind::List, Kind::Int, Kind::Int})) return call.no_overload();
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  std::int64_t from = call[1].integer(), to = call[2].integer();
  auto size = static_cast<std::int64_t>(items.size());
  std::string where = "cannot slice(" + std::to_string(from) + ", " + std::to_string(to) + "), ";
  if (from < 0 || to < 0) return eval_error(where + "negative indexes not supported");
  if (from > to) return eval_error(where + "start index must be less than or equal to end index");
  if (to > size) return eval_error(where + "list is length " + std::to_string(size));
  return Value::list(std::vector<Value>(items.begin() + from, items.begin() + to));
}

Result<void> flatten_into(const Call& call, const Value& list, std::int64_t depth,
                          std::vector<Value>& out) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, list));
  for (Value& item : items) {
    if (item.is(Kind::List) && depth > 0) {
      TRY(flatten_into(call, item, depth - 1, out));
    } else {
      out.push_back(std::move(item));
    }
  }
  return {};
}

Result<Value> flatten(const Call& call) {
  bool bounded = call.is({Kind::List, Kind::Int});
  if (!bounded && !call.is({Kind::List})) return call.no_overload();
  std::int64_t depth = bounded ? call[1].integer() : 1;
  if (depth < 0) return eval_error("level must be non-negative");
  std::vector<Value> out;
  TRY(flatten_into(call, call[0], depth, out));
  return Value::list(std::move(out));
}

Result<Value> sort(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  for (const Value& item : items) {
    if (!Value::compare(item, items[0])) return eval_error("list elements must have the same type");
  }
  std::stable_sort(items.begin(), items.end(), [](const Value& a, const Value& b) {
    auto order = Value::compare(a, b);
    return order && *order < 0;
  });
  return Value::list(std::move(items));
}

Result<Value> reverse(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  std::reverse(items.begin(), items.end());
  return Value::list(std::move(items));
}

// Does a list hold the value? Costs a unit for each item.
Result<bool> holds(const Call& call, const std::vector<Value>& items, const Value& wanted) {
  if (!call.budget.spend(static_cast<std::int64_t>(items.size()))) return too_costly();
  return std::any_of(items.begin(), items.end(), [&](const Value& item) { return item == wanted; });
}

Result<Value> distinct(const Call& call) {
  TRY_ASSIGN(std::vector<Value> items, items_of(call, call[0]));
  std::vector<Value> out;
  for (Value& item : items) {
    TRY_ASSIGN(bool known, holds(call, out, item));
    if (!known) out.push_back(std::move(item));
  }
  return Value::list(std::move(out));
}

Result<Value> range(const Call& call) {
  if (!call.is({Kind::Int})) return call.no_overload();
  if (!call.budget.spend(std::max<std::int64_t>(call[0].integer(), 0))) return too_costly();
  std::vector<Value> out;
  for (std::int64_t i = 0; i < call[0].integer(); ++i) out.push_back(Value::of(i));
  return Value::list(std::move(out));
}

Result<Value> sets(const Call& call) {
  if (!call.is({Kind::List, Kind::List})) return call.no_overload();
  TRY_ASSIGN(std::vector<Value> left, items_of(call, call[0]));
  TRY_ASSIGN(std::vector<Value> right, items_of(call, call[1]));
  bool all = true, any = false;
  for (const Value& item : right) {
    TRY_ASSIGN(bool found, holds(call, left, item));
    all = all && found;
    any = any || found;
  }
  if (call.name == "sets.contains") return Value::of(all);
  if (call.name == "sets.intersects") return Value::of(any);
  for (const Value& item : left) {
    TRY_ASSIGN(bool found, holds(call, right, item));
    all = all && found;
  }
  return Value::of(all);
}

constexpr std::string_view kOrdered =
    "list(int).() -> bool | list(uint).() -> bool | list(double).() -> bool | list(bool).() -> "
    "bool | list(duration).() -> bool | "
    "list(timestamp).() -> bool | list(string).() -> bool | list(bytes).() -> bool";
constexpr std::string_view kExtreme =
    "list(int).() -> int | list(uint).() -> uint | list(double).() -> double | list(bool).() -> "
    "bool | list(duration).() -> duration | "
    "list(timestamp).() -> timestamp | list(string).() -> string | list(bytes).() -> bytes";

}  // namespace

std::span<const Declaration> list_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"isSorted", kOrdered, is_sorted},
      {"sum",
       "list(int).() -> int | list(uint).() -> uint | list(double).() -> double | "
       "list(duration).() -> duration",
       sum},
      {"min", kExtreme, extreme},
      {"max", kExtreme, extreme},
      {"slice", "list(A).(int, int) -> list(A)", slice},
      {"flatten", "list(list(A)).() -> list(A) | list(dyn).(int) -> list(dyn)", flatten},
      {"sort",
       "list(int).() -> list(int) | list(uint).() -> list(uint) | list(double).() -> list(double) "
       "| list(bool).() -> list(bool) | "
       "list(duration).() -> list(duration) | list(timestamp).() -> list(timestamp) | "
       "list(string).() -> list(string) | "
       "list(bytes).() -> list(bytes)",
       sort},
      {"reverse", "list(A).() -> list(A)", reverse},
      {"distinct", "list(A).() -> list(A)", distinct},
      {"lists.range", "(int) -> list(int)", range},
      {"sets.contains", "(list(A), list(A)) -> bool", sets},
      {"sets.intersects", "(list(A), list(A)) -> bool", sets},
      {"sets.equivalent", "(list(A), list(A)) -> bool", sets},
  };
  return kDeclarations;
}

}  // namespace lesto::cel
