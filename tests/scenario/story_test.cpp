// Plays every story of tests/scenario on embedded API servers, each as a test of its own.
#include <gtest/gtest.h>

#include "tests/scenario/sim_world.h"
#include "tests/scenario/story.h"

namespace lesto::scenario {
namespace {

// Comes last, and counts only after all stories.
class EveryRight : public testing::Test {
 public:
  explicit EveryRight(const Rights& rights) : rights_(rights) {}
  void TestBody() override {
    if (testing::GTEST_FLAG(filter) != "*") GTEST_SKIP() << "only after all stories";
    auto unused = rights_.unused(std::string(LESTO_ROOT) + "/manifests/rbac.yaml");
    ASSERT_TRUE(unused.has_value()) << unused.error().text();
    for (const std::string& right : *unused) {
      ADD_FAILURE() << "no story needs the right to " << right;
    }
  }

 private:
  const Rights& rights_;
};

}  // namespace
}  // namespace lesto::scenario

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::scenario::Rights rights;
  lesto::scenario::register_stories(LESTO_ROOT, {"tests/scenario"}, "embedded", [&rights] {
    return std::make_unique<lesto::scenario::SimWorld>(std::nullopt, &rights);
  });
  testing::RegisterTest("Manifests", "the_manager_has_no_right_that_no_story_needs", nullptr, nullptr, __FILE__, __LINE__,
                        [&rights]() -> testing::Test* { return new lesto::scenario::EveryRight(rights); });
  return RUN_ALL_TESTS();
}
