// From simdjson's tape to a Value; internal to this room.
//
// The tape is simdjson's documented format (its doc/tape.md): one word a value, tag in the top
// byte; numbers take a second word; the low half of an opening word is the place behind the closing
// one; texts lie in a buffer, each behind its length.
#pragma once

#include <cstdint>
#include <optional>

#include "foundation/json/value.h"

namespace lesto::json {

// An object of at least this many words (about 200 bytes of text; every Kubernetes object) in a list
// at the top of a document (an item of a list, or of the `items` of an object) gets a block of its
// own, so that keeping it does not keep the list.
inline constexpr std::size_t kPartWords = 16;

// Nothing when the document is nested deeper than kDepthMax or too large for a block. `texts` has
// simdjson's padding.
std::optional<Value> read_tape(const std::uint64_t* tape, const char* texts);

}  // namespace lesto::json
