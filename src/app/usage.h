// What a wrong command line is told.
#pragma once

#include <CLI/CLI.hpp>

namespace lesto::app {

// The exit status of a command line that cannot be read; 1 is that of a command that failed.
inline constexpr int kUsageStatus = 2;

// Prints what --help asks for, or what is wrong and where to look. The exit status.
int explain_usage(const CLI::App& app, const CLI::ParseError& error);

}  // namespace lesto::app
