#include "engines/patch/typed.h"

namespace lesto::patch {
namespace {

using json::Value;

Value remove(const SchemaNode* node, const Value& value, const FieldSet& fields);

Value remove_from_list(const SchemaNode& node, const Value& value, const FieldSet& fields) {
  if (!value.is_array() || value.empty() || node.list == ListKind::Atomic) return Value();
  std::vector<Value> items;
  for (const Value& item : value.items()) {
    auto step = step_of_item(node, item);
    if (step && fields.has_member(*step)) continue;
    const FieldSet* below = step ? fields.child(*step) : nullptr;
    items.push_back(below && !below->empty() ? remove(node.items, item, *below) : item);
  }
  return items.empty() ? Value() : Value::array(std::move(items));
}

Value remove_from_map(const SchemaNode& node, const Value& value, const FieldSet& fields) {
  if (!value.is_object() || value.empty() || node.map == MapKind::Atomic) return Value();
  std::vector<json::Member> members;
  for (const json::Member& member : value.members()) {
    PathStep step{StepKind::Field, member.key};
    if (fields.has_member(step)) continue;
    const FieldSet* below = fields.child(step);
    bool partly = below && !below->empty();
    members.emplace_back(member.key, partly
                                         ? remove(node.member(member.name()), member.value, *below)
                                         : member.value);
  }
  return members.empty() ? Value() : Value::object(std::move(members));
}

Value remove(const SchemaNode* node, const Value& value, const FieldSet& fields) {
  if (!node) return value;
  Shape shape = shape_of(*node, &value);
  if (shape.map) return remove_from_map(*node, value, fields);
  if (shape.scalar) return value;
  return shape.list ? remove_from_list(*node, value, fields) : Value();
}

// Paths to take out with all below them, and paths to put in afterwards.
struct Change {
  FieldSet out;
  FieldSet in;
};

class Reconciler {
 public:
  void run(const SchemaNode& node, const FieldSet* fields, bool whole) {
    Shape shape = shape_of(node, nullptr);
    if (shape.map) return map(node, fields, whole);
    if (shape.scalar) return;
    if (shape.list) list(node, fields, whole);
  }

  Change change;

 private:
  void replace_by_whole() {
    change.out.insert(path_);
    change.in.insert(path_);
  }

  // Nothing is known of the type, and it is not owned as a whole either.
  static bool is_unknown(const SchemaNode& node) {
    return node.deduced || (node.scalar == ScalarKind::Any && node.map != MapKind::Atomic);
  }

  void map(const SchemaNode& node, const FieldSet* fields, bool whole) {
    if (node.fields.empty() && node.values && is_unknown(*node.values)) return;
    if (!whole && node.map == MapKind::Atomic) {
      if (fields && fields->size() > 0) replace_by_whole();
      return;
    }
    if (!fields) return;
    each(*fields, [&](const PathStep& step) {
      return step.kind == StepKind::Field ? node.member(step.data.text()) : node.values;
    });
  }

  void list(const SchemaNode& node, const FieldSet* fields, bool whole) {
    if (!whole && node.list == ListKind::Atomic) return replace_by_whole();
    if (fields) each(*fields, [&](const PathStep&) { return node.items; });
  }

  template <class TypeOf>
  void each(const FieldSet& fields, TypeOf type_of) {
    auto visit = [&](const PathStep& step, bool member) {
      const SchemaNode* type = type_of(step);
      if (!type) return;
      const FieldSet* below = fields.child(step);
      path_.push_back(step);
      run(*type, below, member && !below);
      path_.pop_back();
    };
    for (const FieldSet::Child& child : fields.children()) {
      if (!fields.has_member(child.step)) visit(child.step, false);
    }
    for (const PathStep& member : fields.members()) visit(member, true);
  }

  Path path_;
};

}  // namespace

Value remove_fields(const SchemaNode& node, const Value& value, const FieldSet& fields) {
  return remove(&node, value, fields);
}

FieldSet reconcile_fields(const SchemaNode& node, const FieldSet& fields) {
  Reconciler reconciler;
  reconciler.run(node, &fields, false);
  if (reconciler.change.out.empty() && reconciler.change.in.empty()) return fields;
  return fields.subtract_recursively(reconciler.change.out).unite(reconciler.change.in);
}

}  // namespace lesto::patch
