#include "engines/lua/failure.h"

#include <charconv>

namespace lesto::lua {

std::string_view to_string(Stage stage) {
  switch (stage) {
    case Stage::Load: return "load";
    case Stage::Call: return "call";
    case Stage::Table: return "table";
    case Stage::Encode: return "encode";
    case Stage::Decode: return "decode";
  }
  return "";
}

std::string Failure::text() const {
  if (traceback.empty()) return message;
  return message + "\n" + traceback;
}

int line_of(std::string_view message) {
  constexpr std::string_view kPlaces[] = {">:", " line:", "near line("};
  for (std::string_view place : kPlaces) {
    std::size_t at = message.find(place);
    if (at == std::string_view::npos) continue;
    int line = 0;
    const char* first = message.data() + at + place.size();
    auto read = std::from_chars(first, message.data() + message.size(), line);
    if (read.ec == std::errc()) return line;
  }
  return 0;
}

}  // namespace lesto::lua
