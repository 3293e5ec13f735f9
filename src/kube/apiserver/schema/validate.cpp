#include "kube/apiserver/schema/validate.h"

#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "foundation/json/text.h"
#include "kube/apiserver/schema/format.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

enum class Fault { Type, Required, Enum, TooLong, TooMany, Value, Schema };

struct Issue {
  Fault fault = Fault::Value;
  std::string name;     // path from the validated value
  std::string message;  // kube-openapi's text; unique in a result
  Value value;
  std::int64_t limit = 0;
  const std::vector<Value>* values = nullptr;
};

// What a check found. `matches` counts what held; of several failing branches upstream reports the
// one where most did.
struct Findings {
  std::vector<Issue> issues;
  int matches = 0;

  bool ok() const { return issues.empty(); }
  void add(Issue issue) {
    for (const Issue& known : issues) {
      if (known.message == issue.message) return;
    }
    issues.push_back(std::move(issue));
  }
  void merge(Findings other) {
    for (Issue& issue : other.issues) add(std::move(issue));
    matches += other.matches;
  }
};

// The old value at the same place, and the schema that says how its children correlate.
struct Old {
  const Value* value = nullptr;
  const Node* shape = nullptr;
};

std::string_view type_of(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Bool:
      return "boolean";
    case json::Kind::Int:
      return "integer";
    case json::Kind::Double:
      return "number";
    case json::Kind::String:
      return "string";
    case json::Kind::Array:
      return "array";
    case json::Kind::Object:
      return "object";
    default:
      return "null";
  }
}

bool whole(double value) {
  if (!std::isfinite(value) || std::abs(value) > 9007199254740991.0) return false;
  double rounded = std::trunc(value);
  if (value == rounded) return true;
  double difference = std::abs(value - rounded);
  return difference /
             std::min(std::abs(value) + std::abs(rounded), std::numeric_limits<double>::max()) <
         1e-9;
}

bool accepts(const Node& node, std::string_view type) {
  return std::find(node.types.begin(), node.types.end(), type) != node.types.end();
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& item : list) out += (out.empty() ? "" : ",") + item;
  return out;
}

std::size_t runes(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string limit_text(const Value& value, double limit) {
  return value.is_int() ? std::to_string(static_cast<std::int64_t>(limit)) : number_text(limit);
}

class Validator {
 public:
  Findings check(const Node& node, const Value& value, const std::string& path, Old old,
                 bool ratchet) const {
    Findings result = check_node(node, value, path, old);
    if (!result.ok() && ratchet && old.value && unchanged(value, *old.value, old.shape))
      result.issues.clear();
    return result;
  }

 private:
  Findings check_node(const Node& node, const Value& value, const std::string& path,
                      Old old) const {
    Findings result;
    if (value.is_null()) {
      result.merge(check_type(node, value, path));
      result.merge(check_enum(node, value, path));
      return result;
    }
    if (!node.types.empty() || !node.format.empty()) counted(result, check_type(node, value, path));
    counted(result, check_branches(node, value, path, old));
    if (value.is_string()) counted(result, check_string(node, value, path));
    if (value.is_string() && known_format(node.format))
      counted(result, check_format(node, value, path));
    if (value.is_number()) counted(result, check_number(node, value, path));
    if (value.is_array()) counted(result, check_array(node, value, path, old));
    counted(result, check_enum(node, value, path));
    if (value.is_object()) counted(result, check_object(node, value, path, old));
    ++result.matches;
    return result;
  }

  static void counted(Findings& into, Findings part) {
    into.merge(std::move(part));
    ++into.matches;
  }

  static Issue wrong_type(const std::string& path, const std::string& wanted,
                          std::string_view got) {
    return {Fault::Type, path, path + " in body must be of type " + wanted + ": " + quote(got),
            Value(got),  0,    nullptr};
  }

  static Findings failed(Issue issue) {
    Findings result;
    result.add(std::move(issue));
    return result;
  }

  Findings check_type(const Node& node, const Value& value, const std::string& path) const {
    Findings good;
    good.matches = 1;
    if (value.is_null()) {
      if (node.types.empty() || accepts(node, "null") || node.nullable) return good;
      return failed(wrong_type(path, joined(node.types), "null"));
    }
    std::string_view type = type_of(value);
    std::string_view format = value.is_int() ? "int64" : value.is_double() ? "float64" : "";
    bool integral = value.is_double() && accepts(node, "integer") && whole(value.number());
    bool widened = value.is_int() && accepts(node, "number");
    bool fits = accepts(node, type) || integral || widened;
    bool listed = value.is_string() || value.is_array();
    if (!listed && !node.format.empty() && !fits && format != node.format) {
      return failed(wrong_type(path, node.format, format));
    }
    bool numeric = accepts(node, "number") || accepts(node, "integer");
    if (!numeric && !node.format.empty() && listed) return good;
    if (!fits) return failed(wrong_type(path, joined(node.types), type));
    return good;
  }

  Findings check_enum(const Node& node, const Value& value, const std::string& path) const {
    if (!node.enumeration || node.enumeration->empty()) return {};
    for (const Value& allowed : *node.enumeration) {
      if (allowed.is_null()) continue;
      if (allowed == value) return {};
      if (allowed.is_number() && value.is_number() && allowed.number() == value.number()) return {};
    }
    return failed(
        {Fault::Enum, path, path + " in body should be one of", value, 0, &*node.enumeration});
  }

  Findings check_string(const Node& node, const Value& value, const std::string& path) const {
    if (node.max_length || node.min_length) {
      auto size = static_cast<std::int64_t>(runes(value.text()));
      if (node.max_length && size > *node.max_length) {
        return failed({Fault::TooLong, path, path + " in body should be at most chars long", value,
                       *node.max_length, nullptr});
      }
      if (node.min_length && size < *node.min_length) {
        return failed({Fault::Value, path,
                       path + " in body should be at least " + std::to_string(*node.min_length) +
                           " chars long",
                       value, 0, nullptr});
      }
    }
    if (node.regex &&
        !(node.regex->ok() &&
          re2::RE2::PartialMatch(re2::StringPiece(value.text().data(), value.text().size()),
                                 *node.regex))) {
      return failed({Fault::Value, path, path + " in body should match '" + node.pattern + "'",
                     value, 0, nullptr});
    }
    return {};
  }

  Findings check_format(const Node& node, const Value& value, const std::string& path) const {
    if (matches_format(node.format, value.text())) return {};
    return failed({Fault::Type, path,
                   path + " in body must be of type " + node.format + ": " + quote(value.text()),
                   value, 0, nullptr});
  }

  // kube-openapi checks value and limits against the range of type and format.
  static void check_range(Findings& result, const Node& node, const Value& value,
                          std::string_view what, const std::string& path) {
    if (node.types.size() != 1) return;
    bool integer = node.types[0] == "integer";
    bool out = false;
    if (integer && node.format == "int32") {
      out = value.is_int() ? value.integer() < INT32_MIN || value.integer() > INT32_MAX
                           : std::trunc(value.number()) != value.number() ||
                                 value.number() < INT32_MIN || value.number() > INT32_MAX;
    } else if (integer) {
      out = value.is_double() && (std::trunc(value.number()) != value.number() ||
                                  value.number() < -0x1p63 || value.number() >= 0x1p63);
    } else if (node.types[0] == "number" && node.format == "float") {
      out = std::abs(value.number()) > static_cast<double>(std::numeric_limits<float>::max());
    }
    if (!out) return;
    std::string text = std::string(what) + " value must be of type " + node.types[0];
    text += node.format.empty() ? " (default format) in " : " with format " + node.format + " in ";
    result.add({Fault::Schema, {}, text + path, nullptr, 0, nullptr});
  }

  Findings check_number(const Node& node, const Value& value, const std::string& path) const {
    Findings result;
    check_range(result, node, value, "Checked", path);
    auto limit = [&](double bound, std::string_view what) {
      check_range(result, node, Value(bound), what, path);
    };
    auto broken = [&](std::string_view rule, double bound) {
      result.add({Fault::Value, path,
                  path + " in body should be " + std::string(rule) + limit_text(value, bound),
                  value, 0, nullptr});
    };
    if (node.multiple_of) {
      limit(*node.multiple_of, "MultipleOf");
      if (!multiple(value, *node.multiple_of)) broken("a multiple of ", *node.multiple_of);
    }
    if (node.minimum) {
      limit(*node.minimum, "Minimum boundary");
      if (compare(value, *node.minimum) < (node.exclusive_minimum ? 1 : 0)) {
        broken(node.exclusive_minimum ? "greater than " : "greater than or equal to ",
               *node.minimum);
      }
    }
    if (node.maximum) {
      limit(*node.maximum, "Maximum boundary");
      if (compare(value, *node.maximum) > (node.exclusive_maximum ? -1 : 0)) {
        broken(node.exclusive_maximum ? "less than " : "less than or equal to ", *node.maximum);
      }
    }
    ++result.matches;
    return result;
  }

  // An integer is compared with the limit's whole part, as upstream does.
  static int compare(const Value& value, double bound) {
    if (value.is_int() && std::abs(bound) < 0x1p63) {
      auto whole_bound = static_cast<std::int64_t>(bound);
      return value.integer() < whole_bound ? -1 : value.integer() > whole_bound ? 1 : 0;
    }
    return value.number() < bound ? -1 : value.number() > bound ? 1 : 0;
  }

  static bool multiple(const Value& value, double factor) {
    if (factor <= 0) return false;
    if (value.is_int() && factor >= 1 && factor < 0x1p63)
      return value.integer() % static_cast<std::int64_t>(factor) == 0;
    return whole(factor < 1 ? 1 / factor * value.number() : value.number() / factor);
  }

  Findings check_array(const Node& node, const Value& value, const std::string& path,
                       Old old) const {
    Findings result;
    if (node.items) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        Old old_item = item_of(old, value[i]);
        result.merge(
            check(*node.items, value[i], index(path, i), old_item, old_item.value != nullptr));
      }
    }
    auto size = static_cast<std::int64_t>(value.size());
    if (node.min_items && size < *node.min_items) {
      result.add(
          {Fault::Value, path,
           path + " in body should have at least " + std::to_string(*node.min_items) + " items",
           Value(size), 0, nullptr});
    }
    if (node.max_items && size > *node.max_items) {
      result.add({Fault::TooMany, path, path + " in body should have at most items", Value(size),
                  *node.max_items, nullptr});
    }
    ++result.matches;
    return result;
  }

  Findings check_object(const Node& node, const Value& value, const std::string& path,
                        Old old) const {
    Findings result;
    auto size = static_cast<std::int64_t>(value.size());
    if (node.min_properties && size < *node.min_properties) {
      result.add({Fault::Value, path,
                  path + " in body should have at least " + std::to_string(*node.min_properties) +
                      " properties",
                  Value(size), 0, nullptr});
    }
    if (node.max_properties && size > *node.max_properties) {
      result.add({Fault::TooMany, path, path + " in body should have at most properties",
                  Value(size), *node.max_properties, nullptr});
    }
    for (const auto& member : value.members()) {
      std::string name(member.name());
      const Node* property = node.property(name);
      if (!property && !node.additional_allowed) {
        result.add({Fault::Value, path, path + "." + name + " in body is a forbidden property",
                    member.key, 0, nullptr});
        continue;
      }
      const Node* next = property ? property : node.additional.get();
      if (!next) continue;
      std::string at = property ? child(path, name) : path + "." + name;
      Old old_member = member_of(old, name, path);
      result.merge(check(*next, member.value, at, old_member, old_member.value != nullptr));
    }
    for (const std::string& name : node.required) {
      if (!value.contains(name)) {
        result.add({Fault::Required, path + "." + name, path + "." + name + " in body is required",
                    nullptr, 0, nullptr});
      }
    }
    return result;
  }

  static Old member_of(Old old, const std::string& name, const std::string& path) {
    if (!old.value || !old.shape || !old.value->is_object()) return {};
    if (path.empty() && (name == "kind" || name == "apiVersion")) return {};
    const Node* shape = old.shape->member(name);
    const Value* found = old.value->find(name);
    return shape && found ? Old{found, shape} : Old{};
  }

  static Old item_of(Old old, const Value& item) {
    if (!old.value || !old.shape || !old.shape->items || !old.value->is_array()) return {};
    const Value* found = same_item(*old.value, *old.shape, item);
    return found ? Old{found, old.shape->items.get()} : Old{};
  }

  Findings check_branches(const Node& node, const Value& value, const std::string& path,
                          Old old) const {
    Findings result;
    check_any(result, node, value, path, old);
    check_one(result, node, value, path, old);
    check_all(result, node, value, path, old);
    if (node.negated && check(*node.negated, value, path, old, false).ok()) {
      result.add(branch_issue(path, "must not validate the schema (not)"));
    }
    ++result.matches;
    return result;
  }

  static Issue branch_issue(const std::string& path, std::string_view text) {
    return {Fault::Schema, {}, quote(path) + " " + std::string(text), nullptr, 0, nullptr};
  }

  void check_any(Findings& result, const Node& node, const Value& value, const std::string& path,
                 Old old) const {
    std::optional<Findings> best;
    for (const Node& branch : node.any_of) {
      Findings tried = check(branch, value, path, old, false);
      if (tried.ok()) {
        result.merge(std::move(tried));
        return;
      }
      if (!best || tried.matches > best->matches) best = std::move(tried);
    }
    if (!best) return;
    result.add(branch_issue(path, "must validate at least one schema (anyOf)"));
    result.merge(std::move(*best));
  }

  void check_one(Findings& result, const Node& node, const Value& value, const std::string& path,
                 Old old) const {
    if (node.one_of.empty()) return;
    std::optional<Findings> best, first;
    int valid = 0;
    for (const Node& branch : node.one_of) {
      Findings tried = check(branch, value, path, old, false);
      if (tried.ok()) {
        ++valid;
        best.reset();
        if (!first) first = std::move(tried);
      } else if (valid == 0 && (!best || tried.matches > best->matches)) {
        best = std::move(tried);
      }
    }
    if (valid == 1) {
      result.merge(std::move(*first));
      return;
    }
    std::string found =
        valid == 0 ? "Found none valid" : "Found " + std::to_string(valid) + " valid alternatives";
    result.add(branch_issue(path, "must validate one and only one schema (oneOf). " + found));
    if (best) result.merge(std::move(*best));
  }

  void check_all(Findings& result, const Node& node, const Value& value, const std::string& path,
                 Old old) const {
    if (node.all_of.empty()) return;
    std::size_t valid = 0;
    for (const Node& branch : node.all_of) {
      Findings tried = check(branch, value, path, old, false);
      if (tried.ok()) ++valid;
      result.merge(std::move(tried));
    }
    if (valid == node.all_of.size()) return;
    result.add(branch_issue(path, valid == 0
                                      ? "must validate all the schemas (allOf). None validated"
                                      : "must validate all the schemas (allOf)"));
  }
};

std::vector<std::string> enum_texts(const std::vector<Value>& values) {
  std::vector<std::string> out;
  for (const Value& value : values)
    out.push_back(value.is_string() ? value.string() : json::canonical(value));
  return out;
}

Problem problem_of(const Issue& issue, std::string_view base) {
  std::string path(base);
  std::string_view name = issue.name;
  if (name.starts_with('.')) name.remove_prefix(1);
  if (!name.empty()) path = child(path, name);
  switch (issue.fault) {
    case Fault::Type:
      return type_invalid(path, issue.value, issue.message);
    case Fault::Required:
      return required(path);
    case Fault::Enum:
      return not_supported(path, issue.value, enum_texts(*issue.values));
    case Fault::TooLong:
      return too_long(path, issue.limit);
    case Fault::TooMany:
      return too_many(path, issue.value.integer(), issue.limit);
    case Fault::Value:
      return invalid(path, issue.value, issue.message);
    case Fault::Schema:
      break;
  }
  return invalid(base, "", issue.message);
}

}  // namespace

Problems check_value(const Value& value, const Node& node, std::string_view base,
                     const Value* old) {
  Findings result =
      Validator().check(node, value, "", {old, old ? &node : nullptr}, old != nullptr);
  Problems out;
  out.reserve(result.issues.size());
  for (const Issue& issue : result.issues) out.push_back(problem_of(issue, base));
  return out;
}

}  // namespace lesto::apiserver::schema
