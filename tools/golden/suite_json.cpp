// Suite `json`: reading and writing JSON. See tests/golden/json/README.md for the groups.
#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

std::string input(const json::Value& in) {
  if (in.contains("text_b64")) return base64_decode(in["text_b64"].text()).value_or("");
  return in["text"].string();
}

// encoding/json reads every number as a double.
json::Value as_doubles(const json::Value& value) {
  if (value.is_int()) return static_cast<double>(value.integer());
  if (value.is_array()) {
    json::Value result = json::Value::array();
    for (const json::Value& item : value.items()) result.push(as_doubles(item));
    return result;
  }
  if (value.is_object()) {
    json::Value result = json::Value::object();
    for (const json::Member& member : value.members())
      result.set(member.name(), as_doubles(member.value));
    return result;
  }
  return value;
}

std::string_view kind_name(const json::Value& value) {
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  return value.is_bool() ? "bool" : "number";
}

Result<std::string> run(const json::Value& in, std::string_view group) {
  if (group == "typed") return fail(Code::Invalid, "built-in types are not this room's");
  if (group == "unstructured") return fail(Code::Invalid, "not this room's");
  json::WriteOptions options;
  if (in["escape_html"].boolean()) options.escape_html = json::EscapeHtml::Yes;
  options.indent = static_cast<unsigned>(in["indent"].integer());
  TRY_ASSIGN(json::Value value, json::parse(input(in)));
  if (group.ends_with("into-map") && !value.is_object() && !value.is_null()) {
    return fail(Code::Invalid, "json: cannot unmarshal " + std::string(kind_name(value)) +
                                   " into Go value of type map[string]interface {}");
  }
  if (in["decoder"].text() == "go") value = as_doubles(value);
  return json::write(value, options);
}

Verdict check(const json::Value& line) {
  Verdict verdict;
  bool fails = line.contains("err");
  if (line["group"].text() == "strict") {
    auto strict = json::parse_strict(input(line["in"]));
    verdict.want = fails ? "error: " + line["err"].string() : json::write(line["out"]);
    if (strict) {
      json::Value problems = json::Value::array();
      for (const std::string& problem : strict->problems) problems.push(problem);
      verdict.got = json::write(
          json::object({{"strict_errors", problems}, {"text", json::canonical(strict->value)}}));
    } else {
      verdict.got = "error: " + strict.error().text();
    }
  } else {
    auto got = run(line["in"], line["group"].text());
    verdict.want = fails ? "error: " + line["err"].string() : line["out"].string();
    verdict.got = got ? *got : "error: " + got.error().text();
  }
  verdict.passed = verdict.want == verdict.got;
  return verdict;
}

}  // namespace

Check json_suite() { return check; }

}  // namespace lesto::golden
