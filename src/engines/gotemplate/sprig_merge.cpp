// merge, mergeOverwrite and deepCopy, as dario.cat/mergo 1.0 and mitchellh/copystructure do it.
#include "engines/gotemplate/sprig.h"

namespace lesto::gotemplate {
namespace {

enum class Overwrite : bool { No, Yes };

// What mergo takes for empty: Sprig's rule, but structs are looked at as a whole and never empty
// here.
bool unset(const Value& value, const Heap& heap) { return is_empty(value, heap); }

class Merge {
 public:
  Merge(Call& call, Overwrite overwrite) : call_(call), overwrite_(overwrite == Overwrite::Yes) {}

  Outcome maps(const Value& into, const Value& from, std::size_t depth) {
    if (depth > kValueDepth) return call_.context.limit("depth of values", kValueDepth);
    MapView source = call_.heap().open(from);
    if (Outcome reserved = call_.context.reserve(source.size() * sizeof(MapEntry)); !reserved)
      return reserved;
    // The source as it is now: it may be the same map.
    std::vector<MapEntry> entries;
    for (std::size_t i = 0; i < source.size(); ++i)
      entries.push_back({source.key(i), source.value(i)});
    for (const MapEntry& entry : entries) {
      if (Outcome merged = one(into, entry, depth); !merged) return merged;
    }
    return {};
  }

 private:
  Outcome one(const Value& into, const MapEntry& entry, std::size_t depth) {
    const Value& value = entry.value;
    Value old;
    bool known = call_.heap().open(into).find(entry.key, old);
    if (value.nothing() || (is_nil(value) && into.type != Type::Map)) {
      return overwrite_ ? put(into, entry) : call_.context.spend(1);
    }
    ValueKind kind = kind_of(value.type);
    bool both_maps = kind == ValueKind::Map && known && kind_of(old.type) == ValueKind::Map;
    if (both_maps && old.address) {
      if (Outcome merged = maps(old, value, depth + 1); !merged) return merged;
    }
    if (known && !unset(old, call_.heap())) {
      if (both_maps) return {};
      if (kind == ValueKind::Slice && !overwrite_) return {};
    }
    if (overwrite_ || !known || unset(old, call_.heap())) return put(into, entry);
    return call_.context.spend(1);
  }

  Outcome put(const Value& into, const MapEntry& entry) {
    std::size_t moved = call_.heap().set(call_.heap().edit(into), entry.key, entry.value);
    return call_.context.spend(1 + moved / 16);
  }

  Call& call_;
  bool overwrite_;
};

Answer merge_all(Call& call, Overwrite overwrite) {
  Value into = call.at(0);
  for (std::size_t i = 1; i < call.count(); ++i) {
    const Value& from = call.at(i);
    if (!into.address) {
      if (!from.address) continue;
      into = Value::of_map(call.heap().new_map());
    }
    Outcome merged = Merge(call, overwrite).maps(into, from, 0);
    if (!merged) return std::unexpected(merged.error());
  }
  return into;
}

Answer merge(Call& call) { return merge_all(call, Overwrite::No); }
Answer merge_overwrite(Call& call) { return merge_all(call, Overwrite::Yes); }

class Copy {
 public:
  explicit Copy(Call& call) : call_(call) {}

  Answer copy(const Value& value, std::size_t depth) {
    if (Outcome spent = call_.context.spend(1); !spent) return std::unexpected(spent.error());
    if (depth > kValueDepth) return call_.context.limit("depth of values", kValueDepth);
    if (is_nil(value)) return value;
    if (value.is_map()) return map(value, depth);
    if (value.is_list()) return list(value, depth);
    return value;
  }

 private:
  Answer map(const Value& value, std::size_t depth) {
    MapView view = call_.heap().open(value);
    if (Outcome reserved = call_.context.reserve(view.size() * sizeof(MapEntry)); !reserved) {
      return std::unexpected(reserved.error());
    }
    MapNode* node = call_.heap().new_map(view.size());
    for (std::size_t i = 0; i < view.size(); ++i) {
      Answer inner = copy(view.value(i), depth + 1);
      if (!inner) return inner;
      call_.heap().set(node, view.key(i), *inner);
    }
    return Value::of_map(node, value.type);
  }

  Answer list(const Value& value, std::size_t depth) {
    auto items = elements(call_, value);
    if (!items) return std::unexpected(items.error());
    for (Value& item : *items) {
      Answer inner = copy(item, depth + 1);
      if (!inner) return inner;
      item = *inner;
    }
    return call_.heap().list(*items, value.type);
  }

  Call& call_;
};

Answer deep_copy(Call& call) {
  if (call.at(0).nothing()) {
    // What copystructure's walk over nothing ends in.
    return call.fail("reflect: call of reflect.Value.Type on zero Value");
  }
  return deep_copy_of(call, call.at(0));
}

constexpr Function kFunctions[] = {
    {"merge", Group::Dicts, "mm*>a", merge, true},
    {"mustMerge", Group::Dicts, "mm*>a", merge, true},
    {"mergeOverwrite", Group::Dicts, "mm*>a", merge_overwrite, true},
    {"mustMergeOverwrite", Group::Dicts, "mm*>a", merge_overwrite, true},
    {"deepCopy", Group::Dicts, "a>a", deep_copy},
    {"mustDeepCopy", Group::Dicts, "a>a", deep_copy},
};

}  // namespace

Answer deep_copy_of(Call& call, const Value& value) { return Copy(call).copy(value, 0); }

std::span<const Function> merge_functions() { return kFunctions; }

}  // namespace lesto::gotemplate
