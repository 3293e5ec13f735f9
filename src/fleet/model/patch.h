// Changes to what is deployed, and fields that are left alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lesto::model {

// All members are regular expressions or selector texts; empty means any.
struct PatchSelector {
  std::string version;
  std::string group;
  std::string kind;
  std::string ns;
  std::string name;
  std::string annotation_selector;
  std::string label_selector;
  friend bool operator==(const PatchSelector&, const PatchSelector&) = default;
};

struct Patch {
  // A strategic merge patch or a list of JSON patch operations, as YAML text.
  std::string patch;
  // None: every object.
  std::optional<PatchSelector> target;
  friend bool operator==(const Patch&, const Patch&) = default;
};

struct DriftExclusion {
  // JSON pointers.
  std::vector<std::string> paths;
  std::optional<PatchSelector> target;
  friend bool operator==(const DriftExclusion&, const DriftExclusion&) = default;
};

}  // namespace lesto::model
