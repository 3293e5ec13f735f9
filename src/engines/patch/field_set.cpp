#include "engines/patch/field_set.h"

#include <algorithm>

#include "foundation/json/number.h"
#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::patch {
namespace {

using json::Value;

template <class T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// Numbers, texts, booleans, lists, maps, null.
int rank(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Int:
    case json::Kind::Double: return 0;
    case json::Kind::String: return 1;
    case json::Kind::Bool: return 2;
    case json::Kind::Array: return 3;
    case json::Kind::Object: return 4;
    case json::Kind::Null: return 5;
  }
  return 5;
}

template <class Items, class Compare>
int compare_lists(const Items& a, const Items& b, Compare compare_items) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (int result = compare_items(a[i], b[i])) return result;
  }
  return order(a.size(), b.size());
}

std::string value_text(const Value& value) {
  switch (value.kind()) {
    case json::Kind::String: return json::go_quote(value.text());
    case json::Kind::Double: {
      std::string text;
      json::append_json_number(text, value.number());
      return text;
    }
    case json::Kind::Array: {
      std::string text = "[";
      for (const Value& item : value.items())
        text += (text.size() > 1 ? "," : "") + value_text(item);
      return text + "]";
    }
    case json::Kind::Object: {
      std::string text;
      for (const json::Member& member : value.members()) {
        text += std::string(member.name()) + "=" + value_text(member.value);
      }
      return text;
    }
    default: return json::write(value);
  }
}

auto find_step(auto& sorted, const PathStep& step, auto projection) {
  return std::lower_bound(
      sorted.begin(), sorted.end(), step,
      [&](const auto& a, const PathStep& b) { return compare(projection(a), b) < 0; });
}

const PathStep& itself(const PathStep& step) { return step; }
const PathStep& step_of(const FieldSet::Child& child) { return child.step; }

}  // namespace

int compare_values(const Value& a, const Value& b) {
  if (a.same_storage(b)) return 0;
  int rank_a = rank(a);
  int rank_b = rank(b);
  if (rank_a != rank_b) return order(rank_a, rank_b);
  switch (rank_a) {
    case 0:
      return a.is_int() && b.is_int() ? order(a.integer(), b.integer())
                                      : order(a.number(), b.number());
    case 1: return order(a.text(), b.text());
    case 2: return order(a.boolean(), b.boolean());
    case 3: return compare_lists(a.items(), b.items(), compare_values);
    case 4:
      return compare_lists(a.members(), b.members(),
                           [](const json::Member& m, const json::Member& n) {
                             int by_name = order(m.name(), n.name());
                             return by_name ? by_name : compare_values(m.value, n.value);
                           });
    default: return 0;
  }
}

int compare(const PathStep& a, const PathStep& b) {
  if (a.kind != b.kind) return order(a.kind, b.kind);
  return compare_values(a.data, b.data);
}

std::string PathStep::text() const {
  switch (kind) {
    case StepKind::Field: return "." + data.string();
    case StepKind::Item: return "[=" + value_text(data) + "]";
    case StepKind::Index: return "[" + std::to_string(data.integer()) + "]";
    case StepKind::Key: break;
  }
  std::string text = "[";
  for (const json::Member& member : data.members()) {
    if (text.size() > 1) text += ",";
    text += std::string(member.name()) + "=" + value_text(member.value);
  }
  return text + "]";
}

std::string path_text(const Path& path) {
  std::string text;
  for (const PathStep& step : path) text += step.text();
  return text;
}

FieldSet& FieldSet::descend(const PathStep& step) {
  auto at = find_step(children_, step, step_of);
  if (at == children_.end() || compare(at->step, step) != 0)
    at = children_.insert(at, Child{step, FieldSet()});
  return at->set;
}

void FieldSet::insert(const PathStep* path, std::size_t steps) {
  if (steps == 0) return;
  FieldSet* set = this;
  for (; steps > 1; ++path, --steps) set = &set->descend(*path);
  auto at = find_step(set->members_, *path, itself);
  if (at == set->members_.end() || compare(*at, *path) != 0) set->members_.insert(at, *path);
}

void FieldSet::put(const PathStep& step, bool member, FieldSet below) {
  if (member) {
    bool last = members_.empty() || compare(members_.back(), step) < 0;
    if (last) {
      members_.push_back(step);
    } else {
      insert(&step, 1);
    }
  }
  if (below.members_.empty() && below.children_.empty()) return;
  if (children_.empty() || compare(children_.back().step, step) < 0) {
    children_.push_back({step, std::move(below)});
    return;
  }
  FieldSet& place = descend(step);
  place = place.unite(below);
}

bool FieldSet::has_member(const PathStep& step) const {
  auto at = find_step(members_, step, itself);
  return at != members_.end() && compare(*at, step) == 0;
}

const FieldSet* FieldSet::child(const PathStep& step) const {
  auto at = find_step(children_, step, step_of);
  return at != children_.end() && compare(at->step, step) == 0 ? &at->set : nullptr;
}

bool FieldSet::has(const Path& path) const {
  if (path.empty()) return false;
  const FieldSet* set = this;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    set = set->child(path[i]);
    if (!set) return false;
  }
  return set->has_member(path.back());
}

bool FieldSet::empty() const {
  return members_.empty() &&
         std::ranges::all_of(children_, [](const Child& child) { return child.set.empty(); });
}

std::size_t FieldSet::size() const {
  std::size_t count = members_.size();
  for (const Child& child : children_) count += child.set.size();
  return count;
}

FieldSet FieldSet::unite(const FieldSet& other) const {
  FieldSet out;
  auto less = [](const PathStep& a, const PathStep& b) { return compare(a, b) < 0; };
  std::set_union(members_.begin(), members_.end(), other.members_.begin(), other.members_.end(),
                 std::back_inserter(out.members_), less);
  auto a = children_.begin();
  auto b = other.children_.begin();
  while (a != children_.end() || b != other.children_.end()) {
    int side = a == children_.end()         ? 1
               : b == other.children_.end() ? -1
                                            : compare(a->step, b->step);
    if (side == 0) {
      out.children_.push_back({a->step, a->set.unite(b->set)});
    } else {
      out.children_.push_back(side < 0 ? *a : *b);
    }
    if (side <= 0) ++a;
    if (side >= 0) ++b;
  }
  return out;
}

FieldSet FieldSet::intersect(const FieldSet& other) const {
  FieldSet out;
  for (const PathStep& member : members_) {
    if (other.has_member(member)) out.members_.push_back(member);
  }
  for (const Child& child : children_) {
    const FieldSet* theirs = other.child(child.step);
    if (!theirs) continue;
    FieldSet both = child.set.intersect(*theirs);
    if (!both.empty()) out.children_.push_back({child.step, std::move(both)});
  }
  return out;
}

FieldSet FieldSet::subtract(const FieldSet& other) const {
  FieldSet out;
  for (const PathStep& member : members_) {
    if (!other.has_member(member)) out.members_.push_back(member);
  }
  for (const Child& child : children_) {
    const FieldSet* theirs = other.child(child.step);
    if (!theirs) {
      out.children_.push_back(child);
      continue;
    }
    FieldSet rest = child.set.subtract(*theirs);
    if (!rest.empty()) out.children_.push_back({child.step, std::move(rest)});
  }
  return out;
}

FieldSet FieldSet::subtract_recursively(const FieldSet& other) const {
  FieldSet out;
  for (const PathStep& member : members_) {
    if (!other.has_member(member)) out.members_.push_back(member);
  }
  for (const Child& child : children_) {
    if (other.has_member(child.step)) continue;
    const FieldSet* theirs = other.child(child.step);
    if (!theirs) {
      out.children_.push_back(child);
      continue;
    }
    FieldSet rest = child.set.subtract_recursively(*theirs);
    if (!rest.empty()) out.children_.push_back({child.step, std::move(rest)});
  }
  return out;
}

FieldSet FieldSet::with_named_fields(const SchemaNode* node) const {
  FieldSet out;
  out.members_ = members_;
  bool is_map = node && node->map != MapKind::None;
  for (const Child& child : children_) {
    const SchemaNode* type = nullptr;
    if (child.step.kind == StepKind::Field && is_map) {
      if (node->field(child.step.data.text())) out.insert(&child.step, 1);
      type = node->member(child.step.data.text());
    } else if (child.step.kind == StepKind::Key && node && node->list != ListKind::None) {
      type = node->items;
    }
    out.children_.push_back({child.step, child.set.with_named_fields(type)});
  }
  return out;
}

void FieldSet::visit(Path& prefix, const std::function<void(const Path&)>& visit_path) const {
  for (const PathStep& member : members_) {
    prefix.push_back(member);
    visit_path(prefix);
    prefix.pop_back();
  }
  for (const Child& child : children_) {
    prefix.push_back(child.step);
    child.set.visit(prefix, visit_path);
    prefix.pop_back();
  }
}

void FieldSet::for_each(const std::function<void(const Path&)>& visit_path) const {
  Path prefix;
  visit(prefix, visit_path);
}

}  // namespace lesto::patch
