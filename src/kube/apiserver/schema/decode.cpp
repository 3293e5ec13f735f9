#include "kube/apiserver/schema/decode.h"

#include <algorithm>

#include "foundation/json/text.h"
#include "kube/apiserver/schema/problem.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

bool meta_field(std::string_view name) {
  return name == "apiVersion" || name == "kind" || name == "metadata";
}

// Names of an object's members, so that the object may change while they are walked.
std::vector<std::string> names(const Value& object) {
  std::vector<std::string> out;
  out.reserve(object.size());
  for (const auto& member : object.members()) out.emplace_back(member.name());
  return out;
}

enum class Spare : bool { Nothing, Meta };

class Pruner {
 public:
  std::vector<std::string> unknown;

  void prune(Value& value, const Node* node, Spare spare) {
    if (node && node->preserve_unknown) return skip(value, *node, spare);
    if (value.is_object()) prune_object(value, node, spare);
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (!holds_more(value[i])) continue;
        descend(indexed(i),
                [&] { prune(*value.edit(i), node ? node->items.get() : nullptr, Spare::Nothing); });
      }
    }
  }

 private:
  static bool holds_more(const Value& value) { return value.is_object() || value.is_array(); }

  template <class Work>
  void descend(const std::string& step, Work work) {
    std::size_t size = path_.size();
    path_ += step;
    work();
    path_.resize(size);
  }

  std::string dotted(const std::string& name) const { return path_.empty() ? name : "." + name; }
  static std::string indexed(std::size_t i) { return "[" + std::to_string(i) + "]"; }

  void prune_object(Value& value, const Node* node, Spare spare) {
    bool embedded = node && (node->embedded || spare == Spare::Meta);
    for (const std::string& name : names(value)) {
      if (embedded && meta_field(name)) continue;
      const Node* property = node ? node->property(name) : nullptr;
      if (property || (node && node->additional_set)) {
        if (!holds_more(value[name])) continue;
        const Node* next = property ? property : node->additional.get();
        // `additionalProperties: true` keeps a member and prunes what is in it.
        descend(dotted(name), [&] { prune(*value.edit(name), next, Spare::Nothing); });
        continue;
      }
      if (!meta_field(name) || !path_.empty())
        unknown.push_back(path_.empty() ? name : path_ + "." + name);
      value.erase(name);
    }
  }

  void skip(Value& value, const Node& node, Spare spare) {
    bool embedded = node.embedded || spare == Spare::Meta;
    if (value.is_object()) {
      for (const std::string& name : names(value)) {
        if ((embedded && meta_field(name)) || !holds_more(value[name])) continue;
        const Node* property = node.property(name);
        if (!property && !node.additional_set) continue;
        descend(dotted(name), [&] {
          prune(*value.edit(name), property ? property : node.additional.get(), Spare::Nothing);
        });
      }
    }
    if (value.is_array() && node.items) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (!holds_more(value[i])) continue;
        descend(indexed(i), [&] { skip(*value.edit(i), *node.items, Spare::Nothing); });
      }
    }
  }

  std::string path_;
};

class Coercer {
 public:
  Coercer(const Types& types, Malformed malformed)
      : meta_(*types.message("meta.v1.ObjectMeta")), types_(types), malformed_(malformed) {}

  std::vector<std::string> unknown;

  Result<void> walk(Value& value, const Node& node, const std::string& path, Spare root) {
    if (value.is_object()) {
      if (node.embedded || root == Spare::Meta) {
        TRY(coerce(value, path));
      }
      for (const std::string& name : names(value)) {
        const Node* property = node.property(name);
        const Node* next = property ? property : node.additional.get();
        if (!next || !next->embedded_below) continue;
        TRY(walk(*value.edit(name), *next, property ? child(path, name) : key(path, name),
                 Spare::Nothing));
      }
    }
    if (value.is_array() && node.items && node.items->embedded_below) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        TRY(walk(*value.edit(i), *node.items, index(path, i), Spare::Nothing));
      }
    }
    return {};
  }

 private:
  Result<void> coerce(Value& value, const std::string& path) {
    for (std::string_view name : {"apiVersion", "kind"}) {
      const Value* found = value.find(name);
      if (!found || found->is_string()) continue;
      if (malformed_ == Malformed::Drop) {
        value.erase(name);
        continue;
      }
      std::string at = child(path, name);
      return fail(Code::Invalid, at + ": " + invalid(at, *found, "must be a string").message);
    }
    const Value* meta = value.find("metadata");
    if (!meta) return {};
    std::string at = child(path, "metadata");
    auto typed = types_.read(meta_, *meta);
    if (typed) {
      for (const std::string& name : typed->unknown) unknown.push_back(child(at, name));
      value.set("metadata", std::move(typed->value));
      return {};
    }
    if (malformed_ == Malformed::Refuse) {
      if (path.empty()) return std::unexpected(typed.error());
      return fail(Code::Invalid, at + ": " + invalid(at, *meta, typed.error().message()).message);
    }
    value.set("metadata", well_formed(*meta));
    return {};
  }

  // Member by member: what does not fit its type is left out.
  Value well_formed(const Value& meta) const {
    Value out = Value::object();
    for (const auto& member : meta.members()) {
      auto typed = types_.read(meta_, json::object({member}));
      if (!typed) continue;
      for (const auto& kept : typed->value.members()) out.set(kept.name(), kept.value);
    }
    return out;
  }

  const Message& meta_;
  const Types& types_;
  Malformed malformed_;
};

}  // namespace

std::vector<std::string> prune(Value& object, const Node& root) {
  Pruner pruner;
  pruner.prune(object, &root, Spare::Meta);
  std::sort(pruner.unknown.begin(), pruner.unknown.end());
  return std::move(pruner.unknown);
}

std::vector<std::string> prune_value(Value& value, const Node& node) {
  Pruner pruner;
  pruner.prune(value, &node, Spare::Nothing);
  std::sort(pruner.unknown.begin(), pruner.unknown.end());
  return std::move(pruner.unknown);
}

void drop_nulls(Value& value, const Node& node) {
  if (value.is_object()) {
    for (const std::string& name : names(value)) {
      const Node* member = node.member(name);
      if (!member) continue;
      if (value[name].is_null()) {
        if (!member->nullable && !member->default_value) value.erase(name);
      } else if (value[name].is_object() || value[name].is_array()) {
        drop_nulls(*value.edit(name), *member);
      }
    }
  }
  if (value.is_array() && node.items) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_object() || value[i].is_array()) drop_nulls(*value.edit(i), *node.items);
    }
  }
}

void fill_defaults(Value& value, const Node& node) {
  if (value.is_object()) {
    for (const Property& property : node.properties) {
      if (!property.node.default_value) continue;
      const Value* found = value.find(property.name);
      if (!found || (found->is_null() && !property.node.nullable))
        value.set(property.name, *property.node.default_value);
    }
    for (const std::string& name : names(value)) {
      const Node* member = node.member(name);
      if (!member || !member->defaults_below) continue;
      Value* inner = value.edit(name);
      if (!node.property(name) && inner->is_null() && !member->nullable && member->default_value) {
        *inner = *member->default_value;
      }
      fill_defaults(*inner, *member);
    }
  }
  if (value.is_array() && node.items && node.items->defaults_below) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      Value* item = value.edit(i);
      if (item->is_null() && !node.items->nullable && node.items->default_value)
        *item = *node.items->default_value;
      fill_defaults(*item, *node.items);
    }
  }
}

Result<std::vector<std::string>> coerce_meta(Value& object, const Node& root, const Types& types,
                                             Malformed malformed) {
  Coercer coercer(types, malformed);
  TRY(coercer.walk(object, root, "", Spare::Meta));
  std::sort(coercer.unknown.begin(), coercer.unknown.end());
  return std::move(coercer.unknown);
}

Result<std::vector<std::string>> coerce_value_meta(Value& value, const Node& node,
                                                   const Types& types) {
  Coercer coercer(types, Malformed::Refuse);
  TRY(coercer.walk(value, node, "", Spare::Nothing));
  return std::move(coercer.unknown);
}

}  // namespace lesto::apiserver::schema
