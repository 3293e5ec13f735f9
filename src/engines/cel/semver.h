// Semantic versions, as Kubernetes' CEL library reads them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foundation/base/result.h"

namespace lesto::cel {

struct Semver {
  std::array<std::uint64_t, 3> numbers{};
  std::vector<std::string> prerelease;
};

enum class Loose : bool { No, Yes };

// Loose: a leading v, missing parts and leading zeros are made right first.
Result<Semver> read_semver(std::string_view text, Loose loose);

// -1, 0 or 1; build metadata counts for nothing.
int compare(const Semver& a, const Semver& b);

}  // namespace lesto::cel
