// Suite `yaml`: YAML in and out, splitting of streams. See tests/golden/yaml/README.md for the
// groups.
#include "foundation/base/hash.h"
#include "foundation/json/text.h"
#include "foundation/json/utf8.h"
#include "foundation/json/yaml.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

std::string input(const json::Value& in) {
  if (in.contains("text_b64")) return base64_decode(in["text_b64"].text()).value_or("");
  return in["text"].string();
}

Verdict compare(const json::Value& line, const Result<std::string>& got) {
  Verdict verdict;
  bool fails = line.contains("err");
  verdict.want = fails ? "error: " + line["err"].string() : line["out"].string();
  verdict.got = got ? *got : "error: " + got.error().text();
  verdict.passed = verdict.want == verdict.got;
  return verdict;
}

Verdict check_split(const json::Value& line) {
  const json::Value& in = line["in"];
  std::string text = input(in);
  std::string_view mode = in["mode"].text();
  json::YamlDocuments documents = mode == "yaml-reader"        ? json::split_yaml(text)
                                  : mode == "document-decoder" ? json::split_yaml_chunks(text)
                                                               : json::split_yaml_or_json(text);
  json::Value got = json::object({{"docs", json::Value::array()}});
  for (std::string& document : documents.texts) got.edit("docs")->push(json::valid_utf8(document));
  if (documents.error) got.set("error", documents.error->text());
  Verdict verdict;
  verdict.want = json::write(line["out"]);
  verdict.got = json::write(got);
  verdict.passed = verdict.want == verdict.got;
  return verdict;
}

// Scalars become text where the target type is text; then encoding/json knows doubles only.
json::Value coerce(const json::Value& value, std::string_view kind) {
  if (value.is_int() && kind == "any") return static_cast<double>(value.integer());
  json::Value result = value;
  if (value.is_array() || value.is_object()) {
    result = value.is_array() ? json::Value::array() : json::Value::object();
    for (const json::Value& item : value.items()) result.push(coerce(item, "any"));
    for (const json::Member& member : value.members()) {
      bool text = kind == "map-of-strings" && !member.value.is_array() &&
                  !member.value.is_object() && !member.value.is_string();
      if (text) {
        result.set(member.name(), member.value.is_null() ? "" : json::write(member.value));
      } else {
        result.set(member.name(), coerce(member.value, "any"));
      }
    }
  }
  return result;
}

Result<std::string> typed(const json::Value& in) {
  std::string_view kind = in["kind"].text();
  if (kind != "map" && kind != "any" && kind != "map-of-strings") {
    return fail(Code::Invalid, "built-in types are not this room's");
  }
  json::ParseYamlOptions options;
  if (in["strict"].boolean()) options.duplicates = json::Duplicates::Refuse;
  auto value = json::parse_yaml(input(in), options);
  if (!value) return fail(std::move(value.error()).during("error converting YAML to JSON"));
  return json::canonical(coerce(*value, kind));
}

Verdict check(const json::Value& line) {
  const json::Value& in = line["in"];
  std::string_view group = line["group"].text();
  if (group == "split") return check_split(line);
  if (group == "typed") return compare(line, typed(in));
  if (group.starts_with("emit-")) {
    auto value = json::parse_yaml(in["json"].text(), {.numbers = json::YamlNumbers::AsYaml});
    if (!value) return compare(line, fail(value.error()));
    return compare(line, json::write_yaml(*value, json::YamlNumbers::AsYaml));
  }
  json::ParseYamlOptions options;
  if (in["strict"].boolean()) options.duplicates = json::Duplicates::Refuse;
  auto value = json::parse_yaml(input(in), options);
  if (!value) return compare(line, fail(value.error()));
  return compare(line, json::canonical(*value));
}

}  // namespace

Check yaml_suite() { return check; }

}  // namespace lesto::golden
