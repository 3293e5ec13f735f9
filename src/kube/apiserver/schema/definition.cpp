#include "kube/apiserver/schema/definition.h"

#include <algorithm>

#include "foundation/json/text.h"
#include "kube/apiserver/schema/conversion.h"
#include "kube/apiserver/schema/limits.h"
#include "kube/apiserver/schema/names.h"
#include "kube/apiserver/schema/object_meta.h"
#include "kube/apiserver/schema/openapi_rules.h"
#include "kube/apiserver/schema/rules.h"
#include "kube/apiserver/schema/structural.h"
#include "kube/apiserver/types.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string joined(const Complaints& complaints) {
  std::string out;
  for (const std::string& complaint : complaints) out += (out.empty() ? "" : ",") + complaint;
  return out;
}

// Upstream's internal form, in which findings are worded: what all versions have in common stands
// at the top.
struct Common {
  bool schema = true, subresources = true, columns = true, selectable = true;
};

Common common_parts(const Value& versions) {
  Common out;
  for (const Value& version : versions.items()) {
    const Value& first = versions[std::size_t{0}];
    out.schema = out.schema && version["schema"] == first["schema"];
    out.subresources = out.subresources && version["subresources"] == first["subresources"];
    out.columns =
        out.columns && version["additionalPrinterColumns"] == first["additionalPrinterColumns"];
    out.selectable = out.selectable && version["selectableFields"] == first["selectableFields"];
  }
  return out;
}

// How versions look in a text: Go's names, in the order of the struct, and null for what is at the
// top.
std::string shown_versions(const Value& versions, const Common& common) {
  if (versions.empty()) return versions.is_array() ? "[]" : "null";
  std::string out = "[";
  for (const Value& version : versions.items()) {
    if (out.size() > 1) out += ",";
    std::string separator = "{";
    auto add = [&](std::string_view name, const Value& value) {
      out += separator + "\"" + std::string(name) + "\":" + json::canonical(value);
      separator = ",";
    };
    add("Name", Value(version["name"].text()));
    add("Served", version["served"].boolean());
    add("Storage", version["storage"].boolean());
    add("Deprecated", version["deprecated"].boolean());
    add("DeprecationWarning", version["deprecationWarning"]);
    add("Schema", common.schema ? Value() : version["schema"]);
    add("Subresources", common.subresources ? Value() : version["subresources"]);
    add("AdditionalPrinterColumns", common.columns ? Value() : version["additionalPrinterColumns"]);
    add("SelectableFields", common.selectable ? Value() : version["selectableFields"]);
    out += "}";
  }
  return out + "]";
}

class Definition {
 public:
  Definition(const Value& crd, const Types& types)
      : spec_(crd["spec"]), types_(types), common_(common_parts(spec_["versions"])) {}

  Problems out;

  void check_spec() {
    check_identity();
    check_versions();
    check_names(spec_["names"], "spec.names", true);
    if (common_.schema) check_schema(first()["schema"], "spec.validation", any_status());
    if (common_.subresources) check_subresources(first()["subresources"], "spec.subresources");
    if (common_.columns)
      check_columns(first()["additionalPrinterColumns"], "spec.additionalPrinterColumns");
    if (common_.selectable)
      check_selectable(first()["selectableFields"], first()["schema"], "spec.selectableFields");
    append(out, check_conversion(spec_["conversion"], "spec.conversion"));
  }

  void check_names(const Value& names, const std::string& path, bool needed) {
    for (std::string_view name : {"plural", "singular", "kind", "listKind"}) {
      std::string_view text = names[name].text();
      std::string at = child(path, name);
      if (text.empty()) {
        if (needed) out.push_back(required(at));
        continue;
      }
      bool mixed = name == "kind" || name == "listKind";
      std::string wrong = joined(dns1035_label(mixed ? lower(text) : std::string(text)));
      if (wrong.empty()) continue;
      out.push_back(
          invalid(at, Value(text),
                  (mixed ? "may have mixed case, but should otherwise match: " : "") + wrong));
    }
    for (std::string_view name : {"shortNames", "categories"}) {
      for (std::size_t i = 0; i < names[name].size(); ++i) {
        std::string wrong = joined(dns1035_label(names[name][i].text()));
        if (!wrong.empty())
          out.push_back(invalid(index(child(path, name), i), names[name][i], wrong));
      }
    }
    if (!names["kind"].text().empty() && names["kind"].text() == names["listKind"].text()) {
      out.push_back(invalid(child(path, "listKind"), names["listKind"],
                            "kind and listKind may not be the same"));
    }
  }

  void check_stored(const Value& stored) {
    std::string path = "status.storedVersions";
    if (stored.empty()) {
      out.push_back(invalid(path, Value::array(), "must have at least one stored version"));
      return;
    }
    std::map<std::string, std::size_t> left;
    for (std::size_t i = 0; i < stored.size(); ++i) left[stored[i].string()] = i;
    for (const Value& version : spec_["versions"].items()) {
      bool found = left.erase(version["name"].string()) > 0;
      if (version["storage"].boolean() && !found) {
        out.push_back(
            invalid(path, stored, "must have the storage version " + version["name"].string()));
      }
    }
    for (const auto& [name, i] : left) {
      out.push_back(invalid(
          index(path, i), Value(name),
          "missing from spec.versions; " + name +
              " was previously a storage version, and must remain in "
              "spec.versions until a storage migration ensures no data remains persisted in " +
              name + " and removes " + name + " from status.storedVersions"));
    }
  }

 private:
  const Value& first() const { return spec_["versions"][std::size_t{0}]; }

  bool any_status() const {
    auto versions = spec_["versions"].items();
    return std::any_of(versions.begin(), versions.end(), [](const Value& version) {
      return version["subresources"].contains("status");
    });
  }

  void check_identity() {
    std::string_view group = spec_["group"].text();
    if (group.empty()) {
      out.push_back(required("spec.group"));
    } else if (std::string wrong = joined(dns1123_subdomain(group)); !wrong.empty()) {
      out.push_back(invalid("spec.group", Value(group), wrong));
    } else if (group.find('.') == std::string_view::npos) {
      out.push_back(
          invalid("spec.group", Value(group), "should be a domain with at least one dot"));
    }
    std::string_view scope = spec_["scope"].text();
    if (scope.empty()) {
      out.push_back(required("spec.scope"));
    } else if (scope != "Cluster" && scope != "Namespaced") {
      out.push_back(not_supported("spec.scope", Value(scope), {"Cluster", "Namespaced"}));
    }
  }

  void check_versions() {
    const Value& versions = spec_["versions"];
    int stored = 0;
    std::set<std::string> names;
    for (std::size_t i = 0; i < versions.size(); ++i) {
      const Value& version = versions[i];
      std::string path = index("spec.versions", i);
      if (version["storage"].boolean()) ++stored;
      names.insert(version["name"].string());
      std::string wrong = joined(dns1035_label(version["name"].text()));
      if (!wrong.empty()) {
        out.push_back(invalid(child(path, "name"), Value(version["name"].text()), wrong));
        if (i == 0) out.push_back(invalid("spec.version", Value(version["name"].text()), wrong));
      }
      if (!version["schema"]["openAPIV3Schema"].is_object())
        out.push_back(required(child(path, "schema.openAPIV3Schema")));
      check_deprecation(version, path);
      if (!common_.schema)
        check_schema(version["schema"], child(path, "schema"),
                     version["subresources"].contains("status"));
      if (!common_.subresources)
        check_subresources(version["subresources"], child(path, "subresources"));
      if (!common_.columns)
        check_columns(version["additionalPrinterColumns"], child(path, "additionalPrinterColumns"));
      if (!common_.selectable)
        check_selectable(version["selectableFields"], version["schema"],
                         child(path, "selectableFields"));
    }
    if (names.size() != versions.size()) {
      out.push_back(invalid_shown("spec.versions", shown_versions(versions, common_),
                                  "must contain unique version names"));
    }
    if (stored != 1) {
      out.push_back(invalid_shown("spec.versions", shown_versions(versions, common_),
                                  "must have exactly one version marked as storage version"));
    }
  }

  void check_deprecation(const Value& version, const std::string& path) {
    const Value& warning = version["deprecationWarning"];
    if (warning.is_null()) return;
    std::string at = child(path, "deprecationWarning");
    std::string_view text = warning.text();
    if (!version["deprecated"].boolean()) {
      out.push_back(invalid(at, warning, "can only be set for deprecated versions"));
      return;
    }
    if (text.size() > 256) out.push_back(invalid(at, warning, "must be <= 256 characters long"));
    if (text.empty()) out.push_back(invalid(at, warning, "must not be an empty string"));
    for (std::size_t i = 0; i < text.size(); ++i) {
      auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x20 && byte != 0x7f) continue;
      out.push_back(invalid(
          at, warning,
          "must only contain printable UTF-8 characters; non-printable character found at index " +
              std::to_string(i)));
      break;
    }
  }

  void check_schema(const Value& holder, const std::string& path, bool status) {
    const Value& openapi = holder["openAPIV3Schema"];
    if (!openapi.is_object()) return;
    std::string at = child(path, "openAPIV3Schema");
    Problems found;
    if (status) check_status_root(found, openapi, at);
    if (openapi["nullable"].boolean())
      found.push_back(forbidden(child(at, "nullable"), "nullable cannot be true at the root"));
    std::string unreadable = not_readable(openapi);
    std::unique_ptr<Node> node;
    if (unreadable.empty()) {
      Problems wrong = check_structural(openapi, at);
      auto compiled = Node::compile(openapi);
      if (!compiled) wrong.push_back(invalid(at, "", compiled.error().text()));
      if (wrong.empty()) {
        compile_rules(*compiled);
        wrong = check_defaults(*compiled, types_, at);
        if (wrong.empty()) node = std::make_unique<Node>(std::move(*compiled));
      }
      append(found, std::move(wrong));
    }
    append(found, check_openapi(openapi, node.get(), at));
    if (found.empty() && !unreadable.empty()) found.push_back(invalid(at, "", unreadable));
    append(out, std::move(found));
  }

  // With a status subresource the status' schema is taken out of properties: nothing else may bear
  // on it.
  static void check_status_root(Problems& found, const Value& openapi, const std::string& path) {
    static const std::set<std::string_view> kAllowed = {"description",
                                                        "format",
                                                        "title",
                                                        "maximum",
                                                        "exclusiveMaximum",
                                                        "minimum",
                                                        "exclusiveMinimum",
                                                        "maxLength",
                                                        "minLength",
                                                        "pattern",
                                                        "maxItems",
                                                        "minItems",
                                                        "uniqueItems",
                                                        "multipleOf",
                                                        "required",
                                                        "items",
                                                        "properties",
                                                        "externalDocs",
                                                        "example",
                                                        "x-kubernetes-preserve-unknown-fields",
                                                        "x-kubernetes-validations",
                                                        "type",
                                                        "nullable"};
    if (!openapi["type"].text().empty() && openapi["type"].text() != "object") {
      found.push_back(invalid(child(path, "type"), openapi["type"],
                              "only \"object\" is allowed as the type at the root of the schema if "
                              "the status subresource is enabled"));
    }
    for (const auto& member : openapi.members()) {
      if (kAllowed.contains(member.name())) continue;
      found.push_back(invalid(path, openapi,
                              "only [Description Type Format Title Maximum ExclusiveMaximum "
                              "Minimum ExclusiveMinimum MaxLength "
                              "MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required "
                              "Items Properties ExternalDocs "
                              "Example XPreserveUnknownFields XValidations] fields are allowed at "
                              "the root of the schema if the "
                              "status subresource is enabled"));
      return;
    }
  }

  void check_json_path(std::string_view text, const std::string& path) {
    if (!text.starts_with('.'))
      out.push_back(invalid(path, Value(text), "must be a simple json path starting with ."));
  }

  void check_subresources(const Value& subresources, const std::string& path) {
    const Value* scale = subresources.find("scale");
    if (!scale || scale->is_null()) return;
    struct Part {
      std::string_view name, prefix;
    };
    for (const Part& part :
         {Part{"specReplicasPath", ".spec."}, Part{"statusReplicasPath", ".status."}}) {
      std::string_view text = (*scale)[part.name].text();
      std::string at = child(path, "scale." + std::string(part.name));
      if (text.empty()) {
        out.push_back(required(at));
      } else if (!text.starts_with('.')) {
        check_json_path(text, at);
      } else if (!text.starts_with(part.prefix)) {
        out.push_back(invalid(at, Value(text),
                              "should be a json path under " +
                                  std::string(part.prefix.substr(0, part.prefix.size() - 1))));
      }
    }
    std::string_view selector = (*scale)["labelSelectorPath"].text();
    if (selector.empty()) return;
    std::string at = child(path, "scale.labelSelectorPath");
    if (!selector.starts_with('.')) {
      check_json_path(selector, at);
    } else if (!selector.starts_with(".spec.") && !selector.starts_with(".status.")) {
      out.push_back(
          invalid(at, Value(selector), "should be a json path under either .spec or .status"));
    }
  }

  void check_columns(const Value& columns, const std::string& path) {
    static const std::set<std::string_view> kTypes = {"integer", "number", "string", "boolean",
                                                      "date"};
    static const std::set<std::string_view> kFormats = {"int32", "int64", "float",     "double",
                                                        "byte",  "date",  "date-time", "password"};
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Value& column = columns[i];
      std::string at = index(path, i);
      if (column["name"].text().empty()) out.push_back(required(child(at, "name")));
      std::string_view type = column["type"].text();
      constexpr std::string_view kText = "must be one of boolean,date,integer,number,string";
      if (type.empty()) {
        out.push_back(required(child(at, "type"), kText));
      } else if (!kTypes.contains(type)) {
        out.push_back(invalid(child(at, "type"), column["type"], kText));
      }
      std::string_view format = column["format"].text();
      if (!format.empty() && !kFormats.contains(format)) {
        out.push_back(
            invalid(child(at, "format"), column["format"],
                    "must be one of byte,date,date-time,double,float,int32,int64,password"));
      }
      std::string_view json_path = column["jsonPath"].text();
      if (json_path.empty()) {
        out.push_back(required(child(at, "JSONPath")));
      } else {
        check_json_path(json_path, child(at, "JSONPath"));
      }
    }
  }

  void check_selectable(const Value& fields, const Value& holder, const std::string& path) {
    if (fields.empty()) return;
    auto root = Node::compile(holder["openAPIV3Schema"]);
    if (!root) return;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Value& json_path = fields[i]["jsonPath"];
      std::string at = child(index(path, i), "jsonPath");
      if (json_path.text().empty()) {
        out.push_back(required(at));
        continue;
      }
      FieldPath found = resolve_path(json_path.text(), *root, Brackets::Refuse);
      if (!found.error.empty()) {
        out.push_back(invalid(at, json_path, "is an invalid path: " + found.error));
        continue;
      }
      if (found.canonical == "metadata" || found.canonical.starts_with("metadata.")) {
        out.push_back(invalid(at, json_path, "must not point to fields in metadata"));
      }
      const std::string& type = found.node->type;
      if (type != "string" && type != "boolean" && type != "integer") {
        out.push_back(
            invalid(at, json_path,
                    "must point to a field of type string, boolean or integer. Enum string fields "
                    "and strings with formats are allowed."));
      }
      if (!seen.insert(found.canonical).second) out.push_back(duplicate(at, json_path));
    }
    if (seen.size() > kSelectableFieldsMax) {
      out.push_back(too_many(path, static_cast<std::int64_t>(seen.size()),
                             static_cast<std::int64_t>(kSelectableFieldsMax)));
    }
  }

  const Value& spec_;
  const Types& types_;
  Common common_;
};

bool established(const Value& crd) {
  auto conditions = crd["status"]["conditions"].items();
  return std::any_of(conditions.begin(), conditions.end(), [](const Value& condition) {
    return condition["type"].text() == "Established" && condition["status"].text() == "True";
  });
}

void check_fixed(Problems& out, const Value& crd, const Value& old) {
  auto fixed = [&](const Value& now, const Value& before, std::string_view path) {
    if (now.text() != before.text())
      out.push_back(invalid(path, Value(now.text()), "field is immutable"));
  };
  if (established(old)) {
    fixed(crd["spec"]["scope"], old["spec"]["scope"], "spec.scope");
    fixed(crd["spec"]["names"]["kind"], old["spec"]["names"]["kind"], "spec.names.kind");
  }
  fixed(crd["spec"]["group"], old["spec"]["group"], "spec.group");
  fixed(crd["spec"]["names"]["plural"], old["spec"]["names"]["plural"], "spec.names.plural");
}

}  // namespace

Value default_definition(Value crd) {
  Value& spec = crd.at("spec");
  if (!spec.is_object()) spec = Value::object();
  Value& names = spec.at("names");
  if (!names.is_object()) names = Value::object();
  std::string kind = names["kind"].string();
  if (names["singular"].text().empty() && !kind.empty()) names.set("singular", lower(kind));
  if (names["listKind"].text().empty() && !kind.empty()) names.set("listKind", kind + "List");
  if (spec["conversion"].is_null()) spec.set("conversion", json::object({{"strategy", "None"}}));
  Value* webhook =
      spec["conversion"]["webhook"]["clientConfig"]["service"].is_object()
          ? spec.edit("conversion")->edit("webhook")->edit("clientConfig")->edit("service")
          : nullptr;
  if (webhook && (*webhook)["port"].is_null()) webhook->set("port", 443);
  if (crd["status"]["storedVersions"].empty()) return with_storage_version(std::move(crd));
  return crd;
}

Value with_storage_version(Value crd) {
  for (const Value& version : crd["spec"]["versions"].items()) {
    if (!version["storage"].boolean()) continue;
    Value stored = crd["status"]["storedVersions"];
    bool listed = false;
    for (const Value& name : stored.items()) listed |= name == version["name"];
    if (listed) return crd;
    stored.push(version["name"]);
    crd.set_path({"status", "storedVersions"}, std::move(stored));
    return crd;
  }
  return crd;
}

Problems check_definition(const Value& crd, const Types& types, const Value* old) {
  Definition definition(crd, types);
  Problems& out = definition.out;
  const Value& name = crd["metadata"]["name"];
  if (old) {
    append(out, check_meta_update(crd["metadata"], (*old)["metadata"]));
    check_fixed(out, crd, *old);
  } else {
    append(out, check_meta(crd["metadata"], {.namespaced = false, .name = path_segment}));
    std::string wanted =
        crd["spec"]["names"]["plural"].string() + "." + crd["spec"]["group"].string();
    if (!name.text().empty() && name.text() != wanted) {
      out.push_back(invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
    }
  }
  definition.check_spec();
  definition.check_names(crd["status"]["acceptedNames"], "status.acceptedNames", false);
  definition.check_stored(crd["status"]["storedVersions"]);
  return sorted(std::move(out));
}

}  // namespace lesto::apiserver::schema
