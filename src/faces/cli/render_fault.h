// How an error is shown: the line of the file, a mark under the place, the value at fault.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engines/gotemplate/template.h"
#include "engines/lua/failure.h"
#include "faces/cli/render_sources.h"

namespace lesto::cli {

// An error of `source`, which is part of the file with the given name and text. `fault` is what the
// template's execution noted.
Error template_fault(const std::string& file, const std::string& text, const Source& source,
                     const Error& error, const gotemplate::Fault& fault);
// `input` is what the script saw as the global `input_name`.
Error script_fault(const std::string& file, const std::string& text, const Source& source,
                   const lua::Failure& failure, std::string_view input_name,
                   const json::Value& input);

// A value in one line of at most 160 characters: what lies deep is left out.
std::string brief(const json::Value& value);

}  // namespace lesto::cli
