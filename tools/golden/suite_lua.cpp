// Suite `lua`: scripts as Project Sveltos' controllers run them (tests/golden/lua/README.md).
#include <cmath>
#include <memory>

#include "engines/lua/engine.h"
#include "foundation/json/text.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

lua::Entry entry_of(std::string_view name) {
  if (name == "event") return lua::Entry::Event;
  if (name == "aggregate") return lua::Entry::Aggregate;
  if (name == "health") return lua::Entry::Health;
  if (name == "healthcheck") return lua::Entry::HealthCheck;
  if (name == "cluster-check") return lua::Entry::ClusterCheck;
  if (name == "policy") return lua::Entry::Policy;
  return lua::Entry::Value;
}

// Fits the table to the entry's verdict: only whether that works, and the error, are of interest here.
std::optional<lua::Failure> misfit(lua::Entry entry, const json::Value& table) {
  auto failure = [](const auto& outcome) {
    return outcome ? std::nullopt : std::optional<lua::Failure>(outcome.error());
  };
  switch (entry) {
    case lua::Entry::Value: return std::nullopt;
    case lua::Entry::Event: return failure(lua::decode_event(table));
    case lua::Entry::Aggregate: return failure(lua::decode_aggregate(table));
    case lua::Entry::Health: return failure(lua::decode_health(table));
    case lua::Entry::HealthCheck: return failure(lua::decode_health_check(table));
    case lua::Entry::ClusterCheck: return failure(lua::decode_cluster_check(table));
    case lua::Entry::Policy: return failure(lua::decode_policy(table));
  }
  return std::nullopt;
}

bool equal(const json::Value& want, const json::Value& got, double tolerance) {
  if (want.is_number() && got.is_number()) {
    double a = want.number();
    double b = got.number();
    return a == b || std::abs(a - b) <= tolerance * std::max(std::abs(a), std::abs(b));
  }
  if (want.kind() != got.kind() || want.size() != got.size()) return false;
  if (want.is_array()) {
    for (std::size_t i = 0; i < want.size(); ++i) {
      if (!equal(want[i], got[i], tolerance)) return false;
    }
    return true;
  }
  if (want.is_object()) {
    for (const json::Member& member : want.members()) {
      const json::Value* other = got.find(member.name());
      if (!other || !equal(member.value, *other, tolerance)) return false;
    }
    return true;
  }
  return want == got;
}

// Go's JSON encoder replaced what is not UTF-8 in what it recorded, one character a byte.
std::string recorded(const std::string& text) {
  auto through = json::parse(json::write(json::Value(text)));
  return through ? through->string() : text;
}

class Chance final : public Rng {
 public:
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL; }

 private:
  std::uint64_t state_ = 1;
};

Verdict check(lua::Engine& engine, Rng& rng, const json::Value& line) {
  const json::Value& in = line["in"];
  lua::Entry entry = entry_of(line["entry"].text());
  lua::Input input{.entry = entry, .value = {}, .metrics = in["metrics"], .now = {}, .rng = &rng};
  for (const char* key : {"obj", "resources"}) {
    if (in.contains(key)) input.value = in[key];
  }
  bool absent = !in.contains("obj") && !in.contains("resources");
  if (absent) input.value = json::Value::object();
  input.now = Time(std::chrono::seconds(1795500000));

  std::optional<lua::Failure> failure;
  json::Value table;
  auto script = engine.compile(in["script"].text());
  if (!script) {
    failure = script.error();
  } else if (auto result = engine.evaluate(*script, input)) {
    table = *result;
    failure = misfit(entry, table);
  } else {
    failure = result.error();
  }

  Verdict verdict;
  auto say = [](std::string_view text, std::string_view stage) { return std::string(stage) + ": " + std::string(text); };
  verdict.want = line.contains("err") ? say(line["err"].text(), line["stage"].text()) : json::write(line["out"]);
  verdict.got = failure ? say(recorded(failure->text()), to_string(failure->stage)) : json::write(table);
  if (line.contains("err")) {
    verdict.passed = failure && verdict.want == verdict.got;
  } else {
    double tolerance = line["group"].text() == "mathlib" ? 1e-12 : 0;
    auto got = json::parse(json::write(table));
    verdict.passed = !failure && got && equal(line["out"], *got, tolerance);
  }
  return verdict;
}

}  // namespace

Check lua_suite() {
  auto engine = std::make_shared<lua::Engine>();
  auto rng = std::make_shared<Chance>();
  return [engine, rng](const json::Value& line) { return check(*engine, *rng, line); };
}

}  // namespace lesto::golden
