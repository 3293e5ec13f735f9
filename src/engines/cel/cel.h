// CEL programs: compiled once, run often.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engines/cel/checker.h"
#include "engines/cel/limits.h"
#include "engines/cel/type.h"
#include "engines/cel/value.h"

namespace lesto::cel {

enum class Library : std::uint8_t {
  Standard,    // cel-go's standard environment and macros: event filters
  Kubernetes,  // with what Kubernetes adds for CRDs: optionals, strings, lists, sets, regular
               // expressions, quantities, ...
};

// What an expression may name.
struct Environment {
  Library library = Library::Standard;
  std::vector<Variable> variables;
};

// Where a compilation failed, and cel-go's text for it.
struct Refusal {
  enum class Stage : std::uint8_t { Parse, Check };
  Stage stage = Stage::Parse;
  std::string text;
};

// Immutable. Values of a run may refer to types of the environment: they must not outlive the
// program.
class Program {
 public:
  static std::expected<std::shared_ptr<const Program>, Refusal> compile(std::string_view text,
                                                                        Environment environment);

  // `values` are those of the variables, in their order. Code TooLarge when the cost limit was hit.
  Result<Value> run(std::vector<Value> values, std::int64_t cost_max = kCostMax) const;
  // The same, taking what it costs from a budget that several runs share.
  Result<Value> run(std::vector<Value> values, Budget& budget) const;

  const Type& type() const;                        // of the answer
  bool mentions(std::string_view variable) const;  // does the expression read that variable?
  const Environment& environment() const { return environment_; }

  Program(Environment environment, ExprRef root);
  ~Program();

 private:
  Environment environment_;
  ExprRef root_;
};

}  // namespace lesto::cel
