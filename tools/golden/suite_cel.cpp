// Suite `cel` (tests/golden/cel/README.md): the expression engine with the standard library.
#include <algorithm>
#include <cmath>

#include "engines/cel/cel.h"
#include "engines/cel/text.h"
#include "foundation/json/text.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using json::Value;

std::string unbase64(std::string_view text) {
  std::string out;
  unsigned group = 0;
  int bits = 0;
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (char c : text) {
    std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    group = group << 6 | static_cast<unsigned>(digit);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>(group >> bits & 255);
    }
  }
  return out;
}

cel::Value typed(const Value& value) {
  std::string_view type = value["type"].text();
  const Value& content = value["json"];
  if (type == "bool") return cel::Value::of(content.boolean());
  if (type == "int") return cel::Value::of(content.integer());
  if (type == "uint")
    return cel::Value::of(content.is_int() ? static_cast<std::uint64_t>(content.integer())
                                           : static_cast<std::uint64_t>(content.number()));
  if (type == "double") {
    if (content.text() == "NaN") return cel::Value::of(std::nan(""));
    if (content.is_string())
      return cel::Value::of(content.text() == "-0"     ? -0.0
                            : content.text()[0] == '-' ? -HUGE_VAL
                                                       : HUGE_VAL);
    return cel::Value::of(content.number());
  }
  if (type == "string") return cel::Value::text(content.text());
  if (type == "bytes") return cel::Value::bytes(unbase64(content.text()));
  if (type == "timestamp")
    return cel::Value::of(cel::read_moment(content.text()).value_or(cel::Moment{}));
  if (type == "duration")
    return cel::Value::of(cel::read_span(content.text()).value_or(cel::Span{}));
  if (type == "list") {
    std::vector<cel::Value> items;
    for (const Value& item : content.items()) items.push_back(typed(item));
    return cel::Value::list(std::move(items));
  }
  if (type == "map") {
    std::vector<std::pair<cel::Value, cel::Value>> entries;
    for (const Value& pair : content.items())
      entries.emplace_back(typed(pair[std::size_t{0}]), typed(pair[1]));
    return cel::Value::map(std::move(entries));
  }
  return {};
}

Value described(const cel::Value& value) {
  auto of = [](std::string_view type, Value content) {
    return json::object({{"type", type}, {"json", std::move(content)}});
  };
  switch (value.kind()) {
    case cel::Kind::Null:
      return of("null", nullptr);
    case cel::Kind::Double: {
      double number = value.real();
      if (std::isnan(number)) return of("double", "NaN");
      if (std::isinf(number)) return of("double", number > 0 ? "Infinity" : "-Infinity");
      if (number == 0 && std::signbit(number)) return of("double", "-0");
      if (std::trunc(number) == number && std::abs(number) < 9007199254740992.0)
        return of("double", static_cast<std::int64_t>(number));
      return of("double", number);
    }
    case cel::Kind::Type:
      return of("type", value.type_value()->kind == cel::TypeKind::Null   ? "null_type"
                        : value.type_value()->kind == cel::TypeKind::List ? "list"
                        : value.type_value()->kind == cel::TypeKind::Map  ? "map"
                        : value.type_value()->kind == cel::TypeKind::Timestamp
                            ? "google.protobuf.Timestamp"
                        : value.type_value()->kind == cel::TypeKind::Duration
                            ? "google.protobuf.Duration"
                            : cel::to_string(*value.type_value()));
    case cel::Kind::Timestamp:
      return of("timestamp", value.to_json());
    case cel::Kind::Duration:
      return of("duration", value.to_json());
    case cel::Kind::List: {
      Value items = Value::array();
      for (std::size_t i = 0; i < value.size(); ++i) items.push(described(*value.item(i)));
      return of("list", items);
    }
    case cel::Kind::Map: {
      std::vector<Value> pairs;
      for (const cel::Value& key : value.keys())
        pairs.push_back(json::array({described(key), described(**value.find(key))}));
      std::sort(pairs.begin(), pairs.end(), [](const Value& a, const Value& b) {
        return json::write(a[std::size_t{0}]["json"]) < json::write(b[std::size_t{0}]["json"]);
      });
      return of("map", Value::array(std::move(pairs)));
    }
    default:
      return of(value.type_name(), value.to_json());
  }
}

Value normal(const Value& value) {
  auto text = json::write(value);
  return json::parse(text).value_or(Value());
}

struct Outcome {
  std::string text;  // "parse: ..." or the described value
  bool failed = false;
};

Outcome run(const Value& in, bool plain) {
  cel::Environment environment;
  std::vector<cel::Value> values;
  environment.variables.push_back({"resource", cel::dyn()});
  const Value& bindings = in["bindings"];
  if (plain) {
    auto resource = cel::Value::from_json(bindings["resource"]);
    values.push_back(resource ? *resource : cel::Value());
  } else {
    values.emplace_back();
    for (const auto& binding : bindings.members()) {
      if (binding.name() == "resource") {
        values[0] = typed(binding.value);
        continue;
      }
      environment.variables.push_back({std::string(binding.name()), cel::dyn()});
      values.push_back(typed(binding.value));
    }
  }
  auto program = cel::Program::compile(in["expr"].text(), environment);
  if (!program) {
    bool parse = program.error().stage == cel::Refusal::Stage::Parse;
    return {(parse ? "parse: " : "check: ") + program.error().text, true};
  }
  auto value = (*program)->run(std::move(values));
  if (!value) return {"eval: " + value.error().message(), true};
  return {json::write(described(*value)), false};
}

Verdict check(const Value& line) {
  bool plain = line["group"].text() == "resource" || line["group"].text() == "limits" ||
               line["group"].text() == "plain";
  Outcome outcome = run(line["in"], plain);
  if (line.contains("err")) {
    // To a user of a filter the kind of the failure is what counts; texts of check errors are shown
    // to authors of CRDs.
    std::string want = line["err"].string();
    std::string kind = want.substr(0, want.find(':'));
    if (kind == "program") kind = "eval";
    bool same = kind == "check" ? outcome.text == want : outcome.text.starts_with(kind + ":");
    return {outcome.failed && same, want, outcome.text};
  }
  std::string want = json::write(normal(line["out"]["value"]));
  auto got = outcome.failed ? outcome.text : json::write(normal(*json::parse(outcome.text)));
  return {!outcome.failed && want == got, want, got};
}

}  // namespace

Check cel_suite() { return check; }

}  // namespace lesto::golden
