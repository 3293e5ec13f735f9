// Label and field selectors: Kubernetes' grammar, its error texts, its canonical text (golden suite
// `selectors`).
//
// A parsed selector is a value. Matching allocates nothing: it is on the path of every event.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"
#include "foundation/json/value.h"
#include "kube/object/names.h"

namespace lesto::kube {

enum class Operator : std::uint8_t {
  In,
  NotIn,
  Equals,
  DoubleEquals,
  NotEquals,
  Exists,
  DoesNotExist,
  GreaterThan,
  LessThan,
};

// As Kubernetes writes it: "in", "notin", "=", "==", "!=", "exists", "!", "gt", "lt".
std::string_view to_string(Operator op);

struct Requirement {
  std::string key;
  Operator op = Operator::Exists;
  std::vector<std::string> values;
  std::int64_t bound = 0;  // of GreaterThan and LessThan

  // `labels` is an object of texts, or anything else for none.
  bool matches(const json::Value& labels) const;
  std::string text() const;
};

class LabelSelector {
 public:
  // Matches everything.
  LabelSelector() = default;
  static LabelSelector nothing();
  // Sorted by key, as Kubernetes does.
  static LabelSelector of(std::vector<Requirement> requirements);

  // `labels` is metadata.labels.
  bool matches(const json::Value& labels) const;
  bool matches_object(const json::Value& object) const {
    return matches(object["metadata"]["labels"]);
  }

  // Has no requirement, and is not the one that matches nothing.
  bool empty() const { return !nothing_ && requirements_.empty(); }
  bool is_nothing() const { return nothing_; }
  const std::vector<Requirement>& requirements() const { return requirements_; }
  // "a=b,!c,d in (e,f)": parses back into an equal selector.
  std::string text() const;

 private:
  std::vector<Requirement> requirements_;
  bool nothing_ = false;
};

// One requirement, checked: key, operator and values must fit.
Result<Requirement> make_requirement(std::string key, Operator op, std::vector<std::string> values);

Result<LabelSelector> parse_label_selector(std::string_view text);
// metav1.LabelSelector: null matches nothing, {} everything.
Result<LabelSelector> read_label_selector(const json::Value& selector);
// The text as a metav1.LabelSelector; `>` and `<` have no such form.
Result<json::Value> parse_to_label_selector(std::string_view text);
// As kubectl describe shows it: "<none>" for an empty one, "<error>" for a wrong one.
std::string format_label_selector(const json::Value& selector);
// The old form, a map; an error when an expression says more than `key In [one value]`.
Result<json::Value> label_selector_as_map(const json::Value& selector);
FieldErrors check_label_selector(const json::Value& selector, const std::string& path);

// A set of labels as selector: "a=b,c=d", unchecked; and checked.
LabelSelector selector_from_labels(const json::Value& labels);
Result<LabelSelector> checked_selector_from_labels(const json::Value& labels);
// "a=b,c=d" as a set of labels.
Result<json::Value> parse_labels(std::string_view text);

struct FieldRequirement {
  std::string field;
  bool equal = true;
  std::string value;
};

class FieldSelector {
 public:
  FieldSelector() = default;
  explicit FieldSelector(std::vector<FieldRequirement> requirements)
      : requirements_(std::move(requirements)) {}

  // `lookup(field)` gives the field's text, "" when it has none.
  template <class Lookup>
  bool matches(Lookup&& lookup) const {
    for (const FieldRequirement& requirement : requirements_) {
      if ((lookup(requirement.field) == requirement.value) != requirement.equal) return false;
    }
    return true;
  }
  // Fields are paths into the object ("metadata.name", "status.phase"); booleans and integers
  // compare as text.
  bool matches_object(const json::Value& object) const;

  bool empty() const { return requirements_.empty(); }
  const std::vector<FieldRequirement>& requirements() const { return requirements_; }
  std::string text() const;

 private:
  std::vector<FieldRequirement> requirements_;
};

Result<FieldSelector> parse_field_selector(std::string_view text);
std::string escape_field_value(std::string_view value);
Result<std::string> unescape_field_value(std::string_view value);

}  // namespace lesto::kube
