// UTF-8 and numbers, as CEL's functions need them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lesto::cel {

std::size_t rune_count(std::string_view text);
bool valid_utf8(std::string_view text);
// Where each rune begins, and the end: one more than there are runes.
std::vector<std::size_t> rune_starts(std::string_view text);

// Go's FormatFloat(value, 'g', -1, 64).
std::string double_text(double value);

}  // namespace lesto::cel
