// Decide cases: YAML documents, each a name, what is given, and what must be decided. Each becomes a test of its own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "foundation/json/text.h"
#include "foundation/json/yaml.h"

namespace lesto::testing_support {

// Decides one case and gives what was decided, in the form of the case's `decides`.
using Decide = json::Value (*)(const json::Value& given);

class Case : public testing::Test {
 public:
  Case(json::Value document, Decide decide) : document_(std::move(document)), decide_(decide) {}
  void TestBody() override {
    json::Value decided = decide_(document_["given"]);
    EXPECT_EQ(json::write(decided, {.indent = 2}), json::write(document_["decides"], {.indent = 2}));
  }

 private:
  json::Value document_;
  Decide decide_;
};

inline std::string test_name(std::string text) {
  std::replace_if(text.begin(), text.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return text;
}

// Registers the documents of all files in src/ROOM/cases. Call before RUN_ALL_TESTS().
inline void register_cases(const std::string& room, Decide decide) {
  for (const auto& entry : std::filesystem::directory_iterator(std::string(LESTO_ROOT) + "/src/" + room + "/cases")) {
    std::ifstream file(entry.path());
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (const std::string& part : json::split_yaml(text).texts) {
      auto document = json::parse_yaml(part);
      if (!document) {
        std::fprintf(stderr, "%s: %s\n", entry.path().c_str(), document.error().text().c_str());
        std::exit(2);
      }
      if (document->is_null()) continue;
      testing::RegisterTest(("Cases/" + test_name(room)).c_str(), test_name((*document)["case"].string()).c_str(), nullptr,
                            nullptr, entry.path().c_str(), 1,
                            [value = *document, decide]() -> testing::Test* { return new Case(value, decide); });
    }
  }
}

}  // namespace lesto::testing_support
