// Why a script gave no verdict: at which stage, in which line, in the words that users know.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "foundation/base/result.h"

namespace lesto::lua {

enum class Stage : std::uint8_t {
  Load,    // the text does not parse, or its top level fails
  Call,    // `evaluate` fails or is missing
  Table,   // `evaluate` returned no table
  Encode,  // the returned table is not JSON
  Decode,  // the returned table does not fit the verdict
};
std::string_view to_string(Stage stage);

struct Failure {
  Stage stage = Stage::Load;
  // Invalid: the script is wrong; TooLarge: it hit a limit.
  Code code = Code::Invalid;
  // Where in the script, 1 based; 0 when unknown.
  int line = 0;
  // 0-based column of the place just behind the fault, when the text does not parse; -1 otherwise.
  int column = -1;
  // "<string>:3: attempt to ..."
  std::string message;
  // "stack traceback:\n\t...", empty when there is none.
  std::string traceback;

  // The whole text as controllers report it: message, line break, traceback.
  std::string text() const;
  operator Error() const { return Error(code, text()); }
};

template <class T>
using Outcome = std::expected<T, Failure>;

// The line in "<string>:3: ...", 0 when the text has none.
int line_of(std::string_view message);

}  // namespace lesto::lua
