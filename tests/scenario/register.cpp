// Stories as tests: found in folders, registered with GoogleTest.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/scenario/story.h"

namespace lesto::scenario {
namespace {

class Story : public testing::Test {
 public:
  Story(json::Value story, std::string root, MakeWorld make)
      : story_(std::move(story)), root_(std::move(root)), make_(std::move(make)) {}
  void TestBody() override {
    std::unique_ptr<World> world = make_();
    std::string wrong = play(story_, root_, *world);
    EXPECT_TRUE(wrong.empty()) << wrong;
  }

 private:
  json::Value story_;
  std::string root_;
  MakeWorld make_;
};

std::string test_name(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return text;
}

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(2);
}

std::vector<std::filesystem::path> story_files(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Calls `take` for each story of the folders, in the order of files.
void each_story(const std::string& root, const std::vector<std::string>& folders,
                const std::function<void(const std::filesystem::path&, const json::Value&)>& take) {
  for (const std::string& folder : folders) {
    for (const std::filesystem::path& file : story_files(root + "/" + folder)) {
      auto stories = read_stories(file.string());
      if (!stories) refuse(stories.error().text());
      for (const json::Value& story : *stories) take(file, story);
    }
  }
}

}  // namespace

void register_stories(const std::string& root, const std::vector<std::string>& folders, std::string_view kind, MakeWorld make) {
  each_story(root, folders, [&](const std::filesystem::path& file, const json::Value& story) {
    std::string name = story["story"].string();
    if (!only(story).empty() && story["because"].text().empty()) {
      refuse(file.string() + ": \"" + name + "\" has `only` without `because`");
    }
    if (!only(story).empty() && only(story) != kind) {
      std::printf("not here: %s (%s: %s)\n", name.c_str(), only(story).c_str(), story["because"].string().c_str());
      return;
    }
    testing::RegisterTest(test_name(file.stem().string()).c_str(), test_name(name).c_str(), nullptr, nullptr,
                          file.string().c_str(), 1,
                          [story, root, make]() -> testing::Test* { return new Story(story, root, make); });
  });
}

std::size_t clusters_needed(const std::string& root, const std::vector<std::string>& folders) {
  std::size_t needed = 0;
  each_story(root, folders, [&](const std::filesystem::path&, const json::Value& story) {
    needed = std::max(needed, story["given"]["clusters"].size());
  });
  return needed;
}

}  // namespace lesto::scenario
