// The text of an expression, for errors that point into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lesto::cel {

struct Complaint {
  std::size_t position = 0;  // byte of the text
  std::string text;
};

// "ERROR: <input>:1:5: TEXT\n | SOURCE LINE\n | ....^", one after the other.
std::string describe(std::string_view source, const std::vector<Complaint>& complaints);

}  // namespace lesto::cel
