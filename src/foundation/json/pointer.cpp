#include "foundation/json/pointer.h"

#include <charconv>

namespace lesto::json {

std::string unescape_pointer(std::string_view step) {
  std::string out;
  out.reserve(step.size());
  for (std::size_t i = 0; i < step.size(); ++i) {
    char next = i + 1 < step.size() ? step[i + 1] : '\0';
    bool escape = step[i] == '~' && (next == '0' || next == '1');
    out += escape ? (next == '0' ? '~' : '/') : step[i];
    if (escape) ++i;
  }
  return out;
}

std::string escape_pointer(std::string_view step) {
  std::string out;
  out.reserve(step.size());
  for (char c : step) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

Result<std::vector<std::string>> parse_pointer(std::string_view text) {
  std::vector<std::string> steps;
  if (text.empty()) return steps;
  if (text[0] != '/')
    return fail(Code::Invalid, "a JSON pointer begins with /: " + std::string(text));
  text.remove_prefix(1);
  while (true) {
    std::size_t end = text.find('/');
    steps.push_back(unescape_pointer(text.substr(0, end)));
    if (end == std::string_view::npos) return steps;
    text.remove_prefix(end + 1);
  }
}

const Value* find(const Value& value, const std::vector<std::string>& steps) {
  const Value* at = &value;
  for (const std::string& step : steps) {
    if (at->is_object()) {
      at = at->find(step);
      if (!at) return nullptr;
      continue;
    }
    std::size_t index = 0;
    auto end = step.data() + step.size();
    auto result = std::from_chars(step.data(), end, index);
    bool number =
        result.ec == std::errc() && result.ptr == end && (step.size() == 1 || step[0] != '0');
    if (!at->is_array() || !number || index >= at->size()) return nullptr;
    at = &(*at)[index];
  }
  return at;
}

}  // namespace lesto::json
