#include "engines/cel/source.h"

#include <algorithm>

namespace lesto::cel {
namespace {

std::size_t runes(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string describe_one(std::string_view source, const Complaint& complaint) {
  std::size_t at = std::min(complaint.position, source.size());
  std::size_t begin = at == 0 ? 0 : source.rfind('\n', at - 1) + 1;
  if (at > 0 && source.rfind('\n', at - 1) == std::string_view::npos) begin = 0;
  auto line =
      1 + std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  std::string_view text = source.substr(begin, source.find('\n', begin) - begin);
  std::size_t column = runes(source.substr(begin, at - begin));
  std::string shown(text);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  std::string out = "ERROR: <input>:" + std::to_string(line) + ":" + std::to_string(column + 1) +
                    ": " + complaint.text;
  return out + "\n | " + shown + "\n | " + std::string(column, '.') + "^";
}

}  // namespace

std::string describe(std::string_view source, const std::vector<Complaint>& complaints) {
  std::string out;
  for (const Complaint& complaint : complaints) {
    if (!out.empty()) out += "\n";
    out += describe_one(source, complaint);
  }
  return out;
}

}  // namespace lesto::cel
