// eq, ne, lt, le, gt, ge.
#include "engines/gotemplate/dates.h"
#include "engines/gotemplate/format.h"
#include "engines/gotemplate/functions.h"
#include "engines/gotemplate/printer.h"

namespace lesto::gotemplate {
namespace {

using Truth = std::expected<bool, Failure>;

enum class Basic { None, Bool, Complex, Int, Float, String, Uint };

Basic basic_kind(const Value& value) {
  switch (kind_of(value.type)) {
    case ValueKind::Bool: return Basic::Bool;
    case ValueKind::Int: return Basic::Int;
    case ValueKind::Uint: return Basic::Uint;
    case ValueKind::Float: return Basic::Float;
    case ValueKind::Complex: return Basic::Complex;
    case ValueKind::String: return Basic::String;
    default: return Basic::None;
  }
}

std::unexpected<Failure> incompatible(Call& call, const Value& a, const Value& b) {
  std::string text = "incompatible types for comparison: ";
  text += type_name(a);
  text += " and ";
  text += type_name(b);
  return call.fail(text);
}

// The text of a value under %s or %v, whatever comes out.
std::string shown(Call& call, const Value& value, char32_t verb) {
  std::string out;
  Printer printer(out, call.context);
  printer.print(value, verb);
  return out;
}

std::unexpected<Failure> not_comparable(Call& call, const Value& a, const Value& b) {
  std::string text = "non-comparable types " + shown(call, a, 's') + ": " +
                     std::string(type_name(a)) + ", " + std::string(type_name(b)) + ": " +
                     shown(call, b, 'v');
  return call.fail(text);
}

// Two values of no basic kind.
Truth equal_others(Call& call, const Value& a, const Value& b) {
  ValueKind kind_a = kind_of(a.type);
  ValueKind kind_b = kind_of(b.type);
  if (kind_a != kind_b && a.valid() && b.valid()) return not_comparable(call, a, b);
  if (is_nil(a) || is_nil(b)) return is_nil(a) == is_nil(b);
  if (kind_b == ValueKind::Slice || kind_b == ValueKind::Map) {
    return call.fail("non-comparable type " + shown(call, b, 's') + ": " +
                     std::string(type_name(b)));
  }
  if (a.type != b.type) return false;
  switch (a.type) {
    case Type::Time:
      return a.moment->seconds == b.moment->seconds &&
             a.moment->nanoseconds == b.moment->nanoseconds && a.moment->zone == b.moment->zone;
    case Type::Certificate:
      return a.certificate->certificate == b.certificate->certificate &&
             a.certificate->key == b.certificate->key;
    default: return a.address == b.address;
  }
}

Truth equal_two(Call& call, const Value& a, const Value& b) {
  Basic kind_a = basic_kind(a);
  Basic kind_b = basic_kind(b);
  if (kind_a != kind_b) {
    // Only one of them is unsigned: a negative number equals none of those.
    bool integers = (kind_a == Basic::Int && kind_b == Basic::Uint) ||
                    (kind_a == Basic::Uint && kind_b == Basic::Int);
    if (integers) return a.integer == b.integer && a.integer >= 0;
    if (a.valid() && b.valid()) return incompatible(call, a, b);
    return false;
  }
  switch (kind_a) {
    case Basic::Bool: return a.boolean == b.boolean;
    case Basic::Complex:
      return a.complex->real == b.complex->real && a.complex->imaginary == b.complex->imaginary;
    case Basic::Float: return a.number == b.number;
    case Basic::Int:
    case Basic::Uint: return a.integer == b.integer;
    case Basic::String: return a.text() == b.text();
    case Basic::None: break;
  }
  return equal_others(call, a, b);
}

Truth equal_any(Call& call) {
  if (call.count() < 2) return call.fail("missing argument for comparison");
  Value first = call.at(0).unbox();
  for (std::size_t i = 1; i < call.count(); ++i) {
    Truth equal = equal_two(call, first, call.at(i).unbox());
    if (!equal || *equal) return equal;
  }
  return false;
}

Truth less(Call& call) {
  Value a = call.at(0).unbox();
  Value b = call.at(1).unbox();
  Basic kind_a = basic_kind(a);
  Basic kind_b = basic_kind(b);
  if (kind_a == Basic::None || kind_b == Basic::None)
    return call.fail("invalid type for comparison");
  if (kind_a != kind_b) {
    if (kind_a == Basic::Int && kind_b == Basic::Uint) {
      return a.integer < 0 ||
             static_cast<std::uint64_t>(a.integer) < static_cast<std::uint64_t>(b.integer);
    }
    if (kind_a == Basic::Uint && kind_b == Basic::Int) {
      return b.integer >= 0 &&
             static_cast<std::uint64_t>(a.integer) < static_cast<std::uint64_t>(b.integer);
    }
    return incompatible(call, a, b);
  }
  switch (kind_a) {
    case Basic::Float: return a.number < b.number;
    case Basic::Int: return a.integer < b.integer;
    case Basic::Uint:
      return static_cast<std::uint64_t>(a.integer) < static_cast<std::uint64_t>(b.integer);
    case Basic::String: return a.text() < b.text();
    default: return call.fail("invalid type for comparison");
  }
}

Truth less_or_equal(Call& call) {
  Truth is_less = less(call);
  if (!is_less || *is_less) return is_less;
  return equal_any(call);
}

Answer answer(Truth truth, bool negated = false) {
  if (!truth) return std::unexpected(truth.error());
  return Value::of_bool(*truth != negated);
}

Answer eq(Call& call) { return answer(equal_any(call)); }
Answer ne(Call& call) { return answer(equal_any(call), true); }
Answer lt(Call& call) { return answer(less(call)); }
Answer le(Call& call) { return answer(less_or_equal(call)); }
Answer gt(Call& call) { return answer(less_or_equal(call), true); }
Answer ge(Call& call) { return answer(less(call), true); }

constexpr Function kFunctions[] = {
    {"eq", Group::Builtin, "vv*>b", eq}, {"ne", Group::Builtin, "vv>b", ne},
    {"lt", Group::Builtin, "vv>b", lt},  {"le", Group::Builtin, "vv>b", le},
    {"gt", Group::Builtin, "vv>b", gt},  {"ge", Group::Builtin, "vv>b", ge},
};

}  // namespace

std::span<const Function> comparison_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
