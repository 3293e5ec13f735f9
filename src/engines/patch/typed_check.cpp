#include <algorithm>
#include <set>

#include "engines/patch/go_text.h"
#include "engines/patch/typed.h"
#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Kind;
using json::Value;

std::string_view go_type(const Value& value) {
  switch (value.kind()) {
    case Kind::Bool: return "bool";
    case Kind::Int: return "int64";
    case Kind::Double: return "float64";
    case Kind::String: return "string";
    case Kind::Array: return "[]interface {}";
    case Kind::Object: return "map[string]interface {}";
    case Kind::Null: return "<nil>";
  }
  return "";
}

class Checker {
 public:
  explicit Checker(ListDuplicates duplicates) : duplicates_(duplicates) {}

  void check(const SchemaNode& node, const Value& value) {
    Shape shape = shape_of(node, &value);
    if (shape.map) return check_map(node, value);
    if (shape.scalar) {
      for (const std::string& problem : scalar_problems(node, &value, "")) complain(problem);
      return;
    }
    if (shape.list) return check_list(node, value);
    complain("schema error: invalid atom: inlined");
  }

  std::vector<std::string> problems;

 private:
  void complain(const std::string& problem) {
    problems.push_back(path_.empty() ? problem : path_ + ": " + problem);
  }

  void check_map(const SchemaNode& node, const Value& value) {
    if (value.is_null()) return;
    if (!value.is_object()) return complain("expected map, got &{" + go_value(value) + "}");
    for (const json::Member& member : value.members()) {
      std::size_t length = path_.size();
      path_ += "." + std::string(member.name());
      const SchemaNode* type = node.member(member.name());
      if (type) {
        check(*type, member.value);
      } else {
        complain("field not declared in schema");
      }
      path_.resize(length);
      // Upstream looks no further in a map with an unknown field.
      if (!type) return;
    }
  }

  void check_list(const SchemaNode& node, const Value& value) {
    if (value.is_null()) return;
    if (!value.is_array()) return complain("expected list, got &{" + go_value(value) + "}");
    auto less = [](const PathStep& a, const PathStep& b) { return compare(a, b) < 0; };
    std::set<PathStep, decltype(less)> seen(less);
    for (std::size_t i = 0; i < value.size(); ++i) {
      PathStep step{StepKind::Index, static_cast<std::int64_t>(i)};
      if (node.list != ListKind::Atomic) {
        auto keyed = step_of_item(node, value[i]);
        if (!keyed)
          return complain("element " + std::to_string(i) + ": " + keyed.error().message());
        step = *keyed;
        bool is_new = seen.insert(step).second;
        if (duplicates_ == ListDuplicates::Refuse && !is_new)
          complain("duplicate entries for key " + step.text());
      }
      std::size_t length = path_.size();
      path_ += step.text();
      check(*node.items, value[i]);
      path_.resize(length);
    }
  }

  ListDuplicates duplicates_;
  std::string path_;
};

// Collects into `below` what is owned below a value. True when the value itself is owned as a
// whole.
bool collect(const SchemaNode& node, const Value& value, FieldSet& below);

bool collect_map(const SchemaNode& node, const Value& value, FieldSet& below) {
  if (node.map == MapKind::Atomic) return true;
  for (const json::Member& member : value.members()) {
    const SchemaField* field = node.field(member.name());
    const SchemaNode* type = field ? field->type : node.values;
    FieldSet inside;
    bool whole = type && collect(*type, member.value, inside);
    bool itself =
        member.value.is_null() || (member.value.is_object() && member.value.empty()) || !field;
    below.put(PathStep{StepKind::Field, member.key}, whole || itself, std::move(inside));
  }
  return false;
}

bool collect_list(const SchemaNode& node, const Value& value, FieldSet& below) {
  if (node.list == ListKind::Atomic) return true;
  std::vector<std::pair<PathStep, const Value*>> items;
  for (const Value& item : value.items()) {
    auto step = step_of_item(node, item);
    items.emplace_back(step ? std::move(*step) : PathStep(), &item);
  }
  // In the order of their steps each goes to the end of the set, and equal ones stand together.
  std::ranges::stable_sort(
      items, [](const auto& a, const auto& b) { return compare(a.first, b.first) < 0; });
  for (std::size_t i = 0; i < items.size();) {
    std::size_t end = i + 1;
    while (end < items.size() && compare(items[i].first, items[end].first) == 0) ++end;
    FieldSet inside;
    // Duplicates are owned together, not their fields.
    if (end == i + 1) collect(*node.items, *items[i].second, inside);
    below.put(items[i].first, true, std::move(inside));
    i = end;
  }
  return false;
}

bool collect(const SchemaNode& node, const Value& value, FieldSet& below) {
  Shape shape = shape_of(node, &value);
  if (shape.map) return collect_map(node, value, below);
  if (shape.scalar) return true;
  return shape.list && collect_list(node, value, below);
}

}  // namespace

Shape shape_of(const SchemaNode& node, const Value* value) {
  Shape whole{node.map != MapKind::None, node.scalar != ScalarKind::None,
              node.list != ListKind::None};
  if (!value || value->is_null()) return whole;
  if (value->is_object()) return whole.map ? Shape{.map = true} : whole;
  if (value->is_array()) return whole.list ? Shape{.list = true} : whole;
  return whole.scalar ? Shape{.scalar = true} : whole;
}

std::vector<std::string> scalar_problems(const SchemaNode& node, const Value* value,
                                         std::string_view prefix) {
  if (!value || value->is_null()) return {};
  std::string text(prefix);
  switch (node.scalar) {
    case ScalarKind::Number:
      if (value->is_number()) return {};
      return {text + "expected numeric (int or float), got " + std::string(go_type(*value))};
    case ScalarKind::String:
      if (value->is_string()) return {};
      return {text + "expected string, got &value.valueUnstructured{Value:" + go_value(*value) +
              "}"};
    case ScalarKind::Boolean:
      if (value->is_bool()) return {};
      return {text + "expected boolean, got &{" + go_value(*value) + "}"};
    default:
      if (value->is_number() || value->is_string() || value->is_bool()) return {};
      return {text + "expected any scalar, got &{" + go_value(*value) + "}"};
  }
}

Result<PathStep> step_of_item(const SchemaNode& list, const Value& item) {
  if (list.list == ListKind::Set) {
    if (item.is_object())
      return fail(Code::Invalid, "associative list without keys has an element that's a map type");
    if (item.is_array())
      return fail(Code::Invalid, "not supported: associative list with lists as elements");
    if (item.is_null())
      return fail(Code::Invalid,
                  "associative list without keys has an element that's an explicit null");
    return PathStep{StepKind::Item, item};
  }
  if (list.list != ListKind::Map)
    return fail(Code::Invalid, "invalid indexing of non-associative list");
  if (item.is_null())
    return fail(Code::Invalid, "associative list with keys may not have a null element");
  if (!item.is_object())
    return fail(Code::Invalid, "associative list with keys may not have non-map elements");
  Value key = Value::object();
  for (const std::string& name : list.keys) {
    const SchemaField* field = list.items ? list.items->field(name) : nullptr;
    if (const Value* value = item.find(name)) {
      key.set(name, *value);
    } else if (field && field->fallback && !field->fallback->is_null()) {
      key.set(name, *field->fallback);
    }
  }
  if (key.empty()) {
    std::string names;
    for (const std::string& name : list.keys)
      names += (names.empty() ? "" : " ") + json::go_quote(name);
    return fail(Code::Invalid,
                "associative list with keys has an element that omits all key fields [" + names +
                    "] (and doesn't have default values for any key fields)");
  }
  return PathStep{StepKind::Key, std::move(key)};
}

Result<void> check_typed(const SchemaNode& node, const Value& value, ListDuplicates duplicates) {
  Checker checker(duplicates);
  checker.check(node, value);
  if (checker.problems.empty()) return {};
  if (checker.problems.size() == 1) return fail(Code::Invalid, checker.problems[0]);
  std::string text = "errors:";
  for (const std::string& problem : checker.problems) text += "\n  " + problem;
  return fail(Code::Invalid, text);
}

FieldSet fields_of(const SchemaNode& node, const Value& value) {
  FieldSet fields;
  collect(node, value, fields);
  return fields;
}

}  // namespace lesto::patch
