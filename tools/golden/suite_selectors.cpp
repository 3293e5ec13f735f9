// Suite `selectors`: label and field selectors, names, metadata. See
// tests/golden/selectors/README.md for the groups.
#include <algorithm>
#include <map>

#include "foundation/json/text.h"
#include "kube/object/selector.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using json::Value;

Value show(const kube::FieldErrors& errors) {
  Value list = Value::array();
  for (const kube::FieldError& error : errors) {
    list.push(
        json::object({{"type", error.type}, {"field", error.field}, {"message", error.message}}));
  }
  return list;
}

Value show(const kube::Complaints& complaints) {
  Value list = Value::array();
  for (const std::string& complaint : complaints) list.push(complaint);
  return list;
}

Value show(const kube::LabelSelector& selector) {
  Value requirements = Value::array();
  for (const kube::Requirement& requirement : selector.requirements()) {
    std::vector<std::string> values = requirement.values;
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    requirements.push(json::object({{"key", requirement.key},
                                    {"operator", kube::to_string(requirement.op)},
                                    {"values", show(values)}}));
  }
  return json::object(
      {{"string", selector.text()}, {"requirements", requirements}, {"empty", selector.empty()}});
}

Value matches(const kube::LabelSelector& selector, const Value& sets) {
  Value list = Value::array();
  for (const Value& labels : sets.items()) list.push(selector.matches(labels));
  return list;
}

Value field_sets() {
  return *json::parse(
      R"([{}, {"metadata.name":"a"}, {"metadata.name":"b","metadata.namespace":"ns"},
          {"metadata.name":"a,b","status.phase":"Running"}, {"metadata.name":"a=b"},
          {"metadata.name":"","spec.nodeName":"n\\1"}, {"type":"Opaque","metadata.name":" a"}])");
}

Result<Value> field_parse(const Value& in) {
  TRY_ASSIGN(kube::FieldSelector selector, kube::parse_field_selector(in["selector"].text()));
  Value requirements = Value::array();
  for (const kube::FieldRequirement& requirement : selector.requirements()) {
    requirements.push(json::object({{"field", requirement.field},
                                    {"operator", requirement.equal ? "=" : "!="},
                                    {"value", requirement.value}}));
  }
  Value found = Value::array();
  Value sets = field_sets();
  for (const Value& set : sets.items()) {
    found.push(selector.matches([&](std::string_view field) { return set[field].text(); }));
  }
  return json::object({{"string", selector.text()},
                       {"empty", selector.empty()},
                       {"requirements", requirements},
                       {"matches", found}});
}

Value validation(const Value& in) {
  std::string_view name = in["function"].text();
  std::string_view value = in["value"].text();
  auto form = in["prefix"].boolean() ? kube::NameForm::Prefix : kube::NameForm::Whole;
  if (name == "NameIsDNSSubdomain") return show(kube::check_name_subdomain(value, form));
  if (name == "NameIsDNSLabel") return show(kube::check_name_label(value, form));
  if (name == "ValidateFinalizerName")
    return show(kube::check_finalizer(value, "metadata.finalizers"));
  if (name == "ValidateFieldManager") return show(kube::check_field_manager(value, "fieldManager"));
  const std::map<std::string_view, kube::Complaints (*)(std::string_view)> checks = {
      {"IsValidLabelValue", kube::check_label_value},
      {"IsDNS1123Label", kube::check_dns1123_label},
      {"IsHTTPHeaderName", kube::check_http_header_name},
      {"IsQualifiedName", kube::check_qualified_name},
      {"IsValidPercent", kube::check_percent},
      {"IsDNS1035Label", kube::check_dns1035_label},
      {"IsWildcardDNS1123Subdomain", kube::check_wildcard_subdomain},
      {"IsDNS1123Subdomain", kube::check_dns1123_subdomain},
      {"IsConfigMapKey", kube::check_config_key},
      {"IsValidPortName", kube::check_port_name},
      {"IsEnvVarName", kube::check_env_name},
  };
  auto check = checks.find(name);
  return check == checks.end() ? Value("no such function") : show(check->second(value));
}

Result<Value> run(const Value& in, std::string_view group) {
  std::string_view text = in["selector"].text();
  if (group == "parse") {
    TRY_ASSIGN(kube::LabelSelector selector, kube::parse_label_selector(text));
    return show(selector);
  }
  if (group == "to-label-selector") return kube::parse_to_label_selector(text);
  if (group == "match") {
    TRY_ASSIGN(kube::LabelSelector selector, kube::parse_label_selector(text));
    return matches(selector, in["labels"]);
  }
  if (group == "label-selector") {
    TRY_ASSIGN(kube::LabelSelector selector, kube::read_label_selector(in["labelSelector"]));
    Value shown = show(selector);
    shown.set("matches", matches(selector, in["labels"]));
    return shown;
  }
  if (group == "format-label-selector")
    return Value(kube::format_label_selector(in["labelSelector"]));
  if (group == "label-selector-map") return kube::label_selector_as_map(in["labelSelector"]);
  if (group == "label-selector-validate")
    return show(kube::check_label_selector(in["labelSelector"], "spec.selector"));
  if (group == "set-string" || group == "set-selector")
    return Value(kube::selector_from_labels(in["set"]).text());
  if (group == "set-format") {
    std::string shown = kube::selector_from_labels(in["set"]).text();
    return Value(shown.empty() ? "<none>" : shown);
  }
  if (group == "set-selector-validated") {
    TRY_ASSIGN(kube::LabelSelector selector, kube::checked_selector_from_labels(in["set"]));
    return Value(selector.text());
  }
  if (group == "set-parse") return kube::parse_labels(text);
  if (group == "field-parse") return field_parse(in);
  if (group == "field-escape") return Value(kube::escape_field_value(in["value"].text()));
  if (group == "field-unescape") {
    TRY_ASSIGN(std::string value, kube::unescape_field_value(in["value"].text()));
    return Value(value);
  }
  if (group == "validation") return validation(in);
  if (group == "object-meta") {
    auto namespaced = in["namespaced"].boolean() ? kube::Namespaced::Yes : kube::Namespaced::No;
    return show(kube::check_metadata(in["metadata"], namespaced, kube::check_name_subdomain));
  }
  if (group == "object-meta-update")
    return show(kube::check_metadata_update(in["metadata"], in["old"]));
  return fail(Code::Internal, "unknown group");
}

Verdict check(const Value& line) {
  auto got = run(line["in"], line["group"].text());
  Verdict verdict;
  verdict.want = line.contains("err") ? "error: " + line["err"].string() : json::write(line["out"]);
  verdict.got = got ? json::write(*got) : "error: " + got.error().text();
  verdict.passed = verdict.want == verdict.got;
  return verdict;
}

}  // namespace

Check selectors_suite() { return check; }

}  // namespace lesto::golden
