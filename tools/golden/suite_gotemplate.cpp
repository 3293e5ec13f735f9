// Suite `gotemplate`: what Go's text/template with Sprig answers (tests/golden/gotemplate/README.md).
#include "engines/gotemplate/template.h"
#include "engines/gotemplate/zones.h"
#include "foundation/base/hash.h"
#include "foundation/json/yaml.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using gotemplate::MissingKey;

// Helm's values: every number is a float.
json::Value as_floats(const json::Value& value) {
  if (value.is_int()) return json::Value(static_cast<double>(value.integer()));
  if (value.is_array()) {
    json::Value out = json::Value::array();
    for (const json::Value& item : value.items()) out.push(as_floats(item));
    return out;
  }
  if (value.is_object()) {
    json::Value out = json::Value::object();
    for (const json::Member& member : value.members()) out.set(member.name(), as_floats(member.value));
    return out;
  }
  return value;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != ' ' && c != '\n') out += c;
  }
  return out;
}

// Equal as YAML, also in texts that are YAML. Texts that begin with a blank or a line break are compared without
// these: yaml.v3 gives them an indentation hint that its own reader reads differently inside lists.
bool same_yaml(const json::Value& want, const json::Value& got) {
  if (want == got) return true;
  if (want.is_string() && got.is_string()) {
    auto inner_want = json::parse_yaml(want.text());
    auto inner_got = json::parse_yaml(got.text());
    if (inner_want && inner_got && inner_want->is_object()) return same_yaml(*inner_want, *inner_got);
    return without_blanks(want.text()) == without_blanks(got.text());
  }
  if (want.kind() != got.kind() || want.size() != got.size()) return false;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want.is_array() && !same_yaml(want[i], got[i])) return false;
    if (!want.is_object()) continue;
    json::Value want_key = want.members()[i].key;
    json::Value got_key = got.members()[i].key;
    if (!same_yaml(want_key, got_key) || !same_yaml(want.members()[i].value, got.members()[i].value)) return false;
  }
  return true;
}

Result<std::string> render(const json::Value& in, const gotemplate::Zones& zones) {
  gotemplate::ParseOptions parse;
  if (in["dialect"].text() == "profile") parse.dialect = gotemplate::Dialect::ById;
  TRY_ASSIGN(auto compiled, gotemplate::Template::parse("t", in["template"].text(), parse));
  gotemplate::ExecuteOptions options;
  std::string_view missing = in["missingkey"].text();
  options.missing_key = missing == "zero" ? MissingKey::Zero : missing == "error" ? MissingKey::Error : MissingKey::Default;
  options.zones = &zones;
  json::Value data = in["numbers"].text() == "float64" ? as_floats(in["data"]) : in["data"];
  return compiled->execute(gotemplate::Value::of_json(data), options);
}

}  // namespace

Check gotemplate_suite() {
  auto zones = std::make_shared<gotemplate::Zones>("/usr/share/zoneinfo");
  return [zones](const json::Value& line) {
    Verdict verdict;
    auto rendered = render(line["in"], *zones);
    if (line.contains("err")) {
      verdict.want = "error: " + line["err"].string();
    } else if (line.contains("out_b64")) {
      verdict.want = base64_decode(line["out_b64"].text()).value_or("");
    } else {
      verdict.want = line["out"].string();
    }
    verdict.got = rendered ? *rendered : "error: " + rendered.error().message();
    verdict.passed = verdict.want == verdict.got;
    // Lesto writes YAML in one style for both kinds of template.
    if (!verdict.passed && line["group"].text() == "objects-text" && rendered) {
      verdict.passed = same_yaml(json::Value(verdict.want), json::Value(verdict.got));
    }
    if (!verdict.passed) verdict.want += "\n  in:   " + line["in"]["template"].string();
    return verdict;
  };
}

}  // namespace lesto::golden
