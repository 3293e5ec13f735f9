// to/from Json and Yaml, as Sprig, Helm and Sveltos define them.
#include <algorithm>

#include "engines/gotemplate/data.h"
#include "foundation/json/text.h"
#include "foundation/json/yaml.h"

namespace lesto::gotemplate {
namespace {

using json::EscapeHtml;

constexpr std::string_view kMapType = "map[string]interface {}";
constexpr std::string_view kListType = "[]interface {}";

Answer written(Call& call, const json::WriteOptions& options) {
  Json json = to_json(call.context, call.at(0));
  if (!json) return std::unexpected(json.error());
  std::string out = json::write(*json, options);
  if (Outcome reserved = call.context.reserve(out.size()); !reserved)
    return std::unexpected(reserved.error());
  return call.give(out);
}

// The functions without "must" give "" instead of an error; limits stay errors.
Answer swallowed(Answer answer) {
  if (answer || answer.error().code == Code::TooLarge) return answer;
  return Value::of_text("");
}

Answer must_to_json(Call& call) { return written(call, {.escape_html = EscapeHtml::Yes}); }
Answer must_to_pretty_json(Call& call) {
  return written(call, {.escape_html = EscapeHtml::Yes, .indent = 2});
}
Answer to_raw_json(Call& call) { return written(call, {}); }
Answer to_json_text(Call& call) { return swallowed(must_to_json(call)); }
Answer to_pretty_json(Call& call) { return swallowed(must_to_pretty_json(call)); }

Outcome spend_parse(Call& call) { return call.context.spend(1 + call.text(0).size() / 8); }
// YAML takes longer, and what an alias stands for is made anew each time.
Outcome spend_yaml(Call& call) {
  std::string_view text = call.text(0);
  auto aliases = static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
  return call.context.spend(20 + text.size() / 2 + aliases * 64);
}

Answer must_from_json(Call& call) {
  if (Outcome spent = spend_parse(call); !spent) return std::unexpected(spent.error());
  auto parsed = json::parse(with_signed_zeros(call.text(0)));
  if (!parsed) return call.fail(parsed.error().message());
  return from_json(call.context, *parsed);
}

Answer error_map(Call& call, std::string_view message) {
  MapNode* map = call.heap().new_map(1);
  call.heap().set(map, "Error", call.heap().text(message));
  return Value::of_map(map);
}

Answer error_list(Call& call, std::string_view message) {
  Value text = call.heap().text(message);
  return call.heap().list(std::span(&text, 1));
}

// `prefix` is what sigs.k8s.io/yaml says before the errors of its JSON step.
Answer as_map(Call& call, const json::Value& parsed, std::string_view prefix) {
  if (parsed.is_null()) {
    Value none = Value::of(Type::Map);
    none.map = nullptr;
    return none;
  }
  if (!parsed.is_object())
    return error_map(call, std::string(prefix) + wrong_kind_text(parsed, kMapType));
  return from_json(call.context, parsed);
}

Answer as_list(Call& call, const json::Value& parsed, std::string_view prefix) {
  if (parsed.is_null()) {
    Value none = Value::of(Type::List);
    none.items = nullptr;
    return none;
  }
  if (!parsed.is_array())
    return error_list(call, std::string(prefix) + wrong_kind_text(parsed, kListType));
  return from_json(call.context, parsed);
}

// Parses with Go's float64 in mind: "-0" keeps its sign, which an integer could not. A number that
// no float64 holds is, where an object or list is wanted, of the wrong kind first.
Result<json::Value> parse_floats(std::string_view text) {
  auto parsed = json::parse(with_signed_zeros(text));
  if (parsed || parsed.error().code() == Code::TooLarge) return parsed;
  std::size_t start = text.find_first_not_of(" \t\r\n");
  bool number =
      start != text.npos && (text[start] == '-' || (text[start] >= '0' && text[start] <= '9'));
  if (number && parsed.error().message().starts_with("json: cannot unmarshal number"))
    return json::Value(0);
  return parsed;
}

Answer from_json_map(Call& call) {
  if (Outcome spent = spend_parse(call); !spent) return std::unexpected(spent.error());
  auto parsed = parse_floats(call.text(0));
  return parsed ? as_map(call, *parsed, "") : error_map(call, parsed.error().message());
}

Answer from_json_array(Call& call) {
  if (Outcome spent = spend_parse(call); !spent) return std::unexpected(spent.error());
  auto parsed = parse_floats(call.text(0));
  return parsed ? as_list(call, *parsed, "") : error_list(call, parsed.error().message());
}

constexpr Function kJson[] = {
    {"toJson", Group::Data, "a>s", to_json_text},
    {"mustToJson", Group::Data, "a>s", must_to_json},
    {"toPrettyJson", Group::Data, "a>s", to_pretty_json},
    {"mustToPrettyJson", Group::Data, "a>s", must_to_pretty_json},
    {"toRawJson", Group::Data, "a>s", to_raw_json},
    {"mustToRawJson", Group::Data, "a>s", to_raw_json},
    {"fromJson", Group::Data, "s>m", from_json_map},
    {"mustFromJson", Group::Data, "s>a", must_from_json},
    {"fromJsonArray", Group::Data, "s>L", from_json_array},
};

constexpr std::string_view kYamlStep = "error converting YAML to JSON: ";
constexpr std::string_view kJsonStep = "error unmarshaling JSON: while decoding JSON: ";

Answer to_yaml(Call& call) { return yaml_text(call.context, call.at(0)); }

Answer from_yaml(Call& call) {
  if (Outcome spent = spend_yaml(call); !spent) return std::unexpected(spent.error());
  auto parsed = json::parse_yaml(call.text(0));
  // Unlike encoding/json, sigs.k8s.io/yaml leaves the target as it was.
  if (parsed && parsed->is_null()) return Value::of_map(call.heap().new_map());
  return parsed ? as_map(call, *parsed, kJsonStep)
                : error_map(call, std::string(kYamlStep) + parsed.error().message());
}

Answer from_yaml_array(Call& call) {
  if (Outcome spent = spend_yaml(call); !spent) return std::unexpected(spent.error());
  auto parsed = json::parse_yaml(call.text(0));
  if (parsed && parsed->is_null()) return call.heap().list({});
  return parsed ? as_list(call, *parsed, kJsonStep)
                : error_list(call, std::string(kYamlStep) + parsed.error().message());
}

constexpr Function kYaml[] = {
    {"toYaml", Group::Data, "a>s", to_yaml},
    {"fromYaml", Group::Data, "s>m", from_yaml},
    {"fromYamlArray", Group::Data, "s>L", from_yaml_array},
};

}  // namespace

std::string with_signed_zeros(std::string_view text) {
  std::string out(text);
  if (text.find("-0") == text.npos) return out;
  out.clear();
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    out += c;
    if (quoted && c == '\\' && i + 1 < text.size()) {
      out += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '0' && i > 0 && text[i - 1] == '-') {
      char before = i > 1 ? text[i - 2] : ' ';
      char after = i + 1 < text.size() ? text[i + 1] : ' ';
      bool exponent = before == 'e' || before == 'E';
      bool longer = after == '.' || after == 'e' || after == 'E' || (after >= '0' && after <= '9');
      if (!exponent && !longer) out += ".0";
    }
  }
  return out;
}

std::span<const Function> json_functions() { return kJson; }
std::span<const Function> yaml_functions() { return kYaml; }

}  // namespace lesto::gotemplate
