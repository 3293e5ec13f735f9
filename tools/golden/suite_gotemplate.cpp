// Suite `gotemplate`: what Go's text/template with Sprig answers (tests/golden/gotemplate/README.md).
#include "engines/gotemplate/template.h"
#include "engines/gotemplate/zones.h"
#include "foundation/base/hash.h"
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
    if (!verdict.passed) verdict.want += "\n  in:   " + line["in"]["template"].string();
    return verdict;
  };
}

}  // namespace lesto::golden
