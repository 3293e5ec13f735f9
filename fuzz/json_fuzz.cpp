// Fuzzes JSON: the fast reader and the exact one. What must hold: both take the same texts and read
// the same values; what is taken out of a document outlives it; changing a copy changes the copy
// only; what is written reads back.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/json/slow_parse.h"
#include "foundation/json/text.h"

namespace {

using namespace lesto;

void must(bool holds) {
  if (!holds) std::abort();
}

// Every array and object, as copies.
void collect(const json::Value& value, std::vector<json::Value>& out) {
  if (!value.is_array() && !value.is_object()) return;
  out.push_back(value);
  for (const json::Value& item : value.items()) collect(item, out);
  for (const json::Member& member : value.members()) collect(member.value, out);
}

void change(json::Value& value) {
  if (value.is_array()) {
    value.push("pushed");
    if (json::Value* first = value.edit(std::size_t{0})) *first = json::object({{"changed", true}});
    value.insert_at(value.size() / 2, 7);
    value.erase_at(value.size() - 1);
  } else {
    if (!value.empty()) value.erase(std::string(value.members().back().name()));
    value.set("added", 1);
    value.set_path({"added", "deep"}, json::array({1, "two"}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto fast = json::parse(text);
  auto exact = json::parse_slowly(text);
  must(fast.has_value() == exact.has_value());
  if (!fast) {
    must(fast.error().message() == exact.error().message());
    return 0;
  }
  must(*fast == *exact);
  std::string written = json::write(*fast);
  must(written == json::write(*exact));
  auto again = json::parse(written);
  // "-0" is an integer when it is read again.
  must(again.has_value());
  std::string rewritten = json::write(*again);
  again = json::parse(rewritten);
  must(again && json::write(*again) == rewritten);

  std::vector<json::Value> parts;
  std::vector<json::Value> exact_parts;
  collect(*fast, parts);
  collect(*exact, exact_parts);
  must(parts.size() == exact_parts.size());
  *again = {};
  std::vector<json::Value> untouched = parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    change(parts[i]);
    change(exact_parts[i]);
    must(parts[i] == exact_parts[i]);
  }
  must(json::write(*fast) == written);
  *fast = {};
  for (const json::Value& part : untouched) (void)json::write(part);
  must(untouched.empty() || json::write(untouched[0]) == written);
  return 0;
}
