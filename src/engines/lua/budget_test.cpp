// Runaway scripts: each is stopped within the budgets, whatever handlers it hides behind, and the
// engine goes on.
#include <gtest/gtest.h>

#include <ctime>

#include "engines/lua/engine.h"
#include "engines/lua/hostile_scripts.h"
#include "engines/lua/limits.h"
#include "foundation/json/text.h"
#include "tests/support/peak.h"

namespace lesto::lua {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Under sanitizers everything but LuaJIT itself is slower.
#if defined(__has_feature) && __has_feature(address_sanitizer)
constexpr double kSecondsMax = 2.0;
#else
constexpr double kSecondsMax = 0.1;
#endif

json::Value sample() {
  json::Value list = json::Value::array();
  for (int i = 0; i < 100; ++i) list.push(json::object({{"name", "item"}, {"n", i}}));
  return json::object({{"kind", "Pod"}, {"list", list}, {"map", json::object({{"a", 1}})}});
}

class Budget : public testing::TestWithParam<HostileScript> {};

TEST_P(Budget, StopsTheScriptAndGoesOn) {
  Engine engine;
  std::string text = std::string("function evaluate(obj) ") + GetParam().script + " end";
  auto script = engine.compile(text);
  ASSERT_TRUE(script) << script.error().message;
  auto good = engine.compile(
      "function evaluate(obj) return {matching = obj.kind == 'Pod', message = 'fine'} end");
  ASSERT_TRUE(good);
  ASSERT_TRUE(engine.evaluate_event(*good, sample(), {}));
  for (int round = 0; round < 2; ++round) {
    tests::PeakMemory memory;
    double start = cpu_seconds();
    auto verdict = engine.evaluate_event(*script, sample(), {});
    double taken = cpu_seconds() - start;
    EXPECT_LT(taken, kSecondsMax);
    EXPECT_LT(memory.peak(), 64u << 20);
    ASSERT_FALSE(verdict);
    EXPECT_TRUE(verdict.error().code == Code::TooLarge) << verdict.error().text();
    EXPECT_NE(verdict.error().message.find("exceeded its budget"), std::string::npos)
        << verdict.error().message;
    auto after = engine.evaluate_event(*good, sample(), {});
    ASSERT_TRUE(after) << after.error().text();
    EXPECT_TRUE(after->matching);
    EXPECT_EQ(after->message, "fine");
  }
}

std::string case_name(const testing::TestParamInfo<HostileScript>& info) {
  std::string name;
  for (const char* c = info.param.name; *c; ++c)
    name += std::isalnum(static_cast<unsigned char>(*c)) ? *c : '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Escapes, Budget, testing::ValuesIn(kHostileScripts), case_name);

TEST(BudgetAtLoad, TheTopLevelOfAScriptIsBoundedToo) {
  Engine engine;
  auto script = engine.compile("while true do end");
  ASSERT_TRUE(script);
  auto verdict = engine.evaluate_event(*script, sample(), {});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().stage, Stage::Load);
  EXPECT_EQ(verdict.error().code, Code::TooLarge);
}

TEST(BudgetOfErrors, TheTracebackOfADeepStackIsCheap) {
  Engine engine;
  auto script = engine.compile("function evaluate()\n  local x = evaluate()\n  return x\nend");
  ASSERT_TRUE(script);
  double start = cpu_seconds();
  auto verdict = engine.evaluate_event(*script, sample(), {});
  EXPECT_LT(cpu_seconds() - start, kSecondsMax);
  ASSERT_FALSE(verdict);
  EXPECT_TRUE(verdict.error().message.ends_with("stack overflow")) << verdict.error().text();
}

TEST(BudgetOfResults, AResultThatContainsItselfIsRefused) {
  Engine engine;
  auto script = engine.compile("function evaluate() local t = {} t.t = t return t end");
  ASSERT_TRUE(script);
  auto table = engine.evaluate(*script, {});
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().stage, Stage::Encode);
}

TEST(BudgetOfResults, AResultThatExplodesIsRefused) {
  Engine engine;
  auto script = engine.compile(
      "function evaluate() local t = {1} for i = 1, 40 do t = {t, t} end return {value = t} end");
  ASSERT_TRUE(script);
  double start = cpu_seconds();
  auto table = engine.evaluate(*script, {});
  EXPECT_LT(cpu_seconds() - start, kSecondsMax);
  ASSERT_FALSE(table);
}

TEST(BudgetOfResults, AListWithAFarHoleIsRefused) {
  Engine engine;
  auto script =
      engine.compile("function evaluate() local t = {} t[60000000] = 1 return {value = t} end");
  ASSERT_TRUE(script);
  auto table = engine.evaluate(*script, {});
  ASSERT_FALSE(table);
}

}  // namespace
}  // namespace lesto::lua
