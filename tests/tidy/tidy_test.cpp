// The house rules, checked over the whole tree, and the rules themselves, each with a sample that breaks it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/tidy/rules.h"

namespace lesto::tidy {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = LESTO_ROOT;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<Source> sources() {
  std::vector<Source> all;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "src")) {
    std::string extension = entry.path().extension();
    if (extension != ".cpp" && extension != ".h") continue;
    all.push_back({fs::relative(entry.path(), kRoot / "src").string(), read(entry.path())});
  }
  return all;
}

Grants grants() { return read_grants(read(kRoot / "src/rooms.txt")); }

// Files that break a rule and are mended step by step: RULE PATH. The list may only shrink.
std::set<std::string> granted_exceptions() {
  std::set<std::string> exceptions;
  std::ifstream file(kRoot / "tests/tidy/exceptions.txt");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') exceptions.insert(line);
  }
  return exceptions;
}

void report(const Problems& problems) {
  for (const std::string& problem : problems) ADD_FAILURE() << problem;
}

void check_all(const std::string& rule, Problems (*check)(const Source&)) {
  std::set<std::string> exceptions = granted_exceptions();
  for (const Source& source : sources()) {
    Problems problems = check(source);
    std::string exception = rule + " " + source.path;
    if (!exceptions.contains(exception)) {
      report(problems);
    } else if (problems.empty()) {
      ADD_FAILURE() << "tests/tidy/exceptions.txt: \"" << exception << "\" is no longer needed: remove the line";
    }
  }
}

TEST(Tidy, grants_point_down_and_make_no_ring) { report(check_grants(grants())); }

TEST(Tidy, rooms_include_only_what_they_are_granted) {
  Grants all = grants();
  for (const Source& source : sources()) report(check_includes(all, source));
}

TEST(Tidy, every_room_of_the_list_exists_and_has_a_readme) {
  std::string architecture = read(kRoot / "docs/ARCHITECTURE.md");
  for (const auto& [room, granted] : grants().rooms) {
    EXPECT_TRUE(fs::is_directory(kRoot / "src" / room)) << "src/rooms.txt lists " << room << ", which does not exist";
    EXPECT_TRUE(fs::exists(kRoot / "src" / room / "README.md")) << "src/" << room << " needs a README.md";
    EXPECT_NE(architecture.find(room), std::string::npos) << "docs/ARCHITECTURE.md does not name " << room;
  }
}

TEST(Tidy, names) { check_all("names", check_names); }
TEST(Tidy, lengths) { check_all("length", check_length); }
TEST(Tidy, awaits) { check_all("await", check_awaits); }

TEST(Rules, refuse_an_include_that_was_not_granted) {
  Grants some = read_grants("foundation/base:\nkube/client: foundation/base\nkube/control: foundation/base\n");
  Source source{"kube/client/x.cpp", "#include \"kube/client/x.h\"\n#include \"kube/control/queue.h\"\n"};
  Problems problems = check_includes(some, source);
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].find("src/kube/client/x.cpp:2: kube/client may not include kube/control"), std::string::npos);
}

TEST(Rules, refuse_rings_and_grants_that_point_up) {
  EXPECT_EQ(check_grants(read_grants("kube/a: kube/b\nkube/b: kube/a\n")).size(), 1u);
  EXPECT_EQ(check_grants(read_grants("kube/a: fleet/b\nfleet/b:\n")).size(), 1u);
  EXPECT_EQ(check_grants(read_grants("steps/a: steps/b\nsteps/b:\n")).size(), 1u);
  EXPECT_TRUE(check_grants(read_grants("fleet/a: kube/b\nkube/b:\n")).empty());
}

TEST(Rules, refuse_banned_names_but_not_in_texts_and_comments) {
  EXPECT_EQ(check_names({"kube/client/x.cpp", "auto t = std::chrono::system_clock::now();\n"}).size(), 1u);
  EXPECT_TRUE(check_names({"kube/client/x.cpp", "// system_clock::now is not used\nlog(\"const_cast\");\n"}).empty());
  EXPECT_EQ(check_names({"kube/client/x.h", "int x;\n"}).size(), 1u);
}

TEST(Rules, refuse_awaits_in_conditions_and_lambdas_in_awaited_calls) {
  EXPECT_EQ(check_awaits({"kube/a/x.cpp", "if (co_await f()) g();\n"}).size(), 1u);
  EXPECT_EQ(check_awaits({"kube/a/x.cpp", "auto r = co_await f([&] { return 1; });\n"}).size(), 1u);
  EXPECT_TRUE(check_awaits({"kube/a/x.cpp", "auto r = co_await f(std::move(x));\n"}).empty());
}

}  // namespace
}  // namespace lesto::tidy
