// A story: given, when, then, in YAML. The format is described in docs/TESTING.md.
#pragma once

#include <string>
#include <vector>

#include "foundation/json/value.h"
#include "tests/scenario/world.h"

namespace lesto::scenario {

// One file may hold several stories, as documents.
Result<std::vector<json::Value>> read_stories(const std::string& path);

// Plays a story in a fresh world. An empty result is success; else what was wanted, what was there, and the manager's log.
std::string play(const json::Value& story, const std::string& root);

}  // namespace lesto::scenario
