// What functions there are, with their overloads, and what they do.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engines/cel/ast.h"
#include "engines/cel/limits.h"
#include "engines/cel/type.h"
#include "engines/cel/value.h"

namespace lesto::cel {

// What a run may still cost. One unit is about one step, or ten bytes of a text that is looked at.
class Budget {
 public:
  explicit Budget(std::int64_t most) : left_(most) {}
  bool spend(std::int64_t cost) {
    left_ -= cost;
    return left_ >= 0;
  }
  bool spend_bytes(std::size_t bytes) { return spend(static_cast<std::int64_t>(bytes / 10)); }
  std::int64_t left() const { return left_; }

 private:
  std::int64_t left_;
};

inline std::unexpected<Error> too_costly() {
  return fail(Code::TooLarge, "operation cancelled: actual cost limit exceeded");
}

// One call: the target of a member call is the first argument.
struct Call {
  std::string_view name;
  std::span<const Value> args;
  const Expr& expr;
  Budget& budget;

  const Value& operator[](std::size_t i) const { return args[i]; }
  std::size_t size() const { return args.size(); }
  // Are there so many arguments, of these kinds?
  bool is(std::initializer_list<Kind> kinds) const;
  std::unexpected<Error> no_overload() const;
};

using Implementation = Result<Value> (*)(const Call& call);

// One function. Overloads are written "(string, int) -> bool" or "string.(int) -> bool", separated
// by " | ". Types: dyn null bool int uint double string bytes timestamp duration list(T) map(K, V)
// type(T) optional(T) #name; A and B are parameters.
struct Declaration {
  std::string_view name;
  std::string_view overloads;
  Implementation implementation;
};

struct Overload {
  bool member = false;
  std::vector<TypeRef> params;
  TypeRef result;
};

struct Function {
  std::string name;
  std::vector<Overload> overloads;
  Implementation implementation = nullptr;
};

class Functions {
 public:
  // Later declarations of a name add overloads and keep the first implementation when theirs is
  // null.
  void add(std::span<const Declaration> declarations);
  const Function* find(std::string_view name) const;

 private:
  std::map<std::string, Function, std::less<>> functions_;
};

// By library, each in its functions_*.cpp.
std::span<const Declaration> operator_declarations();
std::span<const Declaration> mixed_number_declarations();  // 1 < 2.0
std::span<const Declaration> optional_index_declarations();
std::span<const Declaration> standard_declarations();
std::span<const Declaration> time_declarations();
std::span<const Declaration> string_declarations();
std::span<const Declaration> list_declarations();
std::span<const Declaration> optional_declarations();
std::span<const Declaration> kubernetes_declarations();
std::span<const Declaration> network_declarations();

}  // namespace lesto::cel
