#include "steps/event/decide.h"

#include "tests/support/cases.h"

namespace lesto::event {
namespace {

model::ClusterRef cluster() { return {"clusters", "gke", model::ClusterType::Sveltos}; }

kube::ObjectId service(const std::string& name) { return {"", "Service", {"default", name}}; }

model::ObjectReference reference(const std::string& name) {
  model::ObjectReference made;
  made.api_version = "v1";
  made.kind = "Service";
  made.ns = "default";
  made.name = name;
  return made;
}

void add_match(Matches& matches, const std::string& name, std::size_t bytes) {
  json::Value object;
  if (bytes > 0) {
    object = json::object({{"apiVersion", "v1"},
                           {"kind", "Service"},
                           {"metadata", json::object({{"name", name}, {"namespace", "default"}})}});
  }
  matches.emplace(service(name), make_match(service(name), reference(name), std::move(object), bytes, "1"));
}

std::shared_ptr<const model::EventReport> report(const std::string& name, const json::Value& matches) {
  auto made = std::make_shared<model::EventReport>();
  made->meta.name = name;
  made->meta.ns = "clusters";
  made->spec.cluster = cluster();
  made->spec.event_source_name = "s";
  for (const json::Value& match : matches.items()) made->spec.matching_resources.push_back(reference(match.string()));
  return made;
}

Inputs read(const json::Value& given, Matches& matches) {
  Inputs inputs{.cluster = cluster(), .source = "s", .matches = {&matches}, .incomplete = {}, .existing = {}, .known = {}};
  inputs.wanted = given["wanted"].boolean(true);
  inputs.collect_resources = given["collect"].boolean();
  inputs.hold = given["hold"].boolean();
  std::size_t bytes = static_cast<std::size_t>(given["bytes"].integer());
  for (const json::Value& match : given["matches"].items()) add_match(matches, match.string(), bytes);
  for (std::int64_t i = 0; i < given["many"].integer(); ++i) add_match(matches, "n" + std::to_string(i), bytes);
  for (const json::Value& kind : given["incomplete"].items()) inputs.incomplete.insert({"", kind.string()});
  for (const json::Member& existing : given["reports"].members()) {
    inputs.existing[std::string(existing.name())] = report(std::string(existing.name()), existing.value);
  }
  return inputs;
}

json::Value names(const std::vector<model::EventReport>& reports) {
  json::Value value = json::object({});
  for (const model::EventReport& made : reports) {
    json::Value matches = json::array({});
    for (const model::ObjectReference& match : made.spec.matching_resources) matches.push(match.name);
    value.set(made.meta.name, std::move(matches));
  }
  return value;
}

json::Value decide_case(const json::Value& given) {
  Matches matches;
  Decision decision = decide(read(given, matches));
  json::Value decided = json::object({});
  if (!given["many"].is_null()) {
    // Of a large source only the shape is looked at.
    std::size_t most = 0;
    std::size_t all = 0;
    for (const model::EventReport& made : decision.create) {
      most = std::max(most, made.spec.matching_resources.size());
      all += made.spec.matching_resources.size();
    }
    decided.set("reports", static_cast<std::int64_t>(decision.create.size()));
    decided.set("withinLimit", most <= kReportMatchesMax);
    decided.set("matches", static_cast<std::int64_t>(all));
    return decided;
  }
  if (!decision.create.empty()) decided.set("create", names(decision.create));
  if (!decision.update.empty()) decided.set("update", names(decision.update));
  for (const auto& removed : decision.remove) decided.at("remove").push(removed->meta.name);
  if (decision.refused) decided.set("refused", *decision.refused);
  return decided;
}

// Carries a decision out on `inputs`; says how many reports it wrote.
std::size_t carry_out(Inputs& inputs, Decision decision) {
  for (std::vector<model::EventReport>* reports : {&decision.create, &decision.update}) {
    for (model::EventReport& written : *reports) {
      std::string name = written.meta.name;
      inputs.existing[name] = std::make_shared<const model::EventReport>(std::move(written));
    }
  }
  for (const auto& removed : decision.remove) inputs.existing.erase(removed->meta.name);
  return decision.create.size() + decision.update.size() + decision.remove.size();
}

TEST(Reports, NoEventRewritesMoreThanItsOwnAndThoseThatItSplitsOrJoins) {
  constexpr int kEvents = 600;
  Matches matches;
  Inputs inputs = read(json::object({{"collect", true}}), matches);
  for (int i = 0; i < kEvents; ++i) {
    add_match(matches, "n" + std::to_string(i), 1600);
    EXPECT_LE(carry_out(inputs, decide(inputs)), 3U) << "event " << i;
  }
  EXPECT_GT(inputs.existing.size(), 100U);
  while (!matches.empty()) {
    matches.erase(matches.begin());
    EXPECT_LE(carry_out(inputs, decide(inputs)), 5U) << matches.size() << " left";
  }
  EXPECT_EQ(inputs.existing.size(), 1U);
}

}  // namespace
}  // namespace lesto::event

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("steps/event", lesto::event::decide_case);
  return RUN_ALL_TESTS();
}
