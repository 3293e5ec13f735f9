// The exact JSON decoder behind parse() and parse_strict(); internal to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::json {

// With `duplicates` each field that occurs twice in one object is appended to it.
Result<Value> parse_slowly(std::string_view text, std::vector<std::string>* duplicates = nullptr);

}  // namespace lesto::json
