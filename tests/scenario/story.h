// A story: given, when, then, in YAML. The format is described in docs/TESTING.md.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "foundation/json/value.h"
#include "tests/scenario/world.h"

namespace lesto::scenario {

// One file may hold several stories, as documents.
Result<std::vector<json::Value>> read_stories(const std::string& path);

// Plays a story in a fresh world. An empty result is success; else what was wanted, what was there, and the manager's log.
std::string play(const json::Value& story, const std::string& root, World& world);

// The worlds that a story may be played in: what its `only` says, "" for all.
inline std::string only(const json::Value& story) { return story["only"].string(); }

// A test for each story of the folders (paths from the root), but those that are `only` for another world than `kind`,
// each in a world of its own from `make`. Ends the program when a story cannot be read.
using MakeWorld = std::function<std::unique_ptr<World>()>;
void register_stories(const std::string& root, const std::vector<std::string>& folders, std::string_view kind, MakeWorld make);

// How many clusters the greediest of them has, besides the management cluster.
std::size_t clusters_needed(const std::string& root, const std::vector<std::string>& folders);

}  // namespace lesto::scenario
