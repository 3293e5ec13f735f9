// Plays every story of tests/scenario on embedded API servers, each as a test of its own.
#include <gtest/gtest.h>

#include "tests/scenario/sim_world.h"
#include "tests/scenario/story.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::scenario::register_stories(LESTO_ROOT, {"tests/scenario"}, "embedded",
                                    [] { return std::make_unique<lesto::scenario::SimWorld>(); });
  return RUN_ALL_TESTS();
}
