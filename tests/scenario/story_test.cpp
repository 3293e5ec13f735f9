// Plays every story of tests/scenario, each as a test of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/scenario/story.h"

namespace lesto::scenario {
namespace {

class Story : public testing::Test {
 public:
  Story(json::Value story, std::string root) : story_(std::move(story)), root_(std::move(root)) {}
  void TestBody() override {
    std::string wrong = play(story_, root_);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }

 private:
  json::Value story_;
  std::string root_;
};

std::string test_name(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return text;
}

void register_stories(const std::string& root) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(root + "/tests/scenario")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) {
    auto stories = read_stories(file.string());
    if (!stories) {
      std::fprintf(stderr, "%s\n", stories.error().text().c_str());
      std::exit(2);
    }
    for (const json::Value& story : *stories) {
      testing::RegisterTest(test_name(file.stem().string()).c_str(), test_name(story["story"].string()).c_str(), nullptr,
                            nullptr, file.string().c_str(), 1,
                            [story, root]() -> testing::Test* { return new Story(story, root); });
    }
  }
}

}  // namespace
}  // namespace lesto::scenario

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  lesto::scenario::register_stories(LESTO_ROOT);
  return RUN_ALL_TESTS();
}
