#include "engines/cel/cel.h"

#include <algorithm>

#include "engines/cel/evaluator.h"
#include "engines/cel/parser.h"

namespace lesto::cel {
namespace {

Functions make_functions(Library library) {
  Functions functions;
  functions.add(operator_declarations());
  functions.add(standard_declarations());
  functions.add(time_declarations());
  if (library == Library::Standard) return functions;
  functions.add(mixed_number_declarations());
  functions.add(optional_index_declarations());
  functions.add(optional_declarations());
  functions.add(string_declarations());
  functions.add(list_declarations());
  functions.add(kubernetes_declarations());
  functions.add(network_declarations());
  return functions;
}

// Tables of constants, made when they are first needed.
const Functions& functions_of(Library library) {
  static const Functions kStandard = make_functions(Library::Standard);
  static const Functions kKubernetes = make_functions(Library::Kubernetes);
  return library == Library::Standard ? kStandard : kKubernetes;
}

bool reads(const Expr& expr, int slot) {
  if (expr.kind == ExprKind::Ident && expr.slot == slot) return true;
  if (expr.target && reads(*expr.target, slot)) return true;
  return std::any_of(expr.args.begin(), expr.args.end(),
                     [&](const ExprRef& arg) { return reads(*arg, slot); });
}

}  // namespace

Program::Program(Environment environment, ExprRef root)
    : environment_(std::move(environment)), root_(std::move(root)) {}
Program::~Program() = default;

std::expected<std::shared_ptr<const Program>, Refusal> Program::compile(std::string_view text,
                                                                        Environment environment) {
  bool kubernetes = environment.library == Library::Kubernetes;
  Syntax syntax;
  syntax.optionals = kubernetes ? Optionals::On : Optionals::Off;
  syntax.two_variables = kubernetes ? TwoVariables::On : TwoVariables::Off;
  syntax.quoted_fields = kubernetes ? QuotedFields::Off : QuotedFields::On;
  auto root = parse(text, syntax);
  if (!root) return std::unexpected(Refusal{Refusal::Stage::Parse, describe(text, {root.error()})});
  auto complaints = check(**root, environment.variables, functions_of(environment.library),
                          {.strict_literals = kubernetes});
  if (!complaints.empty())
    return std::unexpected(Refusal{Refusal::Stage::Check, describe(text, complaints)});
  return std::make_shared<const Program>(std::move(environment), std::move(*root));
}

Result<Value> Program::run(std::vector<Value> values, Budget& budget) const {
  if (values.size() != environment_.variables.size())
    return fail(Code::Internal, "a value for each variable is needed");
  return evaluate(*root_, std::move(values), budget);
}

Result<Value> Program::run(std::vector<Value> values, std::int64_t cost_max) const {
  Budget budget(cost_max);
  return run(std::move(values), budget);
}

const Type& Program::type() const { return *root_->type; }

bool Program::mentions(std::string_view variable) const {
  for (std::size_t i = 0; i < environment_.variables.size(); ++i) {
    if (environment_.variables[i].name == variable) return reads(*root_, static_cast<int>(i));
  }
  return false;
}

}  // namespace lesto::cel
