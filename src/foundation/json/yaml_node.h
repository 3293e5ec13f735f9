// The node tree between libyaml's events and values; internal to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

namespace lesto::json {

enum class YamlKind : std::uint8_t { Scalar, Sequence, Mapping, Alias };

inline constexpr std::uint32_t kNoNode = UINT32_MAX;

struct YamlNode {
  YamlKind kind = YamlKind::Scalar;
  // A plain scalar without a tag, whose kind its text decides.
  bool implicit = false;
  std::uint32_t line = 0;         // from 1
  std::uint32_t first = kNoNode;  // first child; for an alias the node that it stands for
  std::uint32_t next = kNoNode;   // next child of the same parent
  std::string tag;
  std::string text;  // of a scalar; the anchor's name of an alias
};

// Nodes of one document; a mapping's children alternate key and value. `root` is kNoNode for an
// empty stream.
struct YamlTree {
  std::vector<YamlNode> nodes;
  std::uint32_t root = kNoNode;

  const YamlNode& operator[](std::uint32_t index) const { return nodes[index]; }
};

// Reads the first document. Error texts and lines are go-yaml's.
Result<YamlTree> read_yaml_tree(std::string_view text);

}  // namespace lesto::json
