// Plays the stories of tests/scenario and tests/real on real Kubernetes: LESTO_REALKUBE names the folder of clusters that
// script/realkube started. `--clusters` prints how many the greediest story needs, besides the management cluster.
// tests/real/run does all of it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/real/real_world.h"
#include "tests/scenario/story.h"

namespace {

const std::vector<std::string> kFolders = {"tests/scenario", "tests/real"};

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc == 2 && std::string_view(argv[1]) == "--clusters") {
    std::printf("%zu\n", lesto::scenario::clusters_needed(LESTO_ROOT, kFolders));
    return 0;
  }
  const char* state = std::getenv("LESTO_REALKUBE");
  std::unique_ptr<lesto::real::Fleet> fleet;
  if (state && !testing::GTEST_FLAG(list_tests)) {
    auto opened = lesto::real::Fleet::open(LESTO_ROOT, state);
    if (!opened) {
      std::fprintf(stderr, "real_test: %s\n", opened.error().text().c_str());
      return 2;
    }
    fleet = std::move(*opened);
  } else if (!testing::GTEST_FLAG(list_tests)) {
    std::fprintf(stderr, "real_test: LESTO_REALKUBE is not set: run tests/real/run\n");
    return 2;
  }
  lesto::scenario::register_stories(LESTO_ROOT, kFolders, "real", [&fleet] {
    return std::make_unique<lesto::real::RealWorld>(*fleet);
  });
  return RUN_ALL_TESTS();
}
