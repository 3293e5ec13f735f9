// Go's fmt: values as text.
#pragma once

#include <span>
#include <string>

#include "engines/gotemplate/functions.h"

namespace lesto::gotemplate {

// Appends the value as %v shows it. Costs a step for each value inside.
Outcome append_value(std::string& out, Context& context, const Value& value);
// What Sprintf gives.
Outcome append_formatted(std::string& out, Context& context, std::string_view format,
                         std::span<const Value> arguments);
// Print: a blank between operands when neither is a string; PrintLine: always, and a line break at
// the end.
Outcome append_printed(std::string& out, Context& context, std::span<const Value> operands);
Outcome append_printed_line(std::string& out, Context& context, std::span<const Value> operands);
// As %q of a text.
// The text of a value that has its own String method (times, versions, durations); false for all
// others.
bool own_text(const Value& value, std::string& out);

}  // namespace lesto::gotemplate
