// What changed between two values, path by path: for dry-run reports, drift messages and `what-if`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foundation/json/value.h"

namespace lesto::json {

struct Change {
  // ".spec.ports[0].port"; a key that is no plain word is quoted: .metadata.annotations["a.b/c"].
  std::string path;
  // Absent: the path was added or removed.
  std::optional<Value> before;
  std::optional<Value> after;
};

// Changes in the order of the paths, at most `changes_max` of them. Arrays are compared index by
// index. What is shared between the two values is skipped at no cost.
std::vector<Change> diff(const Value& before, const Value& after, std::size_t changes_max = 1000);

}  // namespace lesto::json
