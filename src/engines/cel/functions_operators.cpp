// Operators.
#include <cmath>

#include "engines/cel/declarations.h"
#include "engines/cel/evaluator.h"

namespace lesto::cel {
namespace {

constexpr std::int64_t kFirstSecond = -62135596800;  // 0001-01-01
constexpr std::int64_t kLastSecond = 253402300799;   // 9999-12-31

std::unexpected<Error> integer_overflow() { return eval_error("integer overflow"); }
std::unexpected<Error> unsigned_overflow() { return eval_error("unsigned integer overflow"); }

Result<Value> moved(const Moment& moment, std::int64_t nanos, int sign) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t seconds = moment.seconds + sign * (nanos / kSecond);
  std::int64_t rest = moment.nanos + sign * (nanos % kSecond);
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  } else if (rest >= kSecond) {
    rest -= kSecond;
    ++seconds;
  }
  if (seconds < kFirstSecond || seconds > kLastSecond) return eval_error("timestamp overflow");
  return Value::of(Moment{seconds, static_cast<std::int32_t>(rest), moment.offset});
}

Result<Value> duration_between(const Moment& a, const Moment& b) {
  std::int64_t nanos = 0;
  if (__builtin_mul_overflow(a.seconds - b.seconds, std::int64_t{1'000'000'000}, &nanos) ||
      __builtin_add_overflow(nanos, std::int64_t{a.nanos} - b.nanos, &nanos)) {
    return eval_error("duration overflow");
  }
  return Value::of(Span{nanos});
}

// Lists with keys merge: an item of the right takes the place of the one with the same keys.
Result<Value> concatenated(const Call& call) {
  const Type* type = call[0].list_type();
  std::vector<Value> items;
  for (const Value* list : {&call[0], &call[1]}) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (!call.budget.spend(1)) return too_costly();
      TRY_ASSIGN(Value item, list->item(i));
      bool merged = false;
      for (std::size_t k = 0; type && list == &call[1] && k < items.size() && !merged; ++k) {
        if (type->list == ListKind::Set) {
          merged = items[k] == item;
        } else if (item.is(Kind::Map)) {
          merged = true;
          for (const std::string& key : type->keys) {
            auto a = item.find(key), b = items[k].find(key);
            merged = merged && a && b && *a == *b;
          }
          if (merged) items[k] = item;
        }
      }
      if (!merged) items.push_back(std::move(item));
    }
  }
  return Value::list(std::move(items));
}

Result<Value> joined(const Call& call) {
  std::size_t size = call[0].view().size() + call[1].view().size();
  if (size > kBuildMax) return too_costly();
  if (!call.budget.spend_bytes(size)) return too_costly();
  std::string text = call[0].string() + call[1].string();
  return call[0].is(Kind::String) ? Value::text(text) : Value::bytes(text);
}

Result<Value> add(const Call& call) {
  const Value &a = call[0], &b = call[1];
  if (a.kind() == b.kind()) {
    switch (a.kind()) {
      case Kind::Int: {
        std::int64_t out = 0;
        if (__builtin_add_overflow(a.integer(), b.integer(), &out)) return integer_overflow();
        return Value::of(out);
      }
      case Kind::Uint: {
        std::uint64_t out = 0;
        if (__builtin_add_overflow(a.unsigned_integer(), b.unsigned_integer(), &out))
          return unsigned_overflow();
        return Value::of(out);
      }
      case Kind::Double:
        return Value::of(a.real() + b.real());
      case Kind::String:
      case Kind::Bytes:
        return joined(call);
      case Kind::List:
        return concatenated(call);
      case Kind::Duration: {
        std::int64_t out = 0;
        if (__builtin_add_overflow(a.span().nanos, b.span().nanos, &out))
          return eval_error("duration overflow");
        return Value::of(Span{out});
      }
      default:
        break;
    }
  }
  if (call.is({Kind::Timestamp, Kind::Duration})) return moved(a.moment(), b.span().nanos, 1);
  if (call.is({Kind::Duration, Kind::Timestamp})) return moved(b.moment(), a.span().nanos, 1);
  return call.no_overload();
}

Result<Value> subtract(const Call& call) {
  const Value &a = call[0], &b = call[1];
  if (call.is({Kind::Int, Kind::Int})) {
    std::int64_t out = 0;
    if (__builtin_sub_overflow(a.integer(), b.integer(), &out)) return integer_overflow();
    return Value::of(out);
  }
  if (call.is({Kind::Uint, Kind::Uint})) {
    if (b.unsigned_integer() > a.unsigned_integer()) return unsigned_overflow();
    return Value::of(a.unsigned_integer() - b.unsigned_integer());
  }
  if (call.is({Kind::Double, Kind::Double})) return Value::of(a.real() - b.real());
  if (call.is({Kind::Duration, Kind::Duration})) {
    std::int64_t out = 0;
    if (__builtin_sub_overflow(a.span().nanos, b.span().nanos, &out))
      return eval_error("duration overflow");
    return Value::of(Span{out});
  }
  if (call.is({Kind::Timestamp, Kind::Duration})) return moved(a.moment(), b.span().nanos, -1);
  if (call.is({Kind::Timestamp, Kind::Timestamp})) return duration_between(a.moment(), b.moment());
  return call.no_overload();
}

Result<Value> multiply(const Call& call) {
  if (call.is({Kind::Int, Kind::Int})) {
    std::int64_t out = 0;
    if (__builtin_mul_overflow(call[0].integer(), call[1].integer(), &out))
      return integer_overflow();
    return Value::of(out);
  }
  if (call.is({Kind::Uint, Kind::Uint})) {
    std::uint64_t out = 0;
    if (__builtin_mul_overflow(call[0].unsigned_integer(), call[1].unsigned_integer(), &out))
      return unsigned_overflow();
    return Value::of(out);
  }
  if (call.is({Kind::Double, Kind::Double})) return Value::of(call[0].real() * call[1].real());
  return call.no_overload();
}

// IEEE division, spelled out for zero, which the sanitizer takes for a mistake.
double quotient(double a, double b) {
  if (b != 0) return a / b;
  if (a == 0 || std::isnan(a)) return std::nan("");
  return std::signbit(a) == std::signbit(b) ? HUGE_VAL : -HUGE_VAL;
}

Result<Value> divide(const Call& call) {
  if (call.is({Kind::Int, Kind::Int})) {
    if (call[1].integer() == 0) return eval_error("division by zero");
    if (call[0].integer() == INT64_MIN && call[1].integer() == -1) return integer_overflow();
    return Value::of(call[0].integer() / call[1].integer());
  }
  if (call.is({Kind::Uint, Kind::Uint})) {
    if (call[1].unsigned_integer() == 0) return eval_error("division by zero");
    return Value::of(call[0].unsigned_integer() / call[1].unsigned_integer());
  }
  if (call.is({Kind::Double, Kind::Double}))
    return Value::of(quotient(call[0].real(), call[1].real()));
  return call.no_overload();
}

Result<Value> modulo(const Call& call) {
  if (call.is({Kind::Int, Kind::Int})) {
    if (call[1].integer() == 0) return eval_error("modulus by zero");
    if (call[0].integer() == INT64_MIN && call[1].integer() == -1) return integer_overflow();
    return Value::of(call[0].integer() % call[1].integer());
  }
  if (call.is({Kind::Uint, Kind::Uint})) {
    if (call[1].unsigned_integer() == 0) return eval_error("modulus by zero");
    return Value::of(call[0].unsigned_integer() % call[1].unsigned_integer());
  }
  return call.no_overload();
}

Result<Value> negate(const Call& call) {
  if (call.is({Kind::Int})) {
    if (call[0].integer() == INT64_MIN) return integer_overflow();
    return Value::of(-call[0].integer());
  }
  if (call.is({Kind::Double})) return Value::of(-call[0].real());
  if (call.is({Kind::Duration}) && call[0].span().nanos != INT64_MIN)
    return Value::of(Span{-call[0].span().nanos});
  return eval_error("no such overload");
}

Result<Value> logical_not(const Call& call) {
  if (!call.is({Kind::Bool})) return eval_error("no such overload");
  return Value::of(!call[0].boolean());
}

// What comparing two values may look at.
std::int64_t weight(const Value& value) {
  switch (value.kind()) {
    case Kind::String:
    case Kind::Bytes:
      return static_cast<std::int64_t>(value.view().size() / 10);
    case Kind::List:
    case Kind::Map:
      return static_cast<std::int64_t>(value.size());
    default:
      return 0;
  }
}

Result<Value> equal(const Call& call) {
  if (!call.budget.spend(std::min(weight(call[0]), weight(call[1])))) return too_costly();
  return Value::of(call[0] == call[1]);
}

Result<Value> not_equal(const Call& call) {
  if (!call.budget.spend(std::min(weight(call[0]), weight(call[1])))) return too_costly();
  return Value::of(!(call[0] == call[1]));
}

Result<Value> compare(const Call& call) {
  auto order = Value::compare(call[0], call[1]);
  if (!order) return call.no_overload();
  if (!call.budget.spend(std::min(weight(call[0]), weight(call[1])))) return too_costly();
  if (call.name == "_<_") return Value::of(*order < 0);
  if (call.name == "_<=_") return Value::of(*order <= 0);
  if (call.name == "_>_") return Value::of(*order > 0);
  return Value::of(*order >= 0);
}

Result<Value> contained(const Call& call) {
  if (call[1].is(Kind::Map)) {
    TRY_ASSIGN(std::optional<Value> found, call[1].find(call[0]));
    return Value::of(found.has_value());
  }
  if (!call[1].is(Kind::List)) return eval_error("no such overload");
  for (std::size_t i = 0; i < call[1].size(); ++i) {
    if (!call.budget.spend(1)) return too_costly();
    TRY_ASSIGN(Value item, call[1].item(i));
    if (item == call[0]) return Value::of(true);
  }
  return Value::of(false);
}

Result<Value> index(const Call& call) {
  Value target = call[0];
  bool optional = call.name == "_[?_]";
  if (target.is(Kind::Optional)) {
    std::optional<Value> inner = target.optional();
    if (!inner) return Value::none();
    optional = true;
    target = std::move(*inner);
  }
  TRY_ASSIGN(std::optional<Value> found, look_up(target, call[1]));
  if (optional) return found ? Value::some(std::move(*found)) : Value::none();
  if (found) return std::move(*found);
  return eval_error((target.is(Kind::List) ? "index out of bounds: " : "no such key: ") +
                    key_text(call[1]));
}

// Calls that the evaluator does itself.
Result<Value> elsewhere(const Call& call) { return call.no_overload(); }

constexpr std::string_view kOrdered =
    "(bool, bool) -> bool | (int, int) -> bool | (uint, uint) -> bool | (double, double) -> bool | "
    "(string, string) -> bool | "
    "(bytes, bytes) -> bool | (timestamp, timestamp) -> bool | (duration, duration) -> bool";
constexpr std::string_view kMixed =
    "(int, uint) -> bool | (int, double) -> bool | (uint, int) -> bool | (uint, double) -> bool | "
    "(double, int) -> bool | (double, uint) -> bool";

}  // namespace

std::span<const Declaration> operator_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"_+_",
       "(int, int) -> int | (uint, uint) -> uint | (double, double) -> double | (string, string) "
       "-> string | (bytes, bytes) -> bytes | "
       "(list(A), list(A)) -> list(A) | (duration, duration) -> duration | (timestamp, duration) "
       "-> timestamp | (duration, timestamp) -> timestamp",
       add},
      {"_-_",
       "(int, int) -> int | (uint, uint) -> uint | (double, double) -> double | (duration, "
       "duration) -> duration | "
       "(timestamp, duration) -> timestamp | (timestamp, timestamp) -> duration",
       subtract},
      {"_*_", "(int, int) -> int | (uint, uint) -> uint | (double, double) -> double", multiply},
      {"_/_", "(int, int) -> int | (uint, uint) -> uint | (double, double) -> double", divide},
      {"_%_", "(int, int) -> int | (uint, uint) -> uint", modulo},
      {"-_", "(int) -> int | (double) -> double | (duration) -> duration", negate},
      {"!_", "(bool) -> bool", logical_not},
      {"_==_", "(A, A) -> bool", equal},
      {"_!=_", "(A, A) -> bool", not_equal},
      {"_<_", kOrdered, compare},
      {"_<=_", kOrdered, compare},
      {"_>_", kOrdered, compare},
      {"_>=_", kOrdered, compare},
      {"@in", "(A, list(A)) -> bool | (A, map(A, B)) -> bool", contained},
      {"_[_]", "(list(A), int) -> A | (map(A, B), A) -> B", index},
      {"_?_:_", "(bool, A, A) -> A", elsewhere},
  };
  return kDeclarations;
}

std::span<const Declaration> mixed_number_declarations() {
  static constexpr Declaration kDeclarations[] = {{"_<_", kMixed, compare},
                                                  {"_<=_", kMixed, compare},
                                                  {"_>_", kMixed, compare},
                                                  {"_>=_", kMixed, compare}};
  return kDeclarations;
}

std::span<const Declaration> optional_index_declarations() {
  static constexpr Declaration kDeclarations[] = {
      {"_[_]", "(optional(list(A)), int) -> optional(A) | (optional(map(A, B)), A) -> optional(B)",
       index},
      {"_[?_]",
       "(list(A), int) -> optional(A) | (map(A, B), A) -> optional(B) | (optional(list(A)), int) "
       "-> optional(A) | "
       "(optional(map(A, B)), A) -> optional(B)",
       index}};
  return kDeclarations;
}

}  // namespace lesto::cel
