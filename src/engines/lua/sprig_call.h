// One call of a Sprig function of engines/gotemplate, with values of scripts. Knows nothing of Lua.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/time.h"
#include "foundation/json/value.h"

namespace lesto::lua {

struct SprigArgument {
  enum class Kind : std::uint8_t { Integer, Counter, Number, Bool, Text, Texts, Any, Pairs };
  Kind kind = Kind::Text;
  std::int64_t integer = 0;
  double number = 0;
  bool boolean = false;
  // Borrowed.
  std::string_view text;
};

// What a call works with besides its arguments.
struct SprigHost {
  Time now{};
  // Null: random functions fail.
  Rng* rng = nullptr;
  std::uint64_t steps = 0;
};

struct SprigAnswer {
  // Null unless `fine`.
  json::Value value;
  // The error's text.
  std::string problem;
  bool fine = false;
  // The function hit a limit of its own.
  bool too_large = false;
  std::uint64_t steps_used = 0;
};

// `list` holds the elements of the one argument that is a list or a map (name, value, ...), when
// there is one.
SprigAnswer call_sprig(std::string_view function, std::span<const SprigArgument> arguments,
                       std::span<const SprigArgument> list, const SprigHost& host);

}  // namespace lesto::lua
