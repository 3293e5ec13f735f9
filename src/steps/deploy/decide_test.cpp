#include "steps/deploy/decide.h"

#include "steps/deploy/budget.h"
#include "tests/support/cases.h"

namespace lesto::deploy {
namespace {

Placed read_object(const json::Value& given) {
  json::Value metadata = json::object({{"name", given["name"]}});
  if (!given["namespace"].is_null()) metadata.set("namespace", given["namespace"]);
  Desired desired{.object = json::object({{"apiVersion", "v1"}, {"kind", given["kind"]}, {"metadata", std::move(metadata)}}),
                  .content = static_cast<std::size_t>(given["ref"].integer()),
                  .where = "reference " + std::to_string(given["ref"].integer())};
  kube::Scope scope = given["scope"].text() == "Cluster" ? kube::Scope::Cluster : kube::Scope::Namespaced;
  return place(std::move(desired), {"", "v1", "things", given["kind"].string(), scope});
}

json::Value conflict_case(const json::Value& given) {
  Rules rules{.owner = {"ClusterProfile", "", "mine"},
              .cluster = {"clusters", "capi", model::ClusterType::Sveltos},
              .tier = given["tier"].integer(100),
              .registered = [&](const std::string& mark) {
                for (const json::Value& known : given["registered"].items()) {
                  if (known.text() == mark) return true;
                }
                return false;
              }};
  Placed object = read_object(given["object"]);
  std::optional<OwnedObject> live;
  if (!given["held"].is_null()) {
    live.emplace();
    live->ownership.owner = {"ClusterProfile", "", given["held"]["by"].string()};
    live->ownership.owner_tier = given["held"]["tier"].integer();
    live->ownership.cluster = given["held"]["through"].string();
    live->ownership.hash = given["held"]["hash"].string();
  }
  if (given["unchanged"].boolean()) {
    Holder holder{rules.owner, cluster_mark(rules.cluster)};
    return json::object({{"left", is_held(holder, rules.tier, "the same", live ? &*live : nullptr)}});
  }
  auto found = conflict(rules, object, live ? &*live : nullptr);
  return json::object({{"conflict", found ? json::Value(found->message) : json::Value()}});
}

json::Value duplicates_case(const json::Value& given) {
  std::vector<Placed> objects;
  for (const json::Value& object : given["objects"].items()) objects.push_back(read_object(object));
  std::vector<Content> contents;
  for (const json::Value& tier : given["tiers"].items()) {
    Content content{.ref = {}, .index = contents.size(), .object = {}};
    content.ref.tier = static_cast<std::int32_t>(tier.integer());
    contents.push_back(std::move(content));
  }
  std::vector<Conflict> conflicts = settle_duplicates(objects, contents);
  json::Value decided = json::object({{"kept", json::array({})}, {"conflicts", static_cast<std::int64_t>(conflicts.size())}});
  for (const Placed& object : objects) decided.at("kept").push(object.id().text() + " of " + object.where);
  return decided;
}

// Before it is known how the cluster serves the kinds.
json::Value early_duplicates_case(const json::Value& given) {
  std::vector<Desired> objects;
  for (const json::Value& object : given["documents"].items()) {
    Placed placed = read_object(object);
    if (object["namespace"].is_null()) placed.object.at("metadata").erase("namespace");
    objects.push_back({std::move(placed.object), placed.content, std::move(placed.where)});
  }
  std::vector<Content> contents(2);
  std::vector<Conflict> conflicts = settle_duplicates(objects, contents);
  json::Value decided = json::object({{"kept", json::array({})}, {"conflicts", json::array({})}});
  for (const Desired& object : objects) decided.at("kept").push(kube::text_of(object.object) + " of " + object.where);
  for (const Conflict& conflict : conflicts) decided.at("conflicts").push(conflict.message);
  return decided;
}

json::Value stale_case(const json::Value& given) {
  std::vector<kube::ObjectId> owned;
  for (const json::Value& object : given["owned"].items()) owned.push_back(read_object(object).id());
  std::vector<Placed> wanted;
  for (const json::Value& object : given["wanted"].items()) wanted.push_back(read_object(object));
  json::Value decided = json::object({{"delete", json::array({})}});
  for (const kube::ObjectId& id : stale(owned, wanted)) decided.at("delete").push(id.text());
  return decided;
}

json::Value budget_case(const json::Value& given) {
  DeleteBudget budget({.per_profile = 10, .of_fleet = 15, .window = std::chrono::minutes(1)});
  json::Value decided = json::array({});
  for (const json::Value& take : given["takes"].items()) {
    auto taken = budget.take(take["profile"].string(), static_cast<std::size_t>(take["count"].integer()),
                             Time(std::chrono::seconds(take["at"].integer())));
    decided.push(taken ? json::Value("done") : json::Value(taken.error().text()));
  }
  return decided;
}

json::Value decide_case(const json::Value& given) {
  if (given.contains("takes")) return budget_case(given);
  if (given.contains("documents")) return early_duplicates_case(given);
  if (given.contains("owned")) return stale_case(given);
  if (given.contains("tiers")) return duplicates_case(given);
  return conflict_case(given);
}

}  // namespace
}  // namespace lesto::deploy

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::testing_support::register_cases("steps/deploy", lesto::deploy::decide_case);
  return RUN_ALL_TESTS();
}
