// The part of an object's metadata that Lesto reads and writes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/time.h"

namespace lesto::model {

struct OwnerReference {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
  std::optional<bool> controller;
  std::optional<bool> block_owner_deletion;
  friend bool operator==(const OwnerReference&, const OwnerReference&) = default;
};

struct Meta {
  std::string name;
  // Empty for kinds of cluster scope.
  std::string ns;
  std::string uid;
  std::string resource_version;
  std::int64_t generation = 0;
  std::optional<Time> created;
  // Set while the object waits for its finalizers.
  std::optional<Time> deleted;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::vector<std::string> finalizers;
  std::vector<OwnerReference> owners;

  bool has_finalizer(std::string_view finalizer) const;
  // Presence counts, not the value (reference/core.md hard case 6).
  bool has_annotation(std::string_view key) const { return annotations.contains(std::string(key)); }
  // "" when there is no such label.
  std::string label(std::string_view key) const;

  friend bool operator==(const Meta&, const Meta&) = default;
};

}  // namespace lesto::model
