// Text → expression, with macros resolved.
#pragma once

#include <expected>
#include <string_view>

#include "engines/cel/ast.h"
#include "engines/cel/source.h"

namespace lesto::cel {

enum class Optionals : bool { Off, On };
enum class TwoVariables : bool { Off, On };

// Fields as `a-b`.
enum class QuotedFields : bool { Off, On };

struct Syntax {
  Optionals optionals = Optionals::Off;
  TwoVariables two_variables = TwoVariables::Off;
  QuotedFields quoted_fields = QuotedFields::Off;
};

// The first thing that is wrong ends the parse.
std::expected<ExprRef, Complaint> parse(std::string_view text, Syntax syntax);

}  // namespace lesto::cel
