#include "fleet/model/resource_selector.h"

#include "fleet/model/blocks.h"

namespace lesto::model {

template <class Io, Is<LabelFilter> Value>
void fields(Io& io, Value& value) {
  io.required("key", value.key);
  io.required("operation", value.operation);
  io.optional("value", value.value);
}

template <class Io, Is<CelRule> Value>
void fields(Io& io, Value& value) {
  io.required("name", value.name);
  io.required("rule", value.rule);
}

template <class Io, Is<ResourceSelector> Value>
void fields(Io& io, Value& value) {
  io.required("group", value.group);
  io.required("version", value.version);
  io.filled("kind", value.kind);
  io.optional("labelFilters", value.label_filters);
  io.optional("selector", value.selector);
  io.optional("namespace", value.ns);
  io.optional("name", value.name);
  io.optional("evaluate", value.evaluate);
  io.optional("evaluateCEL", value.evaluate_cel);
}

bool read(const json::Value& from, const Path& path, Problems& problems, LabelFilter& to) {
  return read<LabelFilter>(from, path, problems, to);
}
json::Value write(const LabelFilter& from) { return write<LabelFilter>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, CelRule& to) {
  return read<CelRule>(from, path, problems, to);
}
json::Value write(const CelRule& from) { return write<CelRule>(from); }
bool read(const json::Value& from, const Path& path, Problems& problems, ResourceSelector& to) {
  return read<ResourceSelector>(from, path, problems, to);
}
json::Value write(const ResourceSelector& from) { return write<ResourceSelector>(from); }

namespace {

std::vector<Field> label_selector_fields() {
  Schema expression = object(
      "One condition on a label.",
      {required("key", string("Key of the label.")),
       required("operator", string("In, NotIn, Exists or DoesNotExist.")),
       optional("values", array("Values that In and NotIn compare with.", string({})).atomic())});
  return {
      optional("matchLabels", map("Labels that must have these values.", string({}))),
      optional("matchExpressions", array("Conditions that must all hold.", expression).atomic())};
}

Schema atomic_map(const Schema& schema) {
  json::Value value = schema.json();
  value.set("x-kubernetes-map-type", "atomic");
  return Schema(std::move(value));
}

}  // namespace

Schema cluster_selector(std::string_view description) {
  return object_or_string(description, label_selector_fields());
}

Schema label_selector(std::string_view description) {
  return atomic_map(object(description, label_selector_fields()));
}

Schema label_filters(std::string_view description) {
  return array(
      description,
      object({}, {required("key", string("Key of the label.")),
                  required("operation", string("How the label is compared.")
                                            .one_of({"Equal", "Different", "Has", "DoesNotHave"})),
                  optional("value", string("Value that Equal and Different compare with."))}));
}

Schema cel_rules(std::string_view description) {
  return array(description,
               object({}, {required("name", string("Name of the rule, for messages.")),
                           required("rule", string("CEL expression that gives true or false."))}));
}

Schema resource_selectors(std::string_view description) {
  Schema selector = object(
      "Objects of one kind.",
      {required("group", string("API group of the objects, empty for the core group.")),
       required("version", string("API version of the objects.")),
       required("kind", string("Kind of the objects.").min_length(1)),
       optional("labelFilters", label_filters("Conditions on labels; all must hold.")),
       optional("selector", label_selector("A label selector that must fit, too.")),
       optional("namespace", string("Only objects of this namespace; empty for all.")),
       optional("name", string("Only the object of this name; empty for all.")),
       optional("evaluate",
                string("Lua with a function evaluate(obj) that returns {matching, message}.")),
       optional(
           "evaluateCEL",
           cel_rules("CEL rules over the variable resource; one that is true makes a match."))});
  return array(description, selector);
}

Schema texts(std::string_view description) { return array(description, string({})); }
Schema text_map(std::string_view description) { return map(description, string({})); }
Schema duration(std::string_view description) { return string(description); }

}  // namespace lesto::model
