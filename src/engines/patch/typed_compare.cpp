#include <map>

#include "engines/patch/typed.h"

namespace lesto::patch {
namespace {

using json::Value;

struct StepLess {
  bool operator()(const PathStep& a, const PathStep& b) const { return compare(a, b) < 0; }
};

class Comparer {
 public:
  void run(const SchemaNode& node, const Value* before, const Value* after) {
    // The very same value has no differences, however large it is.
    if (before && after && before->same_storage(*after)) return;
    bool in_leaf = false;
    Shape before_shape = shape_of(node, before);
    Shape after_shape = shape_of(node, after);
    if (!after) {
      in_leaf = handle(node, before_shape, before, after);
    } else if (!before || before_shape == after_shape) {
      in_leaf = handle(node, after_shape, before, after);
    } else {
      handle(node, before_shape, before, after);
      in_leaf = handle(node, after_shape, before, after);
    }
    if (in_leaf) return;
    if (!before) {
      comparison.added.insert(path_);
    } else if (!after) {
      comparison.removed.insert(path_);
    }
  }

  Comparison comparison;
  std::vector<std::string> problems;

 private:
  // True when the value was compared as a whole.
  bool handle(const SchemaNode& node, Shape shape, const Value* before, const Value* after) {
    if (shape.map) return compare_maps(node, before, after);
    if (shape.scalar) {
      auto before_problems = scalar_problems(node, before, "lhs: ");
      auto after_problems = scalar_problems(node, after, "rhs: ");
      if (!before_problems.empty() && !after_problems.empty()) {
        complain(before_problems[0]);
        complain(after_problems[0]);
        return false;
      }
      return leaf(before, after);
    }
    if (shape.list) return compare_lists(node, before, after);
    complain("schema error: invalid atom: inlined");
    return false;
  }

  void complain(const std::string& problem) {
    std::string path = path_text(path_);
    problems.push_back(path.empty() ? problem : path + ": " + problem);
  }

  bool leaf(const Value* before, const Value* after) {
    if (!before) {
      comparison.added.insert(path_);
    } else if (!after) {
      comparison.removed.insert(path_);
    } else if (!same_value(*before, *after)) {
      comparison.modified.insert(path_);
    }
    return true;
  }

  void descend(const SchemaNode* node, PathStep step, const Value* before, const Value* after) {
    path_.push_back(std::move(step));
    if (node) {
      run(*node, before, after);
    } else {
      leaf(before, after);
    }
    path_.pop_back();
  }

  bool compare_maps(const SchemaNode& node, const Value* before, const Value* after) {
    const Value* b = before && before->is_object() && !before->empty() ? before : nullptr;
    const Value* a = after && after->is_object() && !after->empty() ? after : nullptr;
    if (node.map == MapKind::Atomic || (!b && !a)) return leaf(before, after);
    if (b) {
      for (const json::Member& member : b->members()) {
        const Value* other = a ? a->find(member.name()) : nullptr;
        descend(node.member(member.name()), PathStep{StepKind::Field, member.key}, &member.value,
                other);
      }
    }
    if (a) {
      for (const json::Member& member : a->members()) {
        if (b && b->contains(member.name())) continue;
        descend(node.member(member.name()), PathStep{StepKind::Field, member.key}, nullptr,
                &member.value);
      }
    }
    return false;
  }

  using Items = std::map<PathStep, std::vector<const Value*>, StepLess>;

  void index(const SchemaNode& node, const Value* list, Items& items) {
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      auto step = step_of_item(node, (*list)[i]);
      if (step) {
        items[*step].push_back(&(*list)[i]);
      } else {
        complain("element " + std::to_string(i) + ": " + step.error().message());
      }
    }
  }

  bool compare_lists(const SchemaNode& node, const Value* before, const Value* after) {
    const Value* b = before && before->is_array() && !before->empty() ? before : nullptr;
    const Value* a = after && after->is_array() && !after->empty() ? after : nullptr;
    if (node.list == ListKind::Atomic || (!b && !a)) return leaf(before, after);
    Items old_items;
    Items new_items;
    index(node, b, old_items);
    index(node, a, new_items);
    for (const auto& [step, items] : old_items) {
      auto found = new_items.find(step);
      compare_items(node, step, items,
                    found == new_items.end() ? std::vector<const Value*>() : found->second);
    }
    for (const auto& [step, items] : new_items) {
      if (!old_items.contains(step)) compare_items(node, step, {}, items);
    }
    return false;
  }

  // Items that share their step are compared, added and removed together.
  void compare_items(const SchemaNode& node, const PathStep& step,
                     const std::vector<const Value*>& before,
                     const std::vector<const Value*>& after) {
    auto first = [](const std::vector<const Value*>& items) {
      return items.empty() ? nullptr : items[0];
    };
    if (before.size() <= 1 && after.size() <= 1)
      return descend(node.items, step, first(before), first(after));
    path_.push_back(step);
    if (before.size() >= 2 && after.size() >= 2) {
      bool same = std::ranges::equal(
          before, after, [](const Value* x, const Value* y) { return same_value(*x, *y); });
      if (!same) comparison.modified.insert(path_);
      path_.pop_back();
      return;
    }
    path_.pop_back();
    bool shrinks = before.size() >= 2;
    if (shrinks && !after.empty()) descend(node.items, step, nullptr, after[0]);
    if (!shrinks && !before.empty()) descend(node.items, step, before[0], nullptr);
    path_.push_back(step);
    (shrinks ? comparison.removed : comparison.added).insert(path_);
    path_.pop_back();
  }

  Path path_;
};

}  // namespace

Result<Comparison> compare_typed(const SchemaNode& node, const Value& before, const Value& after) {
  Comparer comparer;
  comparer.run(node, &before, &after);
  if (comparer.problems.empty()) return std::move(comparer.comparison);
  if (comparer.problems.size() == 1) return fail(Code::Invalid, comparer.problems[0]);
  std::string text = "errors:";
  for (const std::string& problem : comparer.problems) text += "\n  " + problem;
  return fail(Code::Invalid, text);
}

}  // namespace lesto::patch
