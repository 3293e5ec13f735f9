#include "tests/scenario/check.h"

#include "foundation/json/text.h"

namespace lesto::scenario {
namespace {

std::optional<std::string> differs(const std::string& path, const json::Value& wanted, const json::Value& got) {
  return path + ": wanted " + json::write(wanted) + ", got " + json::write(got);
}

// Some item that fits `where` must fit `has`.
std::optional<std::string> mismatch_some(const json::Value& wanted, const json::Value& got, const std::string& path) {
  std::optional<std::string> first = path + ": no item matches " + json::write(wanted["where"]) + " in " + json::write(got);
  for (const json::Value& item : got.items()) {
    if (mismatch(wanted["where"], item, path)) continue;
    first = mismatch(wanted["has"], item, path);
    if (!first) return std::nullopt;
  }
  return first;
}

}  // namespace

std::optional<std::string> mismatch(const json::Value& wanted, const json::Value& got, const std::string& path) {
  if (wanted.is_string() && wanted.text().starts_with("~ ")) {
    bool contains = got.is_string() && got.text().find(wanted.text().substr(2)) != std::string_view::npos;
    return contains ? std::nullopt : differs(path, wanted, got);
  }
  if (wanted.is_object()) {
    if (wanted.contains("where") && got.is_array()) return mismatch_some(wanted, got, path);
    if (!got.is_object()) return differs(path, wanted, got);
    for (const json::Member& member : wanted.members()) {
      auto found = mismatch(member.value, got[member.name()], path + "." + std::string(member.name()));
      if (found) return found;
    }
    return std::nullopt;
  }
  if (wanted.is_array()) {
    if (!got.is_array() || got.size() != wanted.size()) return differs(path, wanted, got);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      auto found = mismatch(wanted[i], got[i], path + "[" + std::to_string(i) + "]");
      if (found) return found;
    }
    return std::nullopt;
  }
  return wanted == got ? std::nullopt : differs(path, wanted, got);
}

}  // namespace lesto::scenario
