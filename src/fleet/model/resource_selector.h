// Which objects of a cluster are looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fleet/model/enums.h"
#include "fleet/model/values.h"

namespace lesto::model {

struct LabelFilter {
  std::string key;
  FilterOperation operation = FilterOperation::Equal;
  // Not looked at by Has and DoesNotHave.
  std::string value;
  friend bool operator==(const LabelFilter&, const LabelFilter&) = default;
};

struct CelRule {
  std::string name;
  std::string rule;
  friend bool operator==(const CelRule&, const CelRule&) = default;
};

struct ResourceSelector {
  std::string group;
  std::string version;
  std::string kind;
  // All must hold, and `selector` too.
  std::vector<LabelFilter> label_filters;
  std::optional<LabelSelector> selector;
  // Empty: all namespaces, any name.
  std::string ns;
  std::string name;
  // Lua: evaluate(obj) returns {matching, message}. Empty: all match, unless there are CEL rules.
  std::string evaluate;
  // One true rule is a match; Lua decides otherwise.
  std::vector<CelRule> evaluate_cel;
  friend bool operator==(const ResourceSelector&, const ResourceSelector&) = default;
};

}  // namespace lesto::model
