// JSON pointers (RFC 6901).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::json {

// "/a/b~1c/0" gives {"a", "b/c", "0"}; "" gives nothing and means the whole value. A text without
// leading slash is Invalid.
Result<std::vector<std::string>> parse_pointer(std::string_view text);

// One step of a pointer, escaped: "a/b" gives "a~1b".
std::string escape_pointer(std::string_view step);
std::string unescape_pointer(std::string_view step);

// The value that the steps lead to; null when there is none. Array steps are decimal indexes
// without leading zeros.
const Value* find(const Value& value, const std::vector<std::string>& steps);

}  // namespace lesto::json
