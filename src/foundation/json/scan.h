// JSON syntax as Go's scanner sees it: where a text breaks, and in which words; internal to this
// room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lesto::json {

struct SyntaxProblem {
  // Bytes read when the problem was seen, the offending one included.
  std::size_t offset = 0;
  std::string message;
  // The text ended inside a value.
  bool ended = false;
};

// The first problem of a text that should be one JSON value.
std::optional<SyntaxProblem> find_syntax_problem(std::string_view text);

// One value at the beginning of a stream. `end` is behind the value; `problem` tells why there is
// none; neither when only blanks are left.
struct ScannedValue {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::optional<SyntaxProblem> problem;
};
ScannedValue scan_value(std::string_view text);

// Go's %q.
std::string go_quote(std::string_view text);

}  // namespace lesto::json
