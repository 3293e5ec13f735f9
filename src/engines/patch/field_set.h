// A set of field paths: what a manager owns. Paths step through fields, list items by key or by
// value, and indexes.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/patch/schema.h"
#include "foundation/base/result.h"
#include "foundation/json/value.h"

namespace lesto::patch {

enum class StepKind : std::uint8_t { Field, Key, Item, Index };

struct PathStep {
  StepKind kind = StepKind::Field;
  // The field's name, the key fields as an object, the item, or the index.
  json::Value data;

  static PathStep field(std::string_view name) { return {StepKind::Field, json::Value(name)}; }

  // ".name", "[port=80,protocol=\"TCP\"]", "[=\"a\"]", "[3]".
  std::string text() const;
};

// Fields before keys before items before indexes; numbers by value, be they integers or not.
int compare(const PathStep& a, const PathStep& b);
// The order of values that it rests on.
int compare_values(const json::Value& a, const json::Value& b);
// Equal by value: 1 and 1.0 are.
inline bool same_value(const json::Value& a, const json::Value& b) {
  return compare_values(a, b) == 0;
}

using Path = std::vector<PathStep>;
std::string path_text(const Path& path);

// Members are paths of one step; children hold the longer ones. Both sorted.
class FieldSet {
 public:
  struct Child;

  FieldSet() = default;

  void insert(const PathStep* path, std::size_t steps);
  void insert(const Path& path) { insert(path.data(), path.size()); }
  // Adds what lies at one step: the step itself, and what lies below it.
  void put(const PathStep& step, bool member, FieldSet below);
  bool has(const Path& path) const;
  bool has_member(const PathStep& step) const;
  const FieldSet* child(const PathStep& step) const;

  bool empty() const;
  std::size_t size() const;

  FieldSet unite(const FieldSet& other) const;
  FieldSet intersect(const FieldSet& other) const;
  // Removes the paths of `other`, not what lies below them.
  FieldSet subtract(const FieldSet& other) const;
  // Removes the paths of `other` and all below them.
  FieldSet subtract_recursively(const FieldSet& other) const;
  // Adds declared fields that have children as members of their own.
  FieldSet with_named_fields(const SchemaNode* node) const;

  // Each path, members before children at each level.
  void for_each(const std::function<void(const Path&)>& visit) const;

  // The form that managedFields hold: {"f:spec":{".":{},"f:replicas":{}}}.
  json::Value to_fields_v1() const;
  static Result<FieldSet> from_fields_v1(const json::Value& fields);

  const std::vector<PathStep>& members() const { return members_; }
  const std::vector<Child>& children() const { return children_; }

 private:
  void visit(Path& prefix, const std::function<void(const Path&)>& visit) const;
  FieldSet& descend(const PathStep& step);

  std::vector<PathStep> members_;
  std::vector<Child> children_;
};

struct FieldSet::Child {
  PathStep step;
  FieldSet set;
};

}  // namespace lesto::patch
