#include "kube/apiserver/schema/structural.h"

#include <re2/re2.h>

#include <algorithm>

#include "kube/apiserver/schema/limits.h"

namespace lesto::apiserver::schema {
namespace {

using json::Value;

enum class Level { Root, Item, Field };

bool set(const Value& schema, std::string_view name) {
  const Value& value = schema[name];
  switch (value.kind()) {
    case json::Kind::Null:
      return false;
    case json::Kind::Bool:
      return value.boolean();
    case json::Kind::String:
      return !value.text().empty();
    case json::Kind::Array:
    case json::Kind::Object:
      return !value.empty();
    default:
      return true;
  }
}

bool type_only(const Value& schema, std::string_view type) {
  return schema.size() == 1 && schema["type"].text() == type;
}

// anyOf: [{type: integer}, {type: string}], which int-or-string may be written with.
bool int_or_string_any_of(const Value& schema) {
  const Value& any = schema["anyOf"];
  return any.size() == 2 && type_only(any[std::size_t{0}], "integer") &&
         type_only(any[1], "string");
}

// What Go's regexp says about a pattern that it does not take.
std::string regex_error(const re2::RE2& regex) {
  std::string_view what;
  switch (regex.error_code()) {
    case re2::RE2::ErrorBadEscape:
      what = "invalid escape sequence";
      break;
    case re2::RE2::ErrorBadCharClass:
      what = "invalid character class";
      break;
    case re2::RE2::ErrorBadCharRange:
      what = "invalid character class range";
      break;
    case re2::RE2::ErrorMissingBracket:
      what = "missing closing ]";
      break;
    case re2::RE2::ErrorMissingParen:
      what = "missing closing )";
      break;
    case re2::RE2::ErrorUnexpectedParen:
      what = "unexpected )";
      break;
    case re2::RE2::ErrorTrailingBackslash:
      what = "trailing backslash at end of expression";
      break;
    case re2::RE2::ErrorRepeatArgument:
      what = "missing argument to repetition operator";
      break;
    case re2::RE2::ErrorRepeatSize:
      what = "invalid repeat count";
      break;
    case re2::RE2::ErrorRepeatOp:
      what = "invalid nested repetition operator";
      break;
    case re2::RE2::ErrorBadPerlOp:
      what = "invalid or unsupported Perl syntax";
      break;
    case re2::RE2::ErrorBadUTF8:
      what = "invalid UTF-8";
      break;
    case re2::RE2::ErrorBadNamedCapture:
      what = "invalid named capture";
      break;
    case re2::RE2::ErrorPatternTooLarge:
      what = "expression too large";
      break;
    default:
      what = "internal error";
      break;
  }
  return "error parsing regexp: " + std::string(what) + ": `" + regex.error_arg() + "`";
}

class Structural {
 public:
  Problems out;

  void invariants(const Value& schema, Level level, const std::string& path) {
    if (schema["type"].text() == "array" && !schema["items"].is_object()) {
      out.push_back(required(child(path, "items"), "must be specified"));
    }
    if (schema["items"].is_object()) invariants(schema["items"], Level::Item, child(path, "items"));
    for (const auto& property : schema["properties"].members()) {
      invariants(property.value, Level::Field, key(child(path, "properties"), property.name()));
    }
    const Value* additional = schema.find("additionalProperties");
    if (additional && !additional->is_null()) {
      if (level == Level::Root)
        out.push_back(
            forbidden(child(path, "additionalProperties"), "must not be used at the root"));
      if (additional->is_object())
        invariants(*additional, Level::Field, child(path, "additionalProperties"));
    }
    extensions(schema, path);
    bool all_of_pattern =
        !schema["allOf"].empty() && int_or_string_any_of(schema["allOf"][std::size_t{0}]);
    values(schema, int_or_string_any_of(schema), all_of_pattern, level, path);
    types(schema, level, path);
    metadata(schema, level, path);
  }

  void completeness(const Value& values_of, const Value* schema, const std::string& path,
                    const std::string& from) {
    nested_completeness(values_of["not"], schema, path, child(from, "not"));
    for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
      for (std::size_t i = 0; i < values_of[name].size(); ++i) {
        nested_completeness(values_of[name][i], schema, path, index(child(from, name), i));
      }
    }
  }

 private:
  void extensions(const Value& schema, const std::string& path) {
    if (!set(schema, "x-kubernetes-int-or-string")) return;
    for (std::string_view name :
         {"x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"}) {
      if (set(schema, name)) {
        out.push_back(invalid(child(path, name), true,
                              "must be false if x-kubernetes-int-or-string is true"));
      }
    }
  }

  void types(const Value& schema, Level level, const std::string& path) {
    std::string_view type = schema["type"].text();
    std::string at = child(path, "type");
    bool embedded = set(schema, "x-kubernetes-embedded-resource");
    bool free = set(schema, "x-kubernetes-int-or-string") ||
                set(schema, "x-kubernetes-preserve-unknown-fields");
    if (embedded && type != "object") {
      constexpr std::string_view kText = "must be object if x-kubernetes-embedded-resource is true";
      out.push_back(type.empty() ? required(at, kText) : invalid(at, Value(type), kText));
    } else if (type.empty() && !free) {
      out.push_back(required(at, level == Level::Root ? "must not be empty at the root"
                                 : level == Level::Item
                                     ? "must not be empty for specified array items"
                                     : "must not be empty for specified object fields"));
    }
    if (embedded && schema.contains("additionalProperties")) {
      out.push_back(forbidden(child(path, "additionalProperties"),
                              "must not be used if x-kubernetes-embedded-resource is set"));
    }
    if (level == Level::Root && !type.empty() && type != "object") {
      out.push_back(invalid(at, Value(type), "must be object at the root"));
    }
    if (embedded && !set(schema, "x-kubernetes-preserve-unknown-fields") &&
        schema["properties"].empty()) {
      out.push_back(required(child(path, "properties"),
                             "must not be empty if x-kubernetes-embedded-resource is true without "
                             "x-kubernetes-preserve-unknown-fields"));
    }
  }

  void metadata(const Value& schema, Level level, const std::string& path) {
    bool resource = level == Level::Root || set(schema, "x-kubernetes-embedded-resource");
    std::string properties = child(path, "properties");
    for (std::string_view name : {"kind", "apiVersion"}) {
      const Value* property = schema["properties"].find(name);
      if (property && resource && (*property)["type"].text() != "string") {
        out.push_back(invalid(child(key(properties, name), "type"),
                              Value((*property)["type"].text()), "must be string"));
      }
    }
    const Value* meta = schema["properties"].find("metadata");
    if (!meta) return;
    std::string at = key(properties, "metadata");
    if (resource && (*meta)["type"].text() != "object") {
      out.push_back(invalid(child(at, "type"), Value((*meta)["type"].text()), "must be object"));
    }
    if (level == Level::Root && says_more(*meta)) {
      out.push_back(
          forbidden(at,
                    "must not specify anything other than name and generateName, but metadata is "
                    "implicitly specified"));
    }
  }

  // Does a schema of metadata say anything but what name and generateName must be?
  static bool says_more(const Value& meta) {
    for (const auto& member : meta.members()) {
      if (member.name() == "type" || member.name() == "default" || !set(meta, member.name()))
        continue;
      if (member.name() != "properties") return true;
      for (const auto& property : member.value.members()) {
        if (property.name() != "name" && property.name() != "generateName") return true;
      }
    }
    return false;
  }

  void values(const Value& schema, bool skip_any_of, bool skip_first_all_of, Level level,
              const std::string& path) {
    for (std::size_t i = 0; !skip_any_of && i < schema["anyOf"].size(); ++i) {
      nested(schema["anyOf"][i], false, level, index(child(path, "anyOf"), i));
    }
    for (std::size_t i = 0; i < schema["allOf"].size(); ++i) {
      nested(schema["allOf"][i], skip_first_all_of && i == 0, level,
             index(child(path, "allOf"), i));
    }
    for (std::size_t i = 0; i < schema["oneOf"].size(); ++i) {
      nested(schema["oneOf"][i], false, level, index(child(path, "oneOf"), i));
    }
    if (schema["not"].is_object()) nested(schema["not"], false, level, child(path, "not"));
    std::string pattern = schema["pattern"].string();
    if (pattern.empty()) return;
    re2::RE2::Options options;
    options.set_log_errors(false);
    re2::RE2 regex(pattern, options);
    if (!regex.ok()) {
      out.push_back(
          invalid(child(path, "pattern"), Value(pattern),
                  "must be a valid regular expression, but isn't: " + regex_error(regex)));
    }
  }

  void nested(const Value& schema, bool skip_any_of, Level level, const std::string& path) {
    values(schema, skip_any_of, false, level, path);
    if (schema["items"].is_object()) nested(schema["items"], false, level, child(path, "items"));
    for (const auto& property : schema["properties"].members()) {
      nested(property.value, false, Level::Field, key(child(path, "properties"), property.name()));
    }
    struct Rule {
      std::string_view name, text;
    };
    static constexpr Rule kForbidden[] = {
        {"type", "must be empty to be structural"},
        {"title", "must be empty to be structural"},
        {"description", "must be empty to be structural"},
        {"nullable", "must be false to be structural"},
        {"x-kubernetes-preserve-unknown-fields", "must be false to be structural"},
        {"x-kubernetes-embedded-resource", "must be false to be structural"},
        {"x-kubernetes-int-or-string", "must be false to be structural"},
        {"x-kubernetes-list-map-keys", "must be empty to be structural"},
        {"x-kubernetes-list-type", "must be undefined to be structural"},
        {"x-kubernetes-map-type", "must be undefined to be structural"},
        {"x-kubernetes-validations", "must be empty to be structural"},
    };
    for (const Rule& rule : kForbidden) {
      if (set(schema, rule.name)) out.push_back(forbidden(child(path, rule.name), rule.text));
    }
    const Value& additional = schema["additionalProperties"];
    if (additional.is_object() || additional.boolean()) {
      out.push_back(
          forbidden(child(path, "additionalProperties"), "must be undefined to be structural"));
    }
    if (!schema["default"].is_null())
      out.push_back(forbidden(child(path, "default"), "must be undefined to be structural"));
    if (schema["properties"].contains("metadata")) {
      out.push_back(forbidden(key(child(path, "properties"), "metadata"),
                              "must not be specified in a nested context"));
    }
  }

  void nested_completeness(const Value& values_of, const Value* schema, const std::string& path,
                           const std::string& from) {
    if (!values_of.is_object()) return;
    if (!schema) {
      out.push_back(required(path, "because it is defined in " + from));
      return;
    }
    completeness(values_of, schema, path, from);
    const Value* items = schema->find("items");
    nested_completeness(values_of["items"], items && items->is_object() ? items : nullptr,
                        child(path, "items"), child(from, "items"));
    for (const auto& property : values_of["properties"].members()) {
      std::string at = key(child(path, "properties"), property.name());
      std::string there = key(child(from, "properties"), property.name());
      const Value* known = (*schema)["properties"].find(property.name());
      if (!known) {
        out.push_back(required(at, "because it is defined in " + there));
      } else {
        nested_completeness(property.value, known, at, there);
      }
    }
  }
};

}  // namespace

std::string not_readable(const Value& schema, int depth) {
  if (!schema.is_object()) return {};
  if (depth > kSchemaDepthMax) return "OpenAPIV3Schema is nested too deeply";
  struct Refused {
    std::string_view name, shown;
  };
  static constexpr Refused kRefused[] = {{"id", "id"},
                                         {"$schema", "schema"},
                                         {"$ref", "$ref"},
                                         {"patternProperties", "patternProperties"},
                                         {"dependencies", "dependencies"},
                                         {"definitions", "definitions"}};
  for (const Refused& refused : kRefused) {
    if (set(schema, refused.name))
      return "OpenAPIV3Schema '" + std::string(refused.shown) + "' is not supported";
  }
  if (!schema["additionalItems"].is_null())
    return "OpenAPIV3Schema 'additionalItems' is not supported";
  const Value* preserve = schema.find("x-kubernetes-preserve-unknown-fields");
  if (preserve && preserve->is_bool() && !preserve->boolean()) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  }
  if (schema["items"].is_array())
    return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  std::string found;
  auto look = [&](const Value& below) {
    if (found.empty()) found = not_readable(below, depth + 1);
  };
  for (std::string_view name : {"items", "not", "additionalProperties"}) look(schema[name]);
  for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
    for (const Value& branch : schema[name].items()) look(branch);
  }
  for (const auto& property : schema["properties"].members()) look(property.value);
  return found;
}

Problems check_structural(const Value& schema, const std::string& path) {
  Structural check;
  check.invariants(schema, Level::Root, path);
  check.completeness(schema, &schema, path, path);
  return std::move(check.out);
}

}  // namespace lesto::apiserver::schema
