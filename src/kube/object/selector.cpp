#include "kube/object/selector.h"

#include <algorithm>
#include <charconv>

#include "foundation/json/scan.h"
#include "foundation/json/text.h"

namespace lesto::kube {
namespace {

using json::Value;

std::string join(const std::vector<std::string>& texts, std::string_view separator) {
  std::string out;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += separator;
    out += texts[i];
  }
  return out;
}

// Go's ParseInt in base 10.
bool read_number(std::string_view text, std::int64_t& number) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  auto end = text.data() + text.size();
  auto result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end;
}

std::string describe(const FieldError& error) { return error.field + ": " + error.message; }

Value list_value(const std::vector<std::string>& values, bool null_when_empty) {
  if (values.empty() && null_when_empty) return Value();
  Value list = Value::array();
  for (const std::string& value : values) list.push(value);
  return list;
}

// Kubernetes joins several errors of one requirement into a list.
std::unexpected<Error> fail_all(const std::vector<std::string>& errors) {
  return fail(Code::Invalid, errors.size() == 1 ? errors[0] : "[" + join(errors, ", ") + "]");
}

void check_values(Requirement& requirement, std::vector<std::string>& errors) {
  auto complain = [&](std::string_view detail) {
    errors.push_back(
        describe(invalid_field("values", list_value(requirement.values, true), detail)));
  };
  std::size_t count = requirement.values.size();
  switch (requirement.op) {
    case Operator::In:
    case Operator::NotIn:
      if (count == 0) complain("for 'in', 'notin' operators, values set can't be empty");
      break;
    case Operator::Equals:
    case Operator::DoubleEquals:
    case Operator::NotEquals:
      if (count != 1) complain("exact-match compatibility requires one single value");
      break;
    case Operator::Exists:
    case Operator::DoesNotExist:
      if (count != 0) complain("values set must be empty for exists and does not exist");
      break;
    case Operator::GreaterThan:
    case Operator::LessThan:
      if (count != 1) complain("for 'Gt', 'Lt' operators, exactly one value is required");
      for (std::size_t i = 0; i < count; ++i) {
        if (read_number(requirement.values[i], requirement.bound)) continue;
        errors.push_back(
            describe(invalid_field("values[" + std::to_string(i) + "]", requirement.values[i],
                                   "for 'Gt', 'Lt' operators, the value must be an integer")));
      }
      break;
  }
  for (std::size_t i = 0; i < count; ++i) {
    Complaints complaints = check_label_value(requirement.values[i]);
    if (complaints.empty()) continue;
    errors.push_back(
        describe(invalid_field("values[" + std::to_string(i) + "][" + requirement.key + "]",
                               requirement.values[i], join(complaints, "; "))));
  }
}

std::optional<Operator> expression_operator(std::string_view name) {
  if (name == "In") return Operator::In;
  if (name == "NotIn") return Operator::NotIn;
  if (name == "Exists") return Operator::Exists;
  if (name == "DoesNotExist") return Operator::DoesNotExist;
  return std::nullopt;
}

std::vector<std::string> texts_of(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& item : list.items()) texts.push_back(item.string());
  return texts;
}

}  // namespace

std::string_view to_string(Operator op) {
  switch (op) {
    case Operator::In: return "in";
    case Operator::NotIn: return "notin";
    case Operator::Equals: return "=";
    case Operator::DoubleEquals: return "==";
    case Operator::NotEquals: return "!=";
    case Operator::Exists: return "exists";
    case Operator::DoesNotExist: return "!";
    case Operator::GreaterThan: return "gt";
    case Operator::LessThan: return "lt";
  }
  return "";
}

bool Requirement::matches(const Value& labels) const {
  const Value* label = labels.find(key);
  auto has_value = [&] {
    std::string_view text = label->text();
    return std::ranges::any_of(values, [&](const std::string& value) { return value == text; });
  };
  switch (op) {
    case Operator::In:
    case Operator::Equals:
    case Operator::DoubleEquals: return label && has_value();
    case Operator::NotIn:
    case Operator::NotEquals: return !label || !has_value();
    case Operator::Exists: return label != nullptr;
    case Operator::DoesNotExist: return label == nullptr;
    case Operator::GreaterThan:
    case Operator::LessThan: {
      std::int64_t number = 0;
      if (!label || !read_number(label->text(), number)) return false;
      return op == Operator::GreaterThan ? number > bound : number < bound;
    }
  }
  return false;
}

std::string Requirement::text() const {
  std::vector<std::string> sorted = values;
  std::ranges::sort(sorted);
  std::string list = join(sorted, ",");
  switch (op) {
    case Operator::In: return key + " in (" + list + ")";
    case Operator::NotIn: return key + " notin (" + list + ")";
    case Operator::Equals: return key + "=" + list;
    case Operator::DoubleEquals: return key + "==" + list;
    case Operator::NotEquals: return key + "!=" + list;
    case Operator::Exists: return key;
    case Operator::DoesNotExist: return "!" + key;
    case Operator::GreaterThan: return key + ">" + list;
    case Operator::LessThan: return key + "<" + list;
  }
  return key;
}

LabelSelector LabelSelector::nothing() {
  LabelSelector selector;
  selector.nothing_ = true;
  return selector;
}

LabelSelector LabelSelector::of(std::vector<Requirement> requirements) {
  LabelSelector selector;
  std::ranges::stable_sort(requirements, {}, &Requirement::key);
  selector.requirements_ = std::move(requirements);
  return selector;
}

bool LabelSelector::matches(const Value& labels) const {
  if (nothing_) return false;
  for (const Requirement& requirement : requirements_) {
    if (!requirement.matches(labels)) return false;
  }
  return true;
}

std::string LabelSelector::text() const {
  std::string out;
  for (const Requirement& requirement : requirements_) {
    if (!out.empty()) out += ",";
    out += requirement.text();
  }
  return out;
}

Result<Requirement> make_requirement(std::string key, Operator op,
                                     std::vector<std::string> values) {
  Requirement requirement{std::move(key), op, std::move(values)};
  std::vector<std::string> errors;
  Complaints complaints = check_qualified_name(requirement.key);
  if (!complaints.empty()) {
    errors.push_back(describe(invalid_field("key", requirement.key, join(complaints, "; "))));
  }
  check_values(requirement, errors);
  if (!errors.empty()) return fail_all(errors);
  return requirement;
}

Result<LabelSelector> read_label_selector(const Value& selector) {
  if (selector.is_null()) return LabelSelector::nothing();
  std::vector<Requirement> requirements;
  for (const json::Member& label : selector["matchLabels"].members()) {
    TRY_ASSIGN(Requirement requirement, make_requirement(std::string(label.name()),
                                                         Operator::Equals, {label.value.string()}));
    requirements.push_back(std::move(requirement));
  }
  for (const Value& expression : selector["matchExpressions"].items()) {
    auto op = expression_operator(expression["operator"].text());
    if (!op) {
      return fail(Code::Invalid, json::go_quote(expression["operator"].text()) +
                                     " is not a valid label selector operator");
    }
    TRY_ASSIGN(Requirement requirement,
               make_requirement(expression["key"].string(), *op, texts_of(expression["values"])));
    requirements.push_back(std::move(requirement));
  }
  return LabelSelector::of(std::move(requirements));
}

Result<Value> parse_to_label_selector(std::string_view text) {
  auto selector = parse_label_selector(text);
  if (!selector) {
    return fail(Code::Invalid, "couldn't parse the selector string \"" + std::string(text) +
                                   "\": " + selector.error().message());
  }
  Value result = Value::object();
  for (const Requirement& requirement : selector->requirements()) {
    std::string_view op;
    switch (requirement.op) {
      case Operator::Equals:
      case Operator::DoubleEquals:
        result.at("matchLabels").set(requirement.key, requirement.values.at(0));
        continue;
      case Operator::In: op = "In"; break;
      case Operator::NotIn: op = "NotIn"; break;
      case Operator::Exists: op = "Exists"; break;
      case Operator::DoesNotExist: op = "DoesNotExist"; break;
      case Operator::GreaterThan:
      case Operator::LessThan:
        return fail(Code::Invalid, json::go_quote(to_string(requirement.op)) +
                                       " isn't supported in label selectors");
      case Operator::NotEquals:
        return fail(Code::Invalid, json::go_quote(to_string(requirement.op)) +
                                       " is not a valid label selector operator");
    }
    Value expression = json::object({{"key", requirement.key}, {"operator", op}});
    if (!requirement.values.empty())
      expression.set("values", list_value(requirement.values, false));
    result.at("matchExpressions").push(std::move(expression));
  }
  return result;
}

std::string format_label_selector(const Value& selector) {
  auto read = read_label_selector(selector);
  if (!read) return "<error>";
  std::string text = read->text();
  return text.empty() ? "<none>" : text;
}

Result<Value> label_selector_as_map(const Value& selector) {
  if (selector.is_null()) return Value();
  Value map = Value::object();
  for (const json::Member& label : selector["matchLabels"].members())
    map.set(label.name(), label.value);
  for (const Value& expression : selector["matchExpressions"].items()) {
    std::string_view name = expression["operator"].text();
    std::string quoted = json::go_quote(name);
    auto op = expression_operator(name);
    if (!op) return fail(Code::Invalid, quoted + " is not a valid selector operator");
    if (*op != Operator::In) {
      return fail(Code::Invalid,
                  "operator " + quoted + " cannot be converted into the old label selector format");
    }
    if (expression["values"].size() != 1) {
      return fail(
          Code::Invalid,
          "operator " + quoted +
              " without a single value cannot be converted into the old label selector format");
    }
    map.set(expression["key"].text(), expression["values"][0]);
  }
  return map;
}

FieldErrors check_label_selector(const Value& selector, const std::string& path) {
  FieldErrors errors = check_labels(selector["matchLabels"], path + ".matchLabels");
  const Value& expressions = selector["matchExpressions"];
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const Value& expression = expressions[i];
    std::string at = path + ".matchExpressions[" + std::to_string(i) + "]";
    auto op = expression_operator(expression["operator"].text());
    bool takes_values = op == Operator::In || op == Operator::NotIn;
    if (!op) {
      errors.push_back(invalid_field(at + ".operator", expression["operator"].string(),
                                     "not a valid selector operator"));
    } else if (takes_values && expression["values"].empty()) {
      errors.push_back(
          required_field(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (!takes_values && !expression["values"].empty()) {
      errors.push_back(forbidden_field(
          at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
    std::string_view key = expression["key"].text();
    for (const std::string& complaint : check_qualified_name(key)) {
      errors.push_back(invalid_field(at + ".key", key, complaint));
    }
    for (std::size_t j = 0; j < expression["values"].size(); ++j) {
      std::string_view value = expression["values"][j].text();
      for (const std::string& complaint : check_label_value(value)) {
        errors.push_back(
            invalid_field(at + ".values[" + std::to_string(j) + "]", value, complaint));
      }
    }
  }
  return errors;
}

LabelSelector selector_from_labels(const Value& labels) {
  std::vector<Requirement> requirements;
  for (const json::Member& label : labels.members()) {
    requirements.push_back({std::string(label.name()), Operator::Equals, {label.value.string()}});
  }
  return LabelSelector::of(std::move(requirements));
}

Result<LabelSelector> checked_selector_from_labels(const Value& labels) {
  return read_label_selector(json::object({{"matchLabels", labels}}));
}

}  // namespace lesto::kube
