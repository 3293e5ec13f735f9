#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>

#include "foundation/json/text.h"
#include "tools/golden/golden.h"

namespace lesto::golden {
namespace {

using Suites = std::map<std::string, std::function<Check()>>;

Suites suites() {
  return {
      {"gotemplate", gotemplate_suite},
      {"json", json_suite},
      {"patch", patch_suite},
      {"selectors", selectors_suite},
      {"ssa", ssa_suite},
      {"semver", semver_suite},
      {"yaml", yaml_suite},
      {"lua", lua_suite},
      {"cel", cel_suite},
      {"crd", crd_suite},
  };
}

struct Counts {
  std::size_t passed = 0;
  std::size_t failed = 0;
  // Answered differently in a group `deviates-*`: on purpose (docs/compatibility.md).
  std::size_t deviating = 0;
};

void run_file(std::istream& file, const char* name, const Check& check, Counts& counts) {
  std::string text;
  while (std::getline(file, text)) {
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) continue;
    auto line = json::parse(text);
    if (!line) {
      std::printf("%s: a line is not JSON: %s\n", name, line.error().text().c_str());
      ++counts.failed;
      continue;
    }
    Verdict verdict = check(*line);
    if (verdict.passed) {
      ++counts.passed;
      continue;
    }
    if ((*line)["group"].text().starts_with("deviates-")) {
      ++counts.deviating;
      continue;
    }
    ++counts.failed;
    std::printf("FAIL %s\n  want: %s\n  got:  %s\n", (*line)["id"].string().c_str(),
                verdict.want.c_str(), verdict.got.c_str());
  }
}

int run(int argc, char** argv) {
  Suites known = suites();
  auto suite = argc > 1 ? known.find(argv[1]) : known.end();
  if (argc < 3 || suite == known.end()) {
    std::fprintf(stderr, "usage: golden SUITE FILE.jsonl...\nsuites:");
    for (const auto& [name, make] : known) std::fprintf(stderr, " %s", name.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  Check check = suite->second();
  Counts counts;
  for (int i = 2; i < argc; ++i) {
    std::ifstream file(argv[i]);
    if (!file) {
      std::fprintf(stderr, "golden: cannot read %s\n", argv[i]);
      return 2;
    }
    run_file(file, argv[i], check, counts);
  }
  if (counts.deviating > 0) {
    std::printf("%zu cases of groups deviates-* are answered differently, on purpose\n",
                counts.deviating);
  }
  std::printf("%zu passed, %zu failed\n", counts.passed, counts.failed);
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace lesto::golden

int main(int argc, char** argv) { return lesto::golden::run(argc, argv); }
