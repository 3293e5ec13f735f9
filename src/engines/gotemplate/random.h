// Chance, from the caller's generator.
#pragma once

#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {

// Fails when the caller gave no generator.
Text random_bytes(Call& call, std::size_t count);
// A number below `limit`, all equally likely.
std::expected<std::uint64_t, Failure> random_below(Call& call, std::uint64_t limit);

// Counts something as costly as a key against kKeysMade.
Outcome count_key(Call& call);

}  // namespace lesto::gotemplate
