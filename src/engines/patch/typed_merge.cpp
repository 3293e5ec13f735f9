#include <map>

#include "engines/patch/typed.h"

namespace lesto::patch {
namespace {

using json::Value;

struct StepLess {
  bool operator()(const PathStep& a, const PathStep& b) const { return compare(a, b) < 0; }
};

// The items of a list that merges, in order, each under its step.
struct Indexed {
  std::vector<PathStep> steps;
  // A step that occurs twice has no single item: null stands for it.
  std::map<PathStep, Value, StepLess> items;

  const Value* find(const PathStep& step) const {
    auto found = items.find(step);
    return found == items.end() ? nullptr : &found->second;
  }
};

class Merger {
 public:
  std::optional<Value> merge(const SchemaNode& node, const Value* base, const Value* over) {
    Shape base_shape = shape_of(node, base);
    Shape over_shape = shape_of(node, over);
    if (!over) return handle(node, base_shape, base, over);
    // Where the kinds differ the new one wins; the old one is looked at for its errors.
    if (base && base_shape != over_shape) handle(node, base_shape, base, over);
    return handle(node, over_shape, base, over);
  }

  std::vector<std::string> problems;

 private:
  static std::optional<Value> keep(const Value* base, const Value* over) {
    return over ? *over : *base;
  }

  std::optional<Value> handle(const SchemaNode& node, Shape shape, const Value* base,
                              const Value* over) {
    if (shape.map) return merge_maps(node, base, over);
    if (shape.scalar) {
      auto base_problems = scalar_problems(node, base, "lhs: ");
      auto over_problems = scalar_problems(node, over, "rhs: ");
      if (!base_problems.empty() && !over_problems.empty()) {
        complain(base_problems[0]);
        complain(over_problems[0]);
        return std::nullopt;
      }
      return keep(base, over);
    }
    if (shape.list) return merge_lists(node, base, over);
    complain("schema error: invalid atom: inlined");
    return std::nullopt;
  }

  void complain(const std::string& problem) {
    problems.push_back(path_.empty() ? problem : path_ + ": " + problem);
  }

  std::optional<Value> descend(const SchemaNode* node, const PathStep& step, const Value* base,
                               const Value* over) {
    // A member without a type was refused before, or lies in a live object of an older schema: keep
    // it as it is.
    if (!node) return keep(base, over);
    std::size_t length = path_.size();
    path_ += step.text();
    std::optional<Value> merged = merge(*node, base, over);
    path_.resize(length);
    return merged;
  }

  std::optional<Value> merge_maps(const SchemaNode& node, const Value* base, const Value* over) {
    bool base_holds = base && base->is_object() && !base->empty();
    bool over_holds = over && over->is_object() && !over->empty();
    if (node.map == MapKind::Atomic || (!base_holds && !over_holds)) return keep(base, over);
    std::vector<json::Member> members;
    auto add = [&](const json::Value& key, const Value* b, const Value* o) {
      auto merged = descend(node.member(key.text()), PathStep{StepKind::Field, key}, b, o);
      if (merged) members.emplace_back(key, std::move(*merged));
    };
    if (base_holds) {
      for (const json::Member& member : base->members()) {
        add(member.key, &member.value, over_holds ? over->find(member.name()) : nullptr);
      }
    }
    if (over_holds) {
      for (const json::Member& member : over->members()) {
        if (!base_holds || !base->contains(member.name())) add(member.key, nullptr, &member.value);
      }
    }
    if (members.empty()) return std::nullopt;
    return Value::object(std::move(members));
  }

  std::optional<Indexed> index(const SchemaNode& node, const Value* list,
                               ListDuplicates duplicates) {
    Indexed indexed;
    bool fine = true;
    for (std::size_t i = 0; list && i < list->size(); ++i) {
      auto step = step_of_item(node, (*list)[i]);
      if (!step) {
        complain("element " + std::to_string(i) + ": " + step.error().message());
        fine = false;
        continue;
      }
      auto [at, is_new] = indexed.items.emplace(*step, (*list)[i]);
      if (!is_new) {
        if (duplicates == ListDuplicates::Refuse) {
          complain("duplicate entries for key " + step->text());
          fine = false;
          continue;
        }
        at->second = Value();
      }
      indexed.steps.push_back(*step);
    }
    return fine ? std::optional(std::move(indexed)) : std::nullopt;
  }

  std::optional<Value> merge_lists(const SchemaNode& node, const Value* base, const Value* over) {
    const Value* base_list = base && base->is_array() ? base : nullptr;
    const Value* over_list = over && over->is_array() ? over : nullptr;
    bool nothing = (!base_list || base_list->empty()) && (!over_list || over_list->empty());
    if (node.list == ListKind::Atomic || nothing) return keep(base, over);
    auto right = index(node, over_list, ListDuplicates::Refuse);
    auto left = index(node, base_list, ListDuplicates::Allow);
    if (!right || !left) return std::nullopt;
    return interleave(node, *base_list_or_empty(base_list), *left, *right);
  }

  static const Value* base_list_or_empty(const Value* list) {
    static const Value kEmpty = Value::array();
    return list ? list : &kEmpty;
  }

  // The applied list decides the order of what it holds; items of the live list alone keep their
  // place between their neighbours.
  std::optional<Value> interleave(const SchemaNode& node, const Value& base, const Indexed& left,
                                  const Indexed& right) {
    std::vector<Value> out;
    auto add = [&](const PathStep& step, const Value* b, const Value* o) {
      auto merged = descend(node.items, step, b, o);
      if (merged) out.push_back(std::move(*merged));
    };
    std::vector<const PathStep*> shared;
    for (const PathStep& step : right.steps) {
      if (left.find(step)) shared.push_back(&step);
    }
    std::size_t next_shared = 0;
    auto is_next_shared = [&](const PathStep& step) {
      return next_shared < shared.size() && compare(*shared[next_shared], step) == 0;
    };
    std::map<PathStep, bool, StepLess> merged;
    std::size_t l = 0;
    std::size_t r = 0;
    while (l < left.steps.size() || r < right.steps.size()) {
      if (l < left.steps.size() && r < right.steps.size()) {
        const PathStep& step = left.steps[l];
        if (compare(step, right.steps[r]) == 0) {
          merged[step] = true;
          add(step, left.find(step), right.find(step));
          ++l;
          ++r;
          ++next_shared;
          continue;
        }
        // It comes later, in the order of the applied list.
        if (right.find(step) && next_shared < shared.size() && !is_next_shared(step)) {
          ++l;
          continue;
        }
      }
      if (l < left.steps.size()) {
        const PathStep& step = left.steps[l];
        if (!right.find(step)) {
          add(step, &base[l], nullptr);
          ++l;
          continue;
        }
        if (merged.contains(step)) ++l;
      }
      if (r < right.steps.size()) {
        const PathStep& step = right.steps[r];
        merged[step] = true;
        add(step, left.find(step), right.find(step));
        ++r;
        if (is_next_shared(step)) ++next_shared;
      }
    }
    if (out.empty()) return std::nullopt;
    return Value::array(std::move(out));
  }

  std::string path_;
};

}  // namespace

Result<std::optional<Value>> merge_typed(const SchemaNode& node, const Value* base,
                                         const Value* over) {
  Merger merger;
  std::optional<Value> merged = merger.merge(node, base, over);
  if (merger.problems.empty()) return merged;
  if (merger.problems.size() == 1) return fail(Code::Invalid, merger.problems[0]);
  std::string text = "errors:";
  for (const std::string& problem : merger.problems) text += "\n  " + problem;
  return fail(Code::Invalid, text);
}

}  // namespace lesto::patch
