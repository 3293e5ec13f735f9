// What lies between Go's regular expressions and RE2's: few constructs and the words of errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lesto::gotemplate {

// Go's error for what RE2 would take or would word differently.
std::optional<std::string> regex_error(std::string_view expression);
// The expression in RE2's dialect: (?<name>…) as (?P<name>…).
std::string re2_expression(std::string_view expression);
// Go's text for an error code of RE2. `argument` is the part at fault.
std::string re2_error(std::string_view expression, int code, std::string_view argument);
// How regexp.MustCompile's panic begins.
std::string compile_panic(std::string_view expression);

}  // namespace lesto::gotemplate
